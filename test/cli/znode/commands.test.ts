/** `odradek znode` against a server, as a person uses it. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

import type { ZooKeeperSession } from '../../../src/zookeeper/session';
import { OdradekProcess, odradek } from '../../builders/odradek-process';
import { temporaryFolder } from '../../builders/process';
import { eachZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';
import { TestSessions } from '../../builders/zookeeper-sessions';

const STATE = '/brokers/topics/orders/partitions/3/state';
const BROKER = '{"version":5,"endpoints":["PLAINTEXT://h:9092"],"timestamp":"1795330662767"}';
const CONTROLLER =
  '{"version":2,"brokerid":2,"timestamp":"1795330662856","kraftControllerEpoch":-1}';

const state = (leader: number, epoch: number, isr: number[]): string =>
  JSON.stringify({ controller_epoch: 7, leader, version: 1, leader_epoch: epoch, isr });

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  let sessions: TestSessions;
  let session: ZooKeeperSession;
  let connect: string;

  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    sessions = new TestSessions();
    connect = sessions.freshChroot(server.connectString);
    session = await sessions.open(connect);
  });
  afterEach(async () => {
    OdradekProcess.killAll();
    await sessions.closeAll();
  });

  const znode = (verb: string, ...args: string[]) => odradek('znode', verb, ...args, '-z', connect);

  async function make(path: string, data: string | null): Promise<void> {
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (parent !== '' && !(await session.exists(parent))) await make(parent, null);
    await session.create(path, data === null ? null : Buffer.from(data));
  }

  async function makeBroker(): Promise<void> {
    await make('/brokers/ids', null);
    await session.create('/brokers/ids/2', Buffer.from(BROKER), 'ephemeral');
    await session.create('/controller', Buffer.from(CONTROLLER), 'ephemeral');
  }

  test('get and stat resolve the owner of an ephemeral znode', async () => {
    await makeBroker();
    const { stdout } = await znode('get', '/controller');
    expect(stdout).toMatch(
      /^\/controller: ephemeral, session 0x[0-9a-f]+ of broker 2, version 0, written 20/,
    );
    expect(stdout).toContain('"timestamp": "2026-11-22T06:57:42.856Z"');
    expect((await znode('get', '/controller', '--raw')).stdout).toBe(CONTROLLER);
    const json = JSON.parse((await znode('get', 'controller/', '--json')).stdout) as object;
    expect(json).toMatchObject({
      path: '/controller',
      data: CONTROLLER,
      value: { brokerid: 2 },
      notes: [],
      stat: { version: 0, owner: { session: expect.stringMatching(/^0x/), broker: 2 } },
    });
    const stat = await znode('stat', '/brokers/ids/2');
    expect(stat.stdout).toMatch(/created +20.*, zxid \d+ \(the broker epoch\)/);
    expect(stat.stdout).toMatch(/lives +as long as session 0x[0-9a-f]+ of broker 2/);
    const yaml = await znode('stat', '/brokers/ids', '-o', 'yaml');
    expect(yaml.stdout).toMatch(/^owner: null$/m);
  });

  test('ls and tree show what is there, numbers in their order', async () => {
    for (const name of ['2', '10', '1']) await make(`/brokers/topics/t/partitions/${name}`, null);
    await make('/controller_epoch', '7');
    expect((await znode('ls', '/brokers/topics/t/partitions')).stdout).toBe('1\n2\n10\n');
    expect((await znode('tree')).stdout).toBe(
      [
        '/',
        '  brokers',
        '    topics',
        '      t',
        '        partitions',
        '          1',
        '          2',
        '          10',
        '  controller_epoch  7',
        '',
      ].join('\n'),
    );
    expect((await znode('tree', '--depth', '1')).stdout).toBe(
      '/\n  brokers\n  controller_epoch  7\n',
    );
    const json = JSON.parse((await znode('tree', '/controller_epoch', '--json')).stdout) as object;
    expect(json).toEqual({
      path: '/controller_epoch',
      data: '7',
      value: 7,
      notes: [],
      children: [],
    });
  });

  test('what is damaged or foreign is shown with a note', async () => {
    await make('/controller', 'not json');
    await session.create('/bytes', Buffer.from([0xff, 0xfe]));
    expect((await znode('get', '/controller')).stdout).toMatch(
      /\nnot json\nnote: not what Kafka keeps here: not JSON\n$/,
    );
    expect((await znode('get', '/bytes')).stdout).toMatch(
      /\nfffe\nnote: not text: shown in hexadecimal\n$/,
    );
    expect((await znode('tree')).stdout).toContain(
      'controller  not json  (not what Kafka keeps here: not JSON)',
    );
  });

  test('what does not exist ends with 4, and a chroot is never made', async () => {
    for (const verb of ['ls', 'get', 'tree', 'stat', 'delete'])
      expect(await znode(verb, '/nope')).toMatchObject({
        code: 4,
        stderr: `odradek: there is no znode /nope below ${connect.slice(connect.indexOf('/'))}\n`,
      });
    const missing = `${server.connectString}/missing/chroot`;
    const { code, stderr } = await odradek('znode', 'ls', '-z', missing);
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: `odradek: there is no znode /missing/chroot, the chroot of ${missing}\n`,
    });
    expect((await odradek('znode', 'get', '/missing', '-z', server.connectString)).code).toBe(4);
  });

  test('set shows old and new, warns, and needs a yes', async () => {
    await make('/controller_epoch', '7');
    const refused = await znode('set', '/controller_epoch', '8');
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toMatch(
      /^\/controller_epoch, version 0\n {2}old: 7\n {2}new: 8\nYou may: .*\nYou must not: Set or delete it/,
    );
    expect(refused.stderr).toMatch(
      /odradek: to set \/controller_epoch where nobody can be asked, give --yes\n$/,
    );
    expect((await session.getData('/controller_epoch')).data?.toString()).toBe('7');

    const set = await znode('set', '/controller_epoch', 'x', '--yes');
    expect(set).toMatchObject({ code: 0, stdout: '/controller_epoch is set, version 1\n' });
    expect(set.stderr).toContain('Warning: not what Kafka keeps here: not a decimal number');
    expect((await session.getData('/controller_epoch')).data?.toString()).toBe('x');
  });

  test.each`
    args                                                  | code | complaint
    ${['/controller_epoch']}                              | ${2} | ${/a value is needed: as an argument, or with --file/}
    ${['/controller_epoch', '1', '--file', 'x']}          | ${2} | ${/not both/}
    ${['/controller_epoch', '--file', '/nope']}           | ${1} | ${/\/nope: cannot be read/}
    ${['/controller_epoch', '1', '--znode-version', '4']} | ${1} | ${/has version 0, not 4: nothing was changed/}
    ${['/nope', '1']}                                     | ${4} | ${/there is no znode \/nope .*; --create makes it/}
    ${['/nope/deeper', '1', '--create']}                  | ${4} | ${/there is no znode \/nope below/}
  `('set $args is refused: $complaint', async ({ args, code, complaint }) => {
    await make('/controller_epoch', '7');
    const outcome = await znode('set', ...args, '--yes');
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(complaint as RegExp);
    expect((await session.getData('/controller_epoch')).stat.version).toBe(0);
  });

  test('set takes a file, and makes what is missing if told to', async () => {
    const folder = temporaryFolder('znode');
    try {
      const file = join(folder.path, 'value');
      writeFileSync(file, '{"version":1,"partitions":[]}');
      await make('/admin', null);
      const made = await znode(
        'set',
        '/admin/reassign_partitions',
        '--file',
        file,
        '--create',
        '--yes',
      );
      expect(made).toMatchObject({
        code: 0,
        stdout: '/admin/reassign_partitions is set, version 0\n',
      });
      expect((await session.getData('/admin/reassign_partitions')).data?.toString()).toBe(
        '{"version":1,"partitions":[]}',
      );
    } finally {
      folder.remove();
    }
  });

  test('delete shows what goes, and takes what is below only if told to', async () => {
    await make('/admin/delete_topics/orders', null);
    await make('/admin/delete_topics/returns', null);
    expect(await znode('delete', '/admin/delete_topics', '--yes')).toMatchObject({
      code: 1,
      stderr: 'odradek: /admin/delete_topics has children: delete it with --recursive\n',
    });
    const refused = await znode('delete', '/admin/delete_topics', '--recursive');
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('  and 2 znode(s) below it\n');
    expect(await znode('delete', '/', '--recursive', '--yes')).toMatchObject({ code: 5 });
    expect((await znode('ls', '/admin/delete_topics')).stdout).toBe('orders\nreturns\n');
    expect(await znode('delete', '/admin', '-r', '--yes', '--json')).toMatchObject({
      code: 0,
      stdout: '{\n  "path": "/admin",\n  "deleted": 4\n}\n',
    });
    expect(await session.exists('/admin')).toBeUndefined();
  });

  test('watch tells what happens until it is ended, and waits for what is not there yet', async () => {
    await makeBroker();
    const watch = new OdradekProcess(['znode', 'watch', '/', '--recursive', '-z', connect]);
    await watch.untilTold(/watching \d+ znode\(s\)/);
    await make(STATE, state(1, 4, [1, 2, 3]));
    await watch.untilPrinted(/^orders-3: leader 1, epoch 4, ISR 1,2,3$/m);
    await session.setData(STATE, Buffer.from(state(2, 5, [2, 3])), -1);
    await watch.untilPrinted(/^orders-3: leader 1 → 2, epoch 4 → 5, ISR 1,2,3 → 2,3$/m);
    await session.delete('/brokers/ids/2', -1);
    await watch.untilPrinted(/^broker 2 left$/m);
    watch.signal('SIGINT');
    expect(await watch.outcome()).toMatchObject({ code: 0 });

    const waiting = new OdradekProcess(['znode', 'watch', '/feature', '--json', '-z', connect]);
    await waiting.untilTold(/\/feature is not there yet; waiting/);
    await make('/feature', '{"features":{},"version":2,"status":1}');
    await waiting.untilPrinted(/"path":"\/feature","kind":"created",.*\n/);
    waiting.signal('SIGTERM');
    const { stdout } = await waiting.outcome();
    expect(JSON.parse(stdout)).toMatchObject({ version: 0, before: null, after: { status: 1 } });
  }, 60_000);

  test('a lost connection is told, and nothing that happened meanwhile is missed', async () => {
    const proxy = await sessions.proxy(server.port);
    await make(STATE, state(1, 4, [1, 2]));
    const chroot = connect.slice(connect.indexOf('/'));
    const through = `127.0.0.1:${String(proxy.port)}${chroot}`;
    const watch = new OdradekProcess(['znode', 'watch', '/', '-r', '-z', through]);
    await watch.untilTold(/watching \d+ znode\(s\)/);
    proxy.refuse();
    await watch.untilTold(/lost the connection to ZooKeeper/);
    await session.setData(STATE, Buffer.from(state(2, 5, [2])), -1);
    await session.setData(STATE, Buffer.from(state(2, 6, [2])), -1);
    await make('/controller_epoch', '8');
    proxy.heal();
    await watch.untilTold(/connected to ZooKeeper again/);
    await watch.untilPrinted(
      /^orders-3: leader 1 → 2, epoch 4 → 6, ISR 1,2 → 2 \(2 writes, told as one\)$/m,
    );
    await watch.untilPrinted(/^controller epoch unknown → 8$/m);
    watch.signal('SIGINT');
    expect(await watch.outcome()).toMatchObject({ code: 0 });
  }, 60_000);
});

test('explain needs no server', async () => {
  const nowhere = ['-z', '127.0.0.1:1'];
  const { code, stdout } = await odradek('znode', 'explain', STATE);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^\/brokers\/topics\/orders\/partitions\/3\/state \(.*\)\nLeader, ISR and epochs\./,
  );
  expect(stdout).toMatch(/^Written by {4}The controller only/m);
  expect(stdout).toMatch(/^You must not {2}Set it while brokers run/m);
  expect(await odradek('znode', 'explain', ...nowhere)).toMatchObject({ code: 2 });
  expect((await odradek('znode', 'explain', '/brokers/topics')).stdout).toMatch(
    /Below it:\n {2}\/brokers\/topics\/\[topic\] /,
  );
  expect((await odradek('znode', 'explain')).stdout).toMatch(/^Settings:\n {2}\/config /m);
  expect(await odradek('znode', 'explain', '/nope')).toMatchObject({
    code: 4,
    stderr: 'odradek: Kafka keeps nothing at /nope\n',
  });
  const json = await odradek('znode', 'explain', '/controller', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ pattern: '/controller', kind: 'ephemeral' });
});
