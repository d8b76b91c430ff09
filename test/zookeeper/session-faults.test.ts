import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { closeStaleSession } from '../../src/zookeeper/connect';
import { eventually } from '../builders/process';
import { type RunningZooKeeper, eachZooKeeper } from '../builders/zookeeper';
import { TestSessions, losingTheAnswer } from '../builders/zookeeper-sessions';

const text = (value: string): Buffer => Buffer.from(value);

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  const sessions = new TestSessions();
  let chroot = '';

  beforeAll(async () => {
    server = await start();
  }, 90_000);
  afterAll(() => server.stop());
  beforeEach(() => {
    chroot = sessions.freshChroot('');
  });
  afterEach(() => sessions.closeAll());

  const direct = () => sessions.open(`${server.connectString}${chroot}`);

  describe('a lost connection', () => {
    test('is no failure: requests wait, the session stays, watches are set again', async () => {
      const other = await direct();
      const proxy = await sessions.proxy(server.port);
      const session = await sessions.open(`${proxy.connectString}${chroot}`);
      const { sessionId } = session;
      const events: string[] = [];
      await session.create('/a', null, 'ephemeral');
      await other.create('/data', null);
      await other.create('/parent', null);
      session.watchData('/data', (event) => events.push(event));
      session.watchData('/missing', (event) => events.push(event));
      session.watchChildren('/parent', () => events.push('children'));
      await session.getData('/data');
      await session.exists('/missing');
      await session.getChildren('/parent');

      proxy.refuse();
      await eventually('noticed', () => (session.state === 'disconnected' ? true : undefined));
      await other.setData('/data', text('1'), 0);
      await other.create('/missing', null);
      await other.create('/parent/child', null);
      const waiting = Promise.all([session.create('/b', null), session.getData('/data')]);
      proxy.heal();

      const [created, read] = await waiting;
      expect(created).toBe('/b');
      expect(read.data).toEqual(text('1'));
      await eventually('three events', () => events[2]);
      expect(events.sort()).toEqual(['children', 'created', 'dataChanged']);
      expect(session.sessionId).toBe(sessionId);
      expect(await other.exists('/a')).toBeDefined();
    });

    test('sets thousands of watches again in packets that a server accepts', async () => {
      const other = await direct();
      const proxy = await sessions.proxy(server.port);
      const session = await sessions.open(`${proxy.connectString}${chroot}`);
      const long = 'x'.repeat(200);
      const paths = Array.from({ length: 6_000 }, (_, i) => `/${long}-${String(i)}`);
      const events = new Set<string>();
      for (const path of paths) session.watchData(path, () => events.add(path));
      await Promise.all(paths.map((path) => session.exists(path)));

      const before = proxy.accepted;
      proxy.cut();
      await eventually('reconnected', () => (proxy.accepted > before ? true : undefined));
      await session.exists('/');
      const [first, last] = [paths[0] ?? '', paths.at(-1) ?? ''];
      await other.create(first, null);
      await other.create(last, null);
      await eventually('both', () => (events.size === 2 ? true : undefined));
      expect([...events].sort()).toEqual([first, last].sort());
    });

    test.each`
      request     | act                                                                                      | code             | because
      ${'create'} | ${(s: Session) => s.create('/new', null)}                                                | ${'NODE_EXISTS'} | ${'it made the node'}
      ${'delete'} | ${(s: Session) => s.delete('/old', 0)}                                                   | ${'NO_NODE'}     | ${'it removed the node'}
      ${'set'}    | ${(s: Session) => s.setData('/old', text('1'), 0)}                                       | ${'BAD_VERSION'} | ${'it moved the version'}
      ${'multi'}  | ${(s: Session) => s.multi([{ type: 'set', path: '/old', data: text('1'), version: 0 }])} | ${'BAD_VERSION'} | ${'the same in a multi'}
    `(
      'marks the answer to a repeated $request as maybe about its own effect: $because',
      async ({ act, code }) => {
        const other = await direct();
        await other.create('/old', null);
        const proxy = await sessions.proxy(server.port);
        const session = await sessions.open(`${proxy.connectString}${chroot}`);
        const isDone = async () =>
          (await other.exists('/new')) !== undefined || (await other.exists('/old'))?.version !== 0;
        const outcome = losingTheAnswer(proxy, () => act(session), { isDone });
        await expect(outcome).rejects.toMatchObject({ code, maybeDone: true });
      },
    );

    test('that only hangs is noticed within two thirds of the session time-out, and the session is kept', async () => {
      const proxy = await sessions.proxy(server.port);
      const session = await sessions.open(`${proxy.connectString}${chroot}`, {
        sessionTimeoutMs: 3_000,
      });
      const { sessionId } = session;
      proxy.goSilent();
      const hungMs = performance.now();
      const read = session.exists('/');
      await eventually('noticed', () => (session.state === 'disconnected' ? true : undefined));
      expect(performance.now() - hungMs).toBeLessThan(2_900);
      proxy.heal();
      await read;
      expect(session.sessionId).toBe(sessionId);
    });

    test('is not mistaken for silence: an idle session stays connected', async () => {
      const proxy = await sessions.proxy(server.port);
      const session = await sessions.open(`${proxy.connectString}${chroot}`, {
        sessionTimeoutMs: 2_000,
      });
      const before = proxy.accepted;
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(session.state).toBe('connected');
      expect(proxy.accepted).toBe(before);
    });
  });

  describe('an expired session', () => {
    const expire = async (session: Session): Promise<void> => {
      const options = sessions.options(`${server.connectString}${chroot}`);
      expect(await closeStaleSession(options, session.sessionCredentials())).toBe('closed');
    };

    test('is replaced: hooks before, hooks after, handlers stay', async () => {
      const session = await direct();
      const other = await direct();
      const old = session.sessionId;
      const events: string[] = [];
      session.watchData('/a', (event) => events.push(event));
      await session.exists('/a');
      session.onSessionExpired(async () => {
        events.push(`before: ${session.state}`);
        await expect(session.exists('/')).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
        await expect(session.exists('/')).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
      });
      const established = new Promise<void>((resolve) => {
        session.onSessionEstablished(() => {
          events.push(`after: ${session.state}`);
          resolve();
        });
      });
      await expire(session);
      await established;
      expect(events).toEqual(['before: expired', 'after: connected']);
      expect(session.sessionId).not.toBe(old);

      await session.exists('/a');
      await other.create('/a', null);
      await eventually('event', () => events[2]);
      expect(events[2]).toBe('created');
    });

    test('fails requests that were waiting, and accepts new ones once the hooks have run', async () => {
      const proxy = await sessions.proxy(server.port);
      const session = await sessions.open(`${proxy.connectString}${chroot}`);
      proxy.refuse();
      await eventually('noticed', () => (session.state === 'disconnected' ? true : undefined));
      const waiting = session.exists('/');
      let late: Promise<unknown> | undefined;
      session.onSessionEstablished(() => void (late = session.exists('/')));
      await expire(session);
      proxy.heal();
      await expect(waiting).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
      await eventually('established', () => late);
      expect(await late).toBeDefined();
    });

    test('waits for a slow hook before it asks for another', async () => {
      const session = await direct();
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      let isEstablished = false;
      session.onSessionExpired(() => held);
      session.onSessionEstablished(() => void (isEstablished = true));
      await expire(session);
      await eventually('expired', () => (session.state === 'expired' ? true : undefined));
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(isEstablished).toBe(false);
      release();
      await eventually('established', () => (isEstablished ? true : undefined));
    });

    test('is replaced though one of its hooks fails', async () => {
      const session = await direct();
      session.onSessionExpired(() => Promise.reject(new Error('hook')));
      const old = session.sessionId;
      await expire(session);
      await eventually(
        'new',
        () => (session.state === 'connected' && session.sessionId !== old) || undefined,
      );
      expect(await session.exists('/')).toBeDefined();
    });

    test('can be replaced again and again, also when nobody is reachable for a while', async () => {
      const proxy = await sessions.proxy(server.port);
      const session = await sessions.open(`${proxy.connectString}${chroot}`);
      let expiries = 0;
      session.onSessionExpired(() => {
        expiries++;
        proxy.refuse();
      });
      for (let round = 1; round <= 3; round++) {
        const old = session.sessionId;
        await expire(session);
        await eventually('expired', () => (expiries === round ? true : undefined));
        proxy.heal();
        await eventually(
          'new',
          () => (session.state === 'connected' && session.sessionId !== old) || undefined,
        );
      }
      expect(await session.exists('/')).toBeDefined();
    });
  });

  describe('closing a stale session', () => {
    test('removes its ephemeral nodes at once', async () => {
      const other = await direct();
      const stale = await direct();
      await stale.create('/e', null, 'ephemeral');
      const options = sessions.options(`${server.connectString}${chroot}`);
      expect(await closeStaleSession(options, stale.sessionCredentials())).toBe('closed');
      expect(await other.exists('/e')).toBeUndefined();
    });

    test.each`
      change                                | because
      ${{ password: Buffer.alloc(16, 1) }}  | ${'the password must be right'}
      ${{ sessionId: 0x1234567890abcdefn }} | ${'the session must exist'}
    `('does nothing: $because', async ({ change }) => {
      const session = await direct();
      await session.create('/e', null, 'ephemeral');
      const options = sessions.options(`${server.connectString}${chroot}`);
      const credentials = { ...session.sessionCredentials(), ...change };
      expect(await closeStaleSession(options, credentials)).toBe('unknown');
      expect(await session.exists('/e')).toBeDefined();
    });
  });

  test('a session moves on to another server of the list', async () => {
    const [one, two] = [await sessions.proxy(server.port), await sessions.proxy(server.port)];
    const session = await sessions.open(`${one.connectString},${two.connectString}${chroot}`);
    const { sessionId } = session;
    one.refuse();
    await session.exists('/');
    one.heal();
    two.refuse();
    await session.exists('/');
    expect(session.sessionId).toBe(sessionId);
  });

  test('closing while disconnected neither hangs nor connects again', async () => {
    const proxy = await sessions.proxy(server.port);
    const session = await sessions.open(`${proxy.connectString}${chroot}`);
    proxy.refuse();
    await eventually('noticed', () => (session.state === 'disconnected' ? true : undefined));
    const waiting = session.exists('/');
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'SESSION_EXPIRED' }),
      session.close(),
    ]);
    proxy.heal();
    const before = proxy.accepted;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(proxy.accepted).toBe(before);
  });
});

type Session = Awaited<ReturnType<TestSessions['open']>>;

describe('a server that is none', () => {
  const sessions = new TestSessions();

  const listen = async (greeting: Buffer | undefined) => {
    const sockets = new Set<{ destroy(): void }>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      if (greeting) socket.write(greeting);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      port: (server.address() as AddressInfo).port,
      connections: () => sockets.size,
      close: () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    };
  };

  test.each`
    greeting                                       | because
    ${undefined}                                   | ${'it never answers'}
    ${Buffer.from('HTTP/1.1 400 Bad Request\r\n')} | ${'it speaks another protocol'}
    ${Buffer.from([0, 0, 0, 2, 1, 2])}             | ${'its answer is too short to be one'}
    ${Buffer.from([0x80, 0, 0, 0])}                | ${'its answer has an impossible length'}
  `('fails the start in time, with OPERATION_TIMEOUT: $because', async ({ greeting }) => {
    const server = await listen(greeting);
    const opened = sessions.open(`127.0.0.1:${String(server.port)}`, {
      sessionTimeoutMs: 300,
      connectionTimeoutMs: 1_000,
    });
    await expect(opened).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
    expect(server.connections()).toBeGreaterThan(1);
    server.close();
  });

  test('nobody there at all fails the start in time too', async () => {
    const opened = sessions.open('127.0.0.1:1', { connectionTimeoutMs: 300 });
    await expect(opened).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  });
});
