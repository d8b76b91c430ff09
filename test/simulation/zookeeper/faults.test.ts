import { silentLog } from '../../../src/platform/silent-log';
import type { ZooKeeperSession } from '../../../src/zookeeper/session';
import { KafkaZooKeeper } from '../../../src/zookeeper/store';
import { MachineClock } from '../machine/clock';
import type { CommittedChange } from './commits';
import { SESSION_TIMEOUT_MS, SimulatedSessions } from './simulated-sessions';

const text = (value: string): Buffer => Buffer.from(value);
const numberOf = (data: Buffer | null): number => Number(data?.toString());

describe('a reply that is lost after the commit', () => {
  const losing = async () => {
    const sessions = new SimulatedSessions();
    const session = await sessions.open('b1');
    await sessions.until(session.create('/a', text('0')));
    sessions.ensemble.loseReplies('b1', 1);
    return { sessions, session };
  };

  test.each`
    write                                                     | code             | because
    ${(s: ZooKeeperSession) => s.create('/new', null)}        | ${'NODE_EXISTS'} | ${'the first attempt made it'}
    ${(s: ZooKeeperSession) => s.setData('/a', text('1'), 0)} | ${'BAD_VERSION'} | ${'the first attempt set it'}
    ${(s: ZooKeeperSession) => s.delete('/a', 0)}             | ${'NO_NODE'}     | ${'the first attempt deleted it'}
  `('shows as $code, maybe done: $because', async ({ write, code }) => {
    const { sessions, session } = await losing();
    await expect(sessions.until(write(session))).rejects.toMatchObject({ code, maybeDone: true });
    expect(session.state).toBe('connected');
  });

  test('does not make an election lost (KAFKA-13407)', async () => {
    const { sessions, session } = await losing();
    const clock = new MachineClock(sessions.machine('b1'));
    const store = new KafkaZooKeeper(session, { clock, log: silentLog });
    sessions.ensemble.loseReplies('b1', 0);
    await sessions.until(store.cluster.ensureRoots());
    await sessions.until(session.create('/controller_epoch', text('6')));
    sessions.ensemble.loseReplies('b1', 1);
    expect(await sessions.until(store.election.elect(1))).toEqual({
      won: true,
      epoch: 7,
      epochZkVersion: 1,
    });
  });
});

describe('servers that lag', () => {
  test('answer a write once they have it themselves, and tell of it before later reads', async () => {
    const sessions = new SimulatedSessions('2');
    const { ensemble } = sessions;
    ensemble.delayWatches(400);
    const readers = [];
    for (const host of ensemble.hosts) readers.push(await sessions.open(`r-${host}`, [host]));
    const writer = await sessions.open('w', ['zk1']);
    await sessions.until(writer.create('/n', text('0')));
    expect(numberOf((await sessions.until(writer.getData('/n'))).data)).toBe(0);

    const told: boolean[] = [];
    for (const reader of readers) {
      await sessions.passUntil(() => ensemble.tree.get('/n') !== undefined);
      let hasHeard = false;
      reader.watchData('/n', () => (hasHeard = true));
      await sessions.until(eventuallyThere(reader));
      const { stat } = await sessions.until(reader.getData('/n'));
      await sessions.until(writer.setData('/n', text('x'), -1));
      for (;;) {
        const read = await sessions.until(reader.getData('/n'));
        if (read.stat.version === stat.version) continue;
        told.push(hasHeard);
        break;
      }
    }
    expect(told).toEqual([true, true, true]);
  });

  test('show the past to those that do not write', async () => {
    const sessions = new SimulatedSessions('3');
    const { ensemble } = sessions;
    const readers = [];
    for (const host of ensemble.hosts) readers.push(await sessions.open(`r-${host}`, [host]));
    const writer = await sessions.open('w');
    await sessions.until(writer.create('/n', text('0')));
    await sessions.pass(1_000);
    ensemble.delayWatches(2_000);
    void writer.setData('/n', text('1'), 0);
    await sessions.passUntil(() => ensemble.tree.get('/n')?.version === 1);
    const reads = await sessions.until(Promise.all(readers.map((each) => each.getData('/n'))));
    expect(reads.map(({ data }) => numberOf(data))).toContain(0);
    await sessions.pass(3_000);
    const later = await sessions.until(Promise.all(readers.map((each) => each.getData('/n'))));
    expect(later.map(({ data }) => numberOf(data))).toEqual([1, 1, 1]);
  });

  test.each(['1', '2', '3', '4', '5'])(
    'never take a client back in time that moves between them (seed %s)',
    async (seed) => {
      const sessions = new SimulatedSessions(seed);
      const { ensemble, world } = sessions;
      const writer = await sessions.open('w');
      const reader = await sessions.open('r');
      await sessions.until(writer.create('/n', text('0')));
      ensemble.delayWatches(300);
      let isDone = false;
      const writing = (async () => {
        for (let i = 1; i <= 100; i++) await writer.setData('/n', text(String(i)), -1);
        isDone = true;
      })();
      const seen: number[] = [];
      const reading = (async () => {
        while (!isDone) {
          const data = await reader.getData('/n').catch(() => undefined);
          if (data) seen.push(numberOf(data.data));
          await world.sleep(5);
        }
      })();
      const moving = (async () => {
        while (!isDone) {
          ensemble.resetConnectionsOf('r');
          await world.sleep(world.random.below(300));
        }
      })();
      await sessions.until(Promise.all([writing, reading, moving]));
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(new Set(seen).size).toBeGreaterThan(3);
    },
  );
});

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

describe('the committed changes', () => {
  test('are told in order, with who made them', async () => {
    const sessions = new SimulatedSessions('8');
    const changes: CommittedChange[] = [];
    sessions.ensemble.onCommit((change) => changes.push(change));
    const session = await sessions.open('b1');
    const { sessionId } = session;
    await sessions.until(session.create('/e', text('1'), 'ephemeral'));
    await sessions.until(session.setData('/e', text('2'), 0));
    await sessions.until(session.close());
    const common = { path: '/e', czxid: changes[0]?.zxid, ephemeralOwner: sessionId, sessionId };
    expect(changes).toMatchObject([
      { ...common, change: 'created', data: text('1'), version: 0 },
      { ...common, change: 'changed', data: text('2'), version: 1 },
      { ...common, change: 'deleted', data: text('2'), version: 1 },
    ]);
    const zxids = changes.map(({ zxid }) => zxid);
    expect(zxids).toEqual([...zxids].sort((a, b) => a - b));
  });
});

describe('the same seed', () => {
  const run = async (seed: string): Promise<string> => {
    const sessions = new SimulatedSessions(seed);
    const { ensemble, world } = sessions;
    const names = ['b1', 'b2', 'b3'];
    const opened = [];
    for (const name of names) opened.push(await sessions.open(name));
    opened.forEach((session, index) => {
      session.watchChildren('/', () => world.note(names[index] ?? '', 'children'));
      void (async () => {
        for (let i = 0; i < 50; i++) {
          const path = `/${String(index)}-${String(i)}`;
          await session.create(path, null).catch(() => undefined);
          await session.getChildren('/').catch(() => undefined);
        }
      })();
    });
    ensemble.delayWatches(50);
    for (const index of [0, 1, 2]) {
      ensemble.cutOff(index);
      ensemble.loseReplies('b2', 2);
      await sessions.pass(3_000);
      ensemble.mend(index);
      ensemble.stopLeader(500);
      ensemble.expireSessionsOf('b1');
      await sessions.pass(3_000);
    }
    return world.trace.digest;
  };

  test('gives the same trace, and another seed another one', async () => {
    const [one, again, other] = [await run('a'), await run('a'), await run('b')];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });
});

async function eventuallyThere(session: ZooKeeperSession): Promise<void> {
  while (!(await session.exists('/n')));
}
