import { SESSION_TIMEOUT_MS, SimulatedSessions } from './simulated-sessions';

const text = (value: string): Buffer => Buffer.from(value);
const numberOf = (data: Buffer | null): number => Number(data?.toString());

describe('servers that do not reach each other', () => {
  const anEnsemble = async (seed: string) => {
    const sessions = new SimulatedSessions(seed);
    const { ensemble } = sessions;
    await sessions.pass(100);
    const leader = ensemble.hosts.indexOf(ensemble.leaderHost ?? '');
    const follower = (leader + 1) % 3;
    return { sessions, ensemble, leader, follower };
  };

  test('a follower on its own answers reads of the past, then cuts its clients off', async () => {
    const { sessions, ensemble, follower } = await anEnsemble('1');
    const alone = ensemble.hosts[follower] ?? '';
    const rest = ensemble.hosts.filter((host) => host !== alone);
    const writer = await sessions.open('w', rest);
    const reader = await sessions.open('r', [alone]);
    await sessions.until(writer.create('/n', text('0')));
    await sessions.pass(500);
    ensemble.cutOff(follower);
    await sessions.until(writer.setData('/n', text('1'), 0));
    expect(numberOf((await sessions.until(reader.getData('/n'))).data)).toBe(0);
    await sessions.passUntil(() => reader.state === 'disconnected');
    const reading = reader.getData('/n');
    await sessions.pass(500);
    ensemble.mend(follower);
    expect(numberOf((await sessions.until(reading)).data)).toBe(1);
  });

  test('a leader on its own commits nothing; the others elect another', async () => {
    const { sessions, ensemble, leader } = await anEnsemble('2');
    const host = ensemble.hosts[leader] ?? '';
    const session = await sessions.open('w', [host]);
    const other = await sessions.open('o');
    ensemble.cutOff(leader);
    const creating = session.create('/n', null);
    await sessions.pass(2_000);
    expect(ensemble.tree.get('/n')).toBeUndefined();
    await sessions.passUntil(
      () => ensemble.leaderHost !== undefined && ensemble.leaderHost !== host,
    );
    expect(await sessions.until(other.create('/m', null))).toBe('/m');
    ensemble.mend(leader);
    await sessions.until(creating.catch(() => undefined));
  });

  test('without any majority nothing happens and no session expires', async () => {
    const { sessions, ensemble } = await anEnsemble('3');
    const session = await sessions.open('w');
    await sessions.until(session.create('/e', null, 'ephemeral'));
    for (const index of [0, 1, 2]) ensemble.cutOff(index);
    await sessions.pass(5 * SESSION_TIMEOUT_MS);
    expect(ensemble.leaderHost).toBeUndefined();
    expect(session.state).toBe('disconnected');
    for (const index of [0, 1, 2]) ensemble.mend(index);
    await sessions.passUntil(() => session.state === 'connected');
    expect(await sessions.until(session.exists('/e'))).toBeDefined();
  });
});

describe('a client that does not reach servers', () => {
  const cutAll = (sessions: SimulatedSessions, act: 'cut' | 'mend', hosts: readonly string[]) => {
    for (const host of hosts) {
      sessions.wire[act]('b1', host);
      sessions.wire[act](host, 'b1');
    }
  };

  test('goes to another one, with its session', async () => {
    const sessions = new SimulatedSessions('4');
    const session = await sessions.open('b1');
    const { sessionId } = session;
    for (const host of sessions.ensemble.hosts) {
      cutAll(sessions, 'cut', [host]);
      await sessions.pass(SESSION_TIMEOUT_MS);
      expect(await sessions.until(session.exists('/'))).toBeDefined();
      cutAll(sessions, 'mend', [host]);
    }
    expect(session.sessionId).toBe(sessionId);
  });

  test('writes through its new server only: what was stuck on the way to the old one is void', async () => {
    const sessions = new SimulatedSessions('9');
    const { ensemble, wire } = sessions;
    const others = ensemble.hosts.filter((host) => host !== 'zk1');
    for (const host of others) wire.cut('b1', host);
    const session = await sessions.open('b1');
    await sessions.until(session.create('/n', text('0')));
    for (const host of others) wire.mend('b1', host);
    await sessions.pass(1_000);

    wire.cut('b1', 'zk1');
    await sessions.until(session.setData('/n', text('1'), -1));
    await sessions.until(session.setData('/n', text('2'), -1));
    wire.mend('b1', 'zk1');
    await sessions.pass(1_000);
    expect(ensemble.tree.get('/n')?.data).toEqual(text('2'));
  });

  test.each`
    forMs                         | isKept   | because
    ${SESSION_TIMEOUT_MS - 2_500} | ${true}  | ${'it is back in time'}
    ${SESSION_TIMEOUT_MS * 2}     | ${false} | ${'the leader has heard nothing'}
  `('keeps its session ($isKept): $because', async ({ forMs, isKept }) => {
    const sessions = new SimulatedSessions('5');
    const session = await sessions.open('b1');
    const { sessionId } = session;
    await sessions.until(session.exists('/'));
    cutAll(sessions, 'cut', sessions.ensemble.hosts);
    await sessions.pass(forMs);
    cutAll(sessions, 'mend', sessions.ensemble.hosts);
    await sessions.pass(5_000);
    expect(session.state).toBe('connected');
    expect(session.sessionId === sessionId).toBe(isKept);
  });

  test('hears of what it missed when it is back: watches are set again', async () => {
    const sessions = new SimulatedSessions('6');
    const { ensemble } = sessions;
    const session = await sessions.open('b1');
    const other = await sessions.open('b2');
    const events: string[] = [];
    session.watchData('/missing', (event) => events.push(event));
    session.watchChildren('/', () => events.push('children'));
    await sessions.until(Promise.all([session.exists('/missing'), session.getChildren('/')]));
    cutAll(sessions, 'cut', ensemble.hosts);
    await sessions.until(other.create('/missing', null));
    await sessions.pass(SESSION_TIMEOUT_MS - 3_000);
    expect(events).toEqual([]);
    cutAll(sessions, 'mend', ensemble.hosts);
    await sessions.passUntil(() => events.length === 2);
    expect([...events].sort()).toEqual(['children', 'created']);
  });
});

describe('a fail-over', () => {
  test('interrupts everybody, loses nothing that was committed, and gives sessions time', async () => {
    const sessions = new SimulatedSessions('7');
    const { ensemble } = sessions;
    const session = await sessions.open('b1');
    const { sessionId } = session;
    const before = ensemble.leaderHost;
    await sessions.until(session.create('/e', text('1'), 'ephemeral'));
    ensemble.stopLeader(SESSION_TIMEOUT_MS + 2_000);
    const waiting = session.create('/late', null);
    await sessions.pass(SESSION_TIMEOUT_MS + 1_900);
    expect(session.state).toBe('disconnected');
    expect(ensemble.tree.get('/late')).toBeUndefined();
    expect(await sessions.until(waiting)).toBe('/late');
    expect(session.sessionId).toBe(sessionId);
    expect((await sessions.until(session.getData('/e'))).data).toEqual(text('1'));
    expect(ensemble.leaderHost).not.toBe(before);
  });
});
