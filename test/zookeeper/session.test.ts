import { parseConnectString } from '../../src/zookeeper/connect-string';
import { eventually } from '../builders/process';
import { type RunningZooKeeper, eachZooKeeper } from '../builders/zookeeper';
import { TestSessions } from '../builders/zookeeper-sessions';

const text = (value: string): Buffer => Buffer.from(value);

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  const sessions = new TestSessions();
  let connect = '';

  beforeAll(async () => {
    server = await start();
  }, 90_000);
  afterAll(() => server.stop());
  beforeEach(() => {
    connect = sessions.freshChroot(server.connectString);
  });
  afterEach(() => sessions.closeAll());

  test('creates the chroot, also a nested one, and stays inside of it', async () => {
    const inside = await sessions.open(`${connect}/kafka/east`);
    await inside.create('/a', text('1'));
    const outside = await sessions.open(server.connectString);
    const path = `${connect.slice(server.connectString.length)}/kafka/east/a`;
    expect((await outside.getData(path)).data).toEqual(text('1'));
  });

  test('nodes have data, empty data, or none', async () => {
    const session = await sessions.open(connect);
    await session.create('/data', text('x'));
    await session.create('/empty', Buffer.alloc(0));
    await session.create('/none', null);
    expect((await session.getData('/data')).data).toEqual(text('x'));
    expect((await session.getData('/empty')).data).toEqual(Buffer.alloc(0));
    expect((await session.getData('/none')).data).toBeNull();
  });

  test('a stat tells versions, owner and transaction ids', async () => {
    const session = await sessions.open(connect);
    await session.create('/a', null, 'ephemeral');
    const set = await session.setData('/a', text('1'), 0);
    const { stat } = await session.getData('/a');
    expect(stat).toEqual(set);
    expect(stat.version).toBe(1);
    expect(stat.ephemeralOwner).toBe(session.sessionId);
    expect(stat.mzxid).toBeGreaterThan(stat.czxid);
    expect(Math.abs(stat.ctimeMs - Date.now())).toBeLessThan(60_000);
  });

  test('sequential nodes are numbered with ten digits', async () => {
    const session = await sessions.open(connect);
    const paths = [
      await session.create('/n_', null, 'persistent-sequential'),
      await session.create('/n_', null, 'persistent-sequential'),
    ];
    expect(paths).toEqual(['/n_0000000000', '/n_0000000001']);
    expect([...(await session.getChildren('/')).children].sort()).toEqual(
      paths.map((path) => path.slice(1)),
    );
  });

  test('refusals carry the operation, the path and the code', async () => {
    const session = await sessions.open(connect);
    await session.create('/a', null);
    await session.create('/a/b', null);
    const refusals = [
      [session.getData('/missing'), 'NO_NODE'],
      [session.getChildren('/missing'), 'NO_NODE'],
      [session.create('/a', null), 'NODE_EXISTS'],
      [session.create('/missing/b', null), 'NO_NODE'],
      [session.setData('/a', text('x'), 7), 'BAD_VERSION'],
      [session.delete('/a', -1), 'NOT_EMPTY'],
      [session.delete('/a/b', 7), 'BAD_VERSION'],
      [session.getData('/a/../b'), 'BAD_ARGUMENTS'],
      [session.create('/big', Buffer.alloc(1_048_576)), 'BAD_ARGUMENTS'],
    ] as const;
    for (const [refused, code] of refusals) {
      await expect(refused).rejects.toMatchObject({
        name: 'ZooKeeperError',
        code,
        maybeDone: false,
      });
    }
    expect(await session.exists('/missing')).toBeUndefined();
  });

  describe('multi', () => {
    test('does all, and answers each', async () => {
      const session = await sessions.open(connect);
      await session.create('/old', text('0'));
      const results = await session.multi([
        { type: 'check', path: '/old', version: 0 },
        { type: 'create', path: '/new-', data: text('1'), mode: 'persistent-sequential' },
        { type: 'set', path: '/old', data: text('2'), version: 0 },
        { type: 'create', path: '/none', data: null, mode: 'persistent' },
        { type: 'delete', path: '/none', version: 0 },
      ]);
      expect(results).toEqual([
        { type: 'check' },
        { type: 'create', path: '/new-0000000001' },
        { type: 'set', stat: (await session.getData('/old')).stat },
        { type: 'create', path: '/none' },
        { type: 'delete' },
      ]);
    });

    test.each`
      operations                                                                                                                    | index | code             | because
      ${[{ type: 'check', path: '/a', version: 0 }, { type: 'delete', path: '/b', version: 0 }]}                                    | ${0}  | ${'BAD_VERSION'} | ${'version 0 is a version, not "any"'}
      ${[{ type: 'check', path: '/a', version: 1 }, { type: 'set', path: '/a', data: text('x'), version: 0 }]}                      | ${1}  | ${'BAD_VERSION'} | ${'a set checks version 0 too'}
      ${[{ type: 'check', path: '/a', version: 1 }, { type: 'delete', path: '/a', version: 0 }]}                                    | ${1}  | ${'BAD_VERSION'} | ${'and so does a delete'}
      ${[{ type: 'delete', path: '/b', version: -1 }, { type: 'delete', path: '/b', version: -1 }]}                                 | ${1}  | ${'NO_NODE'}     | ${'later operations see earlier ones'}
      ${[{ type: 'check', path: '/none', version: -1 }]}                                                                            | ${0}  | ${'NO_NODE'}     | ${'a check needs the node'}
      ${[{ type: 'set', path: '/a', data: text('x'), version: 1 }, { type: 'create', path: '/b', data: null, mode: 'persistent' }]} | ${1}  | ${'NODE_EXISTS'} | ${'all or nothing'}
    `(
      'says which operation was refused, and does nothing: $because',
      async ({ operations, index, code }) => {
        const session = await sessions.open(connect);
        await session.create('/a', null);
        await session.setData('/a', text('1'), 0);
        await session.create('/b', text('1'));
        await expect(session.multi(operations)).rejects.toMatchObject({ code, index });
        expect((await session.getData('/a')).stat.version).toBe(1);
        expect((await session.getData('/b')).stat.version).toBe(0);
      },
    );
  });

  describe('watches', () => {
    test('a read of a path with a handler arms it for one event; the next read arms it again', async () => {
      const session = await sessions.open(connect);
      const other = await sessions.open(connect);
      const events: string[] = [];
      session.watchData('/a', (event) => events.push(event));
      expect(await session.exists('/a')).toBeUndefined();

      await other.create('/a', null);
      await eventually('created', () => events[0]);
      await other.setData('/a', text('1'), -1);
      await session.getData('/a');
      await other.setData('/a', text('2'), -1);
      await eventually('changed', () => events[1]);
      await session.exists('/a');
      await other.delete('/a', -1);
      await eventually('deleted', () => events[2]);
      expect(events).toEqual(['created', 'dataChanged', 'deleted']);
    });

    test('children are watched by a handler of their own', async () => {
      const session = await sessions.open(connect);
      const other = await sessions.open(connect);
      await other.create('/a', null);
      const events: string[] = [];
      session.watchChildren('/a', () => events.push('children'));
      session.watchData('/a', (event) => events.push(event));
      await session.getChildren('/a');
      await session.getData('/a');

      await other.create('/a/b', null);
      await eventually('children', () => events[0]);
      await other.delete('/a/b', -1);
      await other.setData('/a', text('1'), -1);
      await eventually('data', () => events[1]);
      expect(events).toEqual(['children', 'dataChanged']);
    });

    test('reads without a handler, and handlers taken away, hear nothing', async () => {
      const session = await sessions.open(connect);
      const other = await sessions.open(connect);
      await other.create('/a', null);
      const events: string[] = [];
      await session.getData('/a');
      session.watchData('/a', (event) => events.push(event));
      await other.setData('/a', text('1'), -1);
      await session.getData('/a');
      session.unwatchData('/a');
      await other.setData('/a', text('2'), -1);
      await session.getData('/a');
      expect(events).toEqual([]);
    });

    test('a handler that throws harms nobody', async () => {
      const session = await sessions.open(connect);
      session.watchData('/a', () => {
        throw new Error('handler');
      });
      await session.exists('/a');
      await session.create('/a', null);
      expect(await session.exists('/a')).toBeDefined();
    });
  });

  test('closing ends the session: its ephemeral nodes vanish, its requests fail', async () => {
    const session = await sessions.open(connect);
    const other = await sessions.open(connect);
    await session.create('/e', null, 'ephemeral');
    await session.close();
    expect(await other.exists('/e')).toBeUndefined();
    expect(session.state).toBe('closed');
    await expect(session.exists('/e')).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });

  test('abandoning ends it as a crash would: the server keeps the session until it expires', async () => {
    const session = await sessions.open(connect, { sessionTimeoutMs: 800 });
    const other = await sessions.open(connect);
    await session.create('/e', null, 'ephemeral');
    const underWay = session.exists('/e');
    session.abandon();
    await expect(underWay).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
    expect(session.state).toBe('closed');
    expect(await other.exists('/e')).toBeDefined();
    await eventually('expired', async () => ((await other.exists('/e')) ? undefined : true));
  });

  test('many requests at once are answered each with its own', async () => {
    const session = await sessions.open(connect);
    const paths = Array.from({ length: 500 }, (_, i) => `/n${String(i)}`);
    await Promise.all(paths.map((path) => session.create(path, text(path))));
    const found = await Promise.all(paths.map((path) => session.getData(path)));
    expect(found.map(({ data }) => data?.toString())).toEqual(paths);
  });
});

test.each`
  connect                             | servers                             | chroot
  ${'zk1:2182,zk2:2183'}              | ${['zk1:2182', 'zk2:2183']}         | ${''}
  ${'zk1'}                            | ${['zk1:2181']}                     | ${''}
  ${' zk1:1 , zk2:2 ,/kafka'}         | ${['zk1:1', 'zk2:2']}               | ${'/kafka'}
  ${'zk1:1/kafka/east/'}              | ${['zk1:1']}                        | ${'/kafka/east'}
  ${'zk1:1/'}                         | ${['zk1:1']}                        | ${''}
  ${'[::1]:2181,[2001:db8::7]/kafka'} | ${['::1:2181', '2001:db8::7:2181']} | ${'/kafka'}
`('reads the connect string "$connect"', ({ connect, servers, chroot }) => {
  const target = parseConnectString(connect);
  expect(target.servers.map(({ host, port }) => `${host}:${String(port)}`)).toEqual(servers);
  expect(target.chroot).toBe(chroot);
});

test.each(['', '/kafka', 'zk1:0', 'zk1:70000', 'zk1:port', '::1:2181', 'zk1//a', 'zk1/a/../b'])(
  'refuses the connect string "%s"',
  (connect) => {
    expect(() => parseConnectString(connect)).toThrow('BAD_ARGUMENTS');
  },
);
