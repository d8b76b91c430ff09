import type { ZooKeeperSession } from '../../../src/zookeeper/session';
import { SESSION_TIMEOUT_MS, SimulatedSessions } from './simulated-sessions';

const text = (value: string): Buffer => Buffer.from(value);

describe('what a session can do', () => {
  test('znodes are made, read, changed, listed and deleted, inside of the chroot', async () => {
    const sessions = new SimulatedSessions();
    const session = await sessions.open('b1', undefined, '/kafka/east');
    const does = <T>(work: Promise<T>): Promise<T> => sessions.until(work);
    expect(await does(session.create('/a', text('1')))).toBe('/a');
    expect(await does(session.create('/a/n-', null, 'persistent-sequential'))).toBe(
      '/a/n-0000000000',
    );
    const stat = await does(session.setData('/a', text('2'), 0));
    expect(stat).toMatchObject({ version: 1, numChildren: 1, ephemeralOwner: 0n });
    expect(await does(session.getData('/a'))).toEqual({ data: text('2'), stat });
    expect((await does(session.getChildren('/'))).children).toEqual(['a']);
    expect((await does(session.getData('/a/n-0000000000'))).data).toBeNull();
    await does(session.delete('/a/n-0000000000', 0));
    expect(await does(session.exists('/a/n-0000000000'))).toBeUndefined();
    expect(sessions.ensemble.tree.get('/kafka/east/a')?.data).toEqual(text('2'));
  });

  test.each`
    ask                                                                   | code               | because
    ${(s: ZooKeeperSession) => s.getData('/missing')}                     | ${'NO_NODE'}       | ${'it is not there'}
    ${(s: ZooKeeperSession) => s.create('/a', null)}                      | ${'NODE_EXISTS'}   | ${'it is there'}
    ${(s: ZooKeeperSession) => s.setData('/a', text('x'), 7)}             | ${'BAD_VERSION'}   | ${'another version is there'}
    ${(s: ZooKeeperSession) => s.delete('/a', -1)}                        | ${'NOT_EMPTY'}     | ${'it has a child'}
    ${(s: ZooKeeperSession) => s.getData('/a/../b')}                      | ${'BAD_ARGUMENTS'} | ${'this is no path'}
    ${(s: ZooKeeperSession) => s.create('/big', Buffer.alloc(1_048_576))} | ${'BAD_ARGUMENTS'} | ${'a server takes no more'}
  `('is refused with $code: $because', async ({ ask, code }) => {
    const sessions = new SimulatedSessions();
    const session = await sessions.open('b1');
    await sessions.until(session.create('/a', null));
    await sessions.until(session.create('/a/b', null));
    await expect(sessions.until(ask(session))).rejects.toMatchObject({ code, maybeDone: false });
  });

  test('a multi is all or nothing, and names the operation that was refused', async () => {
    const sessions = new SimulatedSessions();
    const session = await sessions.open('b1');
    const results = await sessions.until(
      session.multi([
        { type: 'create', path: '/a', data: text('1'), mode: 'persistent' },
        { type: 'set', path: '/a', data: text('2'), version: 0 },
        { type: 'create', path: '/e', data: null, mode: 'ephemeral' },
        { type: 'check', path: '/a', version: 1 },
        { type: 'delete', path: '/e', version: 0 },
      ]),
    );
    const { stat } = await sessions.until(session.getData('/a'));
    expect(results).toEqual([
      { type: 'create', path: '/a' },
      { type: 'set', stat },
      { type: 'create', path: '/e' },
      { type: 'check' },
      { type: 'delete' },
    ]);
    const refused = session.multi([
      { type: 'set', path: '/a', data: text('3'), version: 1 },
      { type: 'check', path: '/a', version: 1 },
    ]);
    await expect(sessions.until(refused)).rejects.toMatchObject({ code: 'BAD_VERSION', index: 1 });
    expect((await sessions.until(session.getData('/a'))).data).toEqual(text('2'));
  });
});

describe('the end of a session', () => {
  const withEphemeral = async () => {
    const sessions = new SimulatedSessions();
    const machine = sessions.machine('b1');
    const session = await sessions.open(machine);
    await sessions.until(session.create('/e', null, 'ephemeral'));
    return { sessions, machine, session, isThere: () => sessions.ensemble.tree.get('/e') };
  };

  test('by its client takes its ephemeral znodes along at once', async () => {
    const { sessions, session, isThere } = await withEphemeral();
    expect(isThere()?.ephemeralOwner).toBe(session.sessionId);
    await sessions.until(session.close());
    expect(isThere()).toBeUndefined();
  });

  test.each(['killed', 'powerCut'] as const)(
    'comes when a %s process was silent for the time-out, not before',
    async (death) => {
      const { sessions, machine, isThere } = await withEphemeral();
      machine.die(death);
      await sessions.pass(SESSION_TIMEOUT_MS - 1_000);
      expect(isThere()).toBeDefined();
      await sessions.pass(2_000);
      expect(isThere()).toBeUndefined();
    },
  );

  test('does not come while its client lives, however idle', async () => {
    const { sessions, session, isThere } = await withEphemeral();
    await sessions.pass(10 * SESSION_TIMEOUT_MS);
    expect(isThere()).toBeDefined();
    expect(session.state).toBe('connected');
  });

  test('comes to a process that is held for too long; it hears of it when it goes on', async () => {
    const { sessions, machine, session, isThere } = await withEphemeral();
    const old = session.sessionId;
    machine.pause();
    await sessions.pass(SESSION_TIMEOUT_MS + 1_000);
    expect(isThere()).toBeUndefined();
    expect(session.state).toBe('connected');
    machine.resume();
    await sessions.passUntil(() => session.sessionId !== old && session.state === 'connected');
  });

  test('can be brought about: the product replaces the session and runs its hooks', async () => {
    const { sessions, session, isThere } = await withEphemeral();
    const told: string[] = [];
    session.onSessionExpired(() => void told.push(`expired: ${session.state}`));
    session.onSessionEstablished(() => void told.push(`established: ${session.state}`));
    sessions.ensemble.expireSessionsOf('b1');
    await sessions.passUntil(() => told.length === 2);
    expect(told).toEqual(['expired: expired', 'established: connected']);
    expect(isThere()).toBeUndefined();
  });

  test('is up to the next process too, if it has the credentials', async () => {
    const { sessions, machine, session, isThere } = await withEphemeral();
    const credentials = session.sessionCredentials();
    machine.die('killed');
    machine.boot();
    const wrong = { ...credentials, password: Buffer.alloc(16, 1) };
    expect(await sessions.closeStale(machine, wrong)).toBe('unknown');
    expect(isThere()).toBeDefined();
    expect(await sessions.closeStale(machine, credentials)).toBe('closed');
    expect(isThere()).toBeUndefined();
    expect(await sessions.closeStale(machine, credentials)).toBe('unknown');
  });
});
