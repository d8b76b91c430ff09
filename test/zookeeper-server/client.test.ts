/** What a ZooKeeper client library sees; the same on the embedded and on the real server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ACL, CreateMode, Id, Permission } from 'node-zookeeper-client';

import { askWord, eachZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';
import { PromisedClient } from '../builders/zookeeper-client';
import { WireClient } from '../builders/zookeeper-wire';

eachZooKeeper((start) => {
  let zookeeper: RunningZooKeeper;
  let client: PromisedClient;
  let other: PromisedClient;

  beforeAll(async () => {
    zookeeper = await start();
    client = await PromisedClient.connect(zookeeper.connectString);
    other = await PromisedClient.connect(zookeeper.connectString);
  }, 60_000);

  afterAll(async () => {
    await client.close();
    await other.close();
    await zookeeper.stop();
  });

  test('creates, reads, changes and removes', async () => {
    expect(await client.create('/a', 'one')).toBe('/a');
    expect(await other.get('/a')).toBe('one');
    expect(await client.set('/a', 'two', 0)).toMatchObject({ version: 1, dataLength: 3 });
    await client.create('/a/b');
    expect(await other.children('/a')).toEqual(['b']);
    await expect(client.remove('/a')).rejects.toMatchObject({ name: 'NOT_EMPTY' });
    await expect(client.set('/a', 'three', 0)).rejects.toMatchObject({ name: 'BAD_VERSION' });
    await expect(client.create('/a')).rejects.toMatchObject({ name: 'NODE_EXISTS' });
    await client.remove('/a/b');
    await client.remove('/a');
    expect(await client.stat('/a')).toBeNull();
  });

  test('counts sequential znodes by the children ever created', async () => {
    await client.create('/q');
    await client.create('/q/x');
    await client.remove('/q/x');
    const sequential = CreateMode.PERSISTENT_SEQUENTIAL;
    expect(await client.create('/q/n-', '', sequential)).toBe('/q/n-0000000001');
    expect(await client.stat('/q')).toMatchObject({ cversion: 3, numChildren: 1 });
  });

  test('fires watches once', async () => {
    await client.create('/w', 'one');
    const data = client.watch('/w', 'data');
    const children = client.watch('/w', 'children');
    const existence = client.watch('/w/x', 'existence');
    await client.get('/w'); // the watches are set once this is answered
    await other.set('/w', 'two');
    await other.create('/w/x');
    expect(await Promise.all([data, children, existence])).toEqual([
      'NODE_DATA_CHANGED /w',
      'NODE_CHILDREN_CHANGED /w',
      'NODE_CREATED /w/x',
    ]);
  });

  test('commits a transaction as a whole or not at all', async () => {
    const good = client.raw.transaction().create('/t').setData('/t', Buffer.from('x'), 0);
    await client.commit(good.create('/t/u').check('/t', 1).remove('/t/u'));
    expect(await client.get('/t')).toBe('x');
    const bad = client.raw.transaction().create('/t/v').check('/t', 7).remove('/t');
    await expect(client.commit(bad)).rejects.toMatchObject({ name: 'BAD_VERSION' });
    expect(await client.children('/t')).toEqual([]);
  });

  test('keeps others out by ACL', async () => {
    client.raw.addAuthInfo('digest', Buffer.from('ann:secret'));
    await client.create('/secret', 'x');
    await client.setAcl('/secret', [new ACL(Permission.ALL, new Id('auth', ''))]);
    expect(await client.get('/secret')).toBe('x');
    await expect(other.get('/secret')).rejects.toMatchObject({ name: 'NO_AUTH' });
    const [acl] = await client.getAcl('/secret');
    expect(acl?.id).toEqual({ scheme: 'digest', id: 'ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM=' });
  });

  test('removes the ephemeral znodes of a closed session', async () => {
    const owner = await PromisedClient.connect(zookeeper.connectString);
    await owner.create('/closed', '', CreateMode.EPHEMERAL);
    const gone = client.watch('/closed', 'existence');
    await client.get('/');
    await owner.close();
    expect(await gone).toBe('NODE_DELETED /closed');
  });

  test('removes the ephemeral znodes of a session that is not heard of', async () => {
    const owner = await WireClient.session(zookeeper.port, { timeoutMs: 400 });
    expect(owner.reply.timeoutMs).toBe(400);
    owner.client.create(1, '/unheard', { flags: 1 });
    await owner.client.reply();
    const gone = client.watch('/unheard', 'existence');
    expect(await gone).toBe('NODE_DELETED /unheard');
    await owner.client.whenClosed();
    const again = await WireClient.session(zookeeper.port, owner.reply);
    expect(again.reply.timeoutMs).toBe(0);
  });

  test('sets the watches of a client again that was cut off', async () => {
    await client.create('/cut', 'one');
    const watching = await PromisedClient.connect(zookeeper.connectString);
    const missed = watching.watch('/cut', 'data');
    await watching.get('/');
    const back = new Promise<void>((done) => watching.raw.once('connected', done));
    cutOff(watching);
    await client.set('/cut', 'two');
    await back;
    expect(await missed).toBe('NODE_DATA_CHANGED /cut');
    const later = watching.watch('/cut', 'data');
    await watching.get('/');
    const backAgain = new Promise<void>((done) => watching.raw.once('connected', done));
    cutOff(watching);
    await backAgain;
    await watching.get('/');
    await client.set('/cut', 'three');
    expect(await later).toBe('NODE_DATA_CHANGED /cut');
    await watching.close();
  });

  test('limits the size of a request', async () => {
    await expect(client.create('/large', 'x'.repeat(1024 * 1024))).rejects.toMatchObject({
      name: 'CONNECTION_LOSS',
    });
    await client.create('/fits', 'x'.repeat(1024 * 1000));
    expect((await client.get('/fits')).length).toBe(1024 * 1000);
  });

  test('answers four-letter words', async () => {
    expect(await askWord(zookeeper.port, 'ruok')).toBe('imok');
    expect(await askWord(zookeeper.port, 'isro')).toBe('rw');
    expect(await askWord(zookeeper.port, 'srvr')).toMatch(/Mode: standalone\nNode count: \d+/);
    expect(await askWord(zookeeper.port, 'mntr')).toMatch(/zk_server_state\tstandalone/);
  });
});

eachZooKeeper((start) => {
  test('a restart keeps znodes and sessions; clients come back by themselves', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'odradek-zookeeper-restart-'));
    const first = await start({ dataDir, tickTimeMs: 2_000 });
    const client = await PromisedClient.connect(first.connectString, 30_000);
    await client.create('/kept', 'x');
    await client.create('/mine', '', CreateMode.EPHEMERAL);
    const sessionId = client.raw.getSessionId().toString('hex');
    const back = new Promise<void>((done) => {
      client.raw.once('disconnected', () => client.raw.once('connected', done));
    });
    await first.kill();
    const second = await start({ dataDir, port: first.port, tickTimeMs: 2_000 });
    await back;
    expect(client.raw.getSessionId().toString('hex')).toBe(sessionId);
    expect(await client.get('/kept')).toBe('x');
    expect(await client.stat('/mine')).not.toBeNull();
    await client.close();
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);
});

/** Breaks the connection under a client; the library offers no way to ask for that. */
function cutOff(client: PromisedClient): void {
  const { connectionManager } = client.raw as unknown as {
    connectionManager: { socket: { destroy(): void } };
  };
  connectionManager.socket.destroy();
}
