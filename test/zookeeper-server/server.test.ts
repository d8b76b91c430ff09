import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodePlatform } from '../../src/platform/node';
import { ZooKeeperServer, ZooKeeperServerError } from '../../src/zookeeper-server';
import type { ZooKeeperServerOptions } from '../../src/zookeeper-server';
import { askWord } from '../builders/zookeeper';
import { WireClient } from '../builders/zookeeper-wire';

const NOTIFICATION_XID = -1;
const NO_NODE = -101;
const SESSION_EXPIRED = -112;

let directory: string;
const running: ZooKeeperServer[] = [];

async function start(options: Partial<ZooKeeperServerOptions> = {}): Promise<ZooKeeperServer> {
  const server = await ZooKeeperServer.start({ platform: nodePlatform(), ...options });
  running.push(server);
  return server;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'odradek-zookeeper-server-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
});

describe.each([
  ['in memory', false],
  ['on disk', true],
])('%s', (_, isDurable) => {
  const where = (): Partial<ZooKeeperServerOptions> =>
    isDurable ? { dataDirectory: directory } : {};

  test('answers pipelined requests in order, each with what it has seen', async () => {
    const { port } = await start(where());
    const { client } = await WireClient.session(port);
    client.create(1, '/a', { data: 'one' });
    client.getData(2, '/a');
    client.setData(3, '/a', 'two');
    client.getData(4, '/a');
    client.request(-2, 11);
    const replies = [];
    for (let i = 0; i < 5; i++) replies.push(await client.reply());
    expect(replies.map(({ xid, error }) => [xid, error])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [-2, 0],
    ]);
    expect(replies[1]?.body.buffer()?.toString()).toBe('one');
    expect(replies[3]?.body.buffer()?.toString()).toBe('two');
    client.close();
  });

  test('sends an event before the answer that shows the new state', async () => {
    const { port } = await start(where());
    const watching = await WireClient.session(port);
    const writing = await WireClient.session(port);
    writing.client.create(1, '/a', { data: 'one' });
    await writing.client.reply();
    watching.client.getData(1, '/a', true);
    await watching.client.reply();
    writing.client.setData(2, '/a', 'two');
    let answer: string | undefined;
    const seen: string[] = [];
    for (let xid = 2; answer !== 'two'; xid++) {
      watching.client.getData(xid, '/a');
      let reply = await watching.client.reply();
      if (reply.xid === NOTIFICATION_XID) {
        seen.push('event');
        reply = await watching.client.reply();
      }
      answer = reply.body.buffer()?.toString();
    }
    expect(seen).toEqual(['event']);
    watching.client.close();
    writing.client.close();
  });

  test('moves a session to the connection that presents its password', async () => {
    const { port } = await start(where());
    const first = await WireClient.session(port);
    first.client.create(1, '/mine', { flags: 1 });
    await first.client.reply();
    const second = await WireClient.session(port, first.reply);
    expect(second.reply.sessionId).toBe(first.reply.sessionId);
    await first.client.whenClosed();
    second.client.getData(1, '/mine');
    expect((await second.client.reply()).error).toBe(0);
    second.client.close();
  });

  test('refuses a session with a wrong password, and leaves its owner alone', async () => {
    const { port } = await start(where());
    const owner = await WireClient.session(port);
    const thief = await WireClient.session(port, {
      sessionId: owner.reply.sessionId,
      password: Buffer.alloc(16, 1),
    });
    expect(thief.reply).toMatchObject({ timeoutMs: 0, sessionId: 0n });
    await thief.client.whenClosed();
    owner.client.getData(1, '/');
    expect((await owner.client.reply()).error).toBe(0);
    owner.client.close();
  });

  test('answers closeSession, closes, and removes the ephemeral znodes', async () => {
    const server = await start(where());
    const { client } = await WireClient.session(server.port);
    client.create(1, '/mine', { flags: 1 });
    client.request(2, -11);
    await client.reply();
    expect(await client.reply()).toMatchObject({ xid: 2, error: 0 });
    await client.whenClosed();
    expect(server.tree.get('/mine')).toBeUndefined();
  });

  test('expires a session that is not heard of, and closes its connection', async () => {
    const server = await start({ ...where(), minSessionTimeoutMs: 250 });
    const { client, reply } = await WireClient.session(server.port, { timeoutMs: 250 });
    expect(reply.timeoutMs).toBe(250);
    client.create(1, '/mine', { flags: 1 });
    await client.reply();
    await client.whenClosed();
    expect(server.tree.get('/mine')).toBeUndefined();
    const again = await WireClient.session(server.port, reply);
    expect(again.reply.timeoutMs).toBe(0);
    again.client.close();
  });

  test('a session lives on while its client is away, up to its time-out', async () => {
    const server = await start(where());
    const first = await WireClient.session(server.port);
    first.client.create(1, '/mine', { flags: 1 });
    await first.client.reply();
    first.client.close();
    const second = await WireClient.session(server.port, first.reply);
    expect(second.reply.timeoutMs).toBe(10_000);
    expect(server.tree.get('/mine')).toBeDefined();
    second.client.close();
  });
});

describe('a restart', () => {
  test('keeps znodes, sessions and ephemeral znodes', async () => {
    const first = await start({ dataDirectory: directory });
    const { client, reply } = await WireClient.session(first.port);
    client.create(1, '/kept', { data: 'x' });
    client.create(2, '/mine', { flags: 1 });
    await client.reply();
    await client.reply();
    await first.stop();

    const second = await start({ dataDirectory: directory });
    const back = await WireClient.session(second.port, reply);
    expect(back.reply.sessionId).toBe(reply.sessionId);
    back.client.getData(1, '/kept');
    expect((await back.client.reply()).body.buffer()?.toString()).toBe('x');
    expect(second.tree.get('/mine')?.ephemeralOwner).toBe(reply.sessionId);
    back.client.close();
  });

  test('expires sessions whose clients do not come back', async () => {
    const options = { dataDirectory: directory, minSessionTimeoutMs: 250 };
    const first = await start(options);
    const { client } = await WireClient.session(first.port, { timeoutMs: 250 });
    client.create(1, '/mine', { flags: 1 });
    await client.reply();
    await first.stop();

    const second = await start(options);
    expect(second.tree.get('/mine')).toBeDefined();
    const watching = await WireClient.session(second.port, { timeoutMs: 10_000 });
    watching.client.getData(1, '/mine', true);
    await watching.client.reply();
    expect((await watching.client.reply()).xid).toBe(NOTIFICATION_XID);
    expect(second.tree.get('/mine')).toBeUndefined();
    watching.client.close();
  });

  test('turns away a client that has seen more than this server has', async () => {
    const { port } = await start({ dataDirectory: directory });
    await expect(WireClient.session(port, { lastZxidSeen: 99 })).rejects.toThrow('closed');
  });

  test('in memory, tells clients of the server before that their session is gone', async () => {
    const { port } = await start();
    const { client, reply } = await WireClient.session(port, {
      lastZxidSeen: 99,
      sessionId: 0x1234n,
    });
    expect(reply.timeoutMs).toBe(0);
    client.close();
  });

  test('a data directory serves one server at a time', async () => {
    await start({ dataDirectory: directory });
    const second = start({ dataDirectory: directory });
    await expect(second).rejects.toThrow(ZooKeeperServerError);
    await expect(second).rejects.toThrow(`${directory} is in use by another ZooKeeper server`);
  });

  test('a port in use is an error, and lets go of the data directory', async () => {
    const { port } = await start();
    await expect(start({ port, dataDirectory: directory })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await start({ dataDirectory: directory });
  });
});

describe('bad input closes its connection and no other', () => {
  const HEADER_OF_CREATE = (client: WireClient): void => {
    client.send((writer) => {
      writer.int(1).int(1).string('/cut').int(100);
    });
  };

  test.each`
    what                                      | send
    ${'garbage instead of a connect request'} | ${(client: WireClient) => client.socket.write('GET / HTTP/1.1\r\n\r\n')}
    ${'a negative frame size'}                | ${(client: WireClient) => client.socket.write(Buffer.from('ffffffff', 'hex'))}
    ${'a connect request cut short'}          | ${(client: WireClient) => client.send((writer) => writer.int(0))}
    ${'an empty frame'}                       | ${(client: WireClient) => client.socket.write(Buffer.alloc(12))}
  `('before a session: $what', async ({ send }: { send: (client: WireClient) => void }) => {
    const { port } = await start();
    const other = await WireClient.session(port);
    const client = await WireClient.open(port);
    send(client);
    await client.whenClosed();
    other.client.getData(1, '/none');
    expect((await other.client.reply()).error).toBe(NO_NODE);
    other.client.close();
  });

  test.each`
    what                                 | send
    ${'a frame larger than allowed'}     | ${(client: WireClient) => client.setData(1, '/', 'x'.repeat(1024 * 1024))}
    ${'a request cut short'}             | ${HEADER_OF_CREATE}
    ${'a frame without a header'}        | ${(client: WireClient) => client.send((writer) => writer.bool(true))}
    ${'a vector longer than its frame'}  | ${(client: WireClient) => client.request(1, 101, (writer) => writer.long(0).int(2 ** 30))}
    ${'a multi of an unknown operation'} | ${(client: WireClient) => client.request(1, 14, (writer) => writer.int(77).bool(false).int(-1))}
    ${'a multi without an end'}          | ${(client: WireClient) => client.request(1, 14)}
  `('in a session: $what', async ({ send }: { send: (client: WireClient) => void }) => {
    const { port } = await start();
    const other = await WireClient.session(port);
    const { client, reply } = await WireClient.session(port);
    send(client);
    await client.whenClosed();
    other.client.getData(1, '/none');
    expect((await other.client.reply()).error).toBe(NO_NODE);
    const back = await WireClient.session(port, reply);
    expect(back.reply.sessionId).toBe(reply.sessionId);
    back.client.close();
    other.client.close();
  });

  test.each`
    code   | operation
    ${16}  | ${'reconfig'}
    ${102} | ${'sasl'}
    ${999} | ${'an unknown operation'}
  `('answers UNIMPLEMENTED to $operation', async ({ code }: { code: number }) => {
    const { port } = await start();
    const { client } = await WireClient.session(port);
    client.request(7, code);
    expect(await client.reply()).toMatchObject({ xid: 7, error: -6 });
    client.close();
  });

  test('takes frames in pieces of any size', async () => {
    const { port } = await start();
    const { client } = await WireClient.session(port);
    const frame = Buffer.from('0000000d0000000500000004000000012f', 'hex');
    const withWatch = Buffer.concat([frame, Buffer.from([0])]);
    withWatch.writeInt32BE(withWatch.length - 4, 0);
    for (const byte of withWatch) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((done) => setImmediate(done));
    }
    expect(await client.reply()).toMatchObject({ xid: 5, error: 0 });
    client.close();
  });

  test('closes a client that fails to authenticate', async () => {
    const { port } = await start();
    const { client } = await WireClient.session(port);
    client.request(-4, 100, (writer) => {
      writer.int(0).string('kerberos').buffer(Buffer.from('x'));
    });
    expect(await client.reply()).toMatchObject({ xid: -4, error: -115 });
    await client.whenClosed();
  });

  test('accepts no more connections than it may', async () => {
    const { port } = await start({ maxConnections: 1 });
    const { client } = await WireClient.session(port);
    const second = await WireClient.open(port);
    await second.whenClosed();
    client.getData(1, '/');
    expect((await client.reply()).error).toBe(0);
    client.close();
  });
});

test('a request after the session has expired says so', async () => {
  const server = await start();
  const { client, reply } = await WireClient.session(server.port);
  server.processor.database.sessions.close(reply.sessionId);
  client.getData(1, '/');
  expect((await client.reply()).error).toBe(SESSION_EXPIRED);
  client.close();
});

test('starts in memory within ten milliseconds, once warm', async () => {
  await (await start()).stop();
  const times = [];
  for (let i = 0; i < 5; i++) {
    const begin = performance.now();
    await start();
    times.push(performance.now() - begin);
  }
  expect(Math.min(...times)).toBeLessThan(10);
});

describe('four-letter words', () => {
  test.each`
    word      | pattern
    ${'ruok'} | ${/^imok$/}
    ${'isro'} | ${/^rw$/}
    ${'srvr'} | ${/^Zookeeper version: 3\.8\.0.*\nLatency min\/avg\/max: .*\nReceived: \d+\nSent: \d+\nConnections: 2\nOutstanding: 0\nZxid: 0x2\nMode: standalone\nNode count: 5\n$/}
    ${'stat'} | ${/^Zookeeper version: .*\nClients:\n( \/127\.0\.0\.1:\d+\[1\]\(queued=0,recved=\d+,sent=\d+\)\n){2}\nLatency/}
    ${'mntr'} | ${/^zk_version\t3\.8\.0.*\nzk_server_state\tstandalone\n(zk_\w+\t[\d.]+\n)*zk_ephemerals_count\t1\n/}
    ${'conf'} | ${/^clientPort=\d+\ndataDir=\ntickTime=2000\nmaxClientCnxns=4096\nminSessionTimeout=4000\nmaxSessionTimeout=40000\nserverId=0\n$/}
    ${'cons'} | ${/sid=0x1\w+,to=10000,/}
    ${'dump'} | ${/^SessionTracker dump:\nSession Sets \(1\)\/\(1\):\n1 expire in \d+ ms:\n\t0x1\w+\nephemeral nodes dump:\nSessions with Ephemerals \(1\):\n0x1\w+:\n\t\/mine\nConnections dump:\n/}
    ${'envi'} | ${/^Environment:\nzookeeper\.version=3\.8\.0/}
    ${'wchs'} | ${/^1 connections watching 1 paths\nTotal watches:1\n$/}
  `('$word', async ({ word, pattern }: { word: string; pattern: RegExp }) => {
    const { port } = await start();
    const { client } = await WireClient.session(port);
    client.create(1, '/mine', { flags: 1 });
    client.getData(2, '/mine', true);
    await client.reply();
    await client.reply();
    expect(await askWord(port, word)).toMatch(pattern);
    client.close();
  });
});
