/** What ZooKeeper promises, whatever happens to its servers and to the network. */
import { ZooKeeperError } from '../../../src/zookeeper/errors';
import type { ZooKeeperSession } from '../../../src/zookeeper/session';
import { SESSION_TIMEOUT_MS, SimulatedSessions } from './simulated-sessions';

const PATH = '/n';
const RUN_MS = 30_000;

type Outcome = 'done' | 'refused' | 'unknown';

/** Writes what nobody else writes, on the condition that nobody has written since it read; watches what it reads. */
class Writer {
  readonly outcomes = new Map<string, Outcome>();
  readonly complaints: string[] = [];
  #count = 0;
  #lastVersion = 0;
  /** The version read with a watch that has not fired. */
  #watchedVersion = -1;

  constructor(
    private readonly sessions: SimulatedSessions,
    private readonly name: string,
    private readonly session: ZooKeeperSession,
  ) {
    session.watchData(PATH, () => (this.#watchedVersion = -1));
    session.onSessionExpired(() => void (this.#watchedVersion = -1));
  }

  async run(untilMs: number): Promise<void> {
    const { world } = this.sessions;
    while (world.nowMs < untilMs) {
      const version = await this.#read();
      if (version !== undefined) await this.#write(version);
      await world.sleep(world.random.below(40));
    }
  }

  async #read(): Promise<number | undefined> {
    const read = await this.session.getData(PATH).catch(() => undefined);
    if (!read) return undefined;
    const { version } = read.stat;
    if (version < this.#lastVersion) this.complaints.push(`${this.name} went back in time`);
    if (this.#watchedVersion >= 0 && version !== this.#watchedVersion) {
      this.complaints.push(`${this.name} read a change before its watch fired`);
    }
    this.#lastVersion = this.#watchedVersion = version;
    return version;
  }

  async #write(version: number): Promise<void> {
    const token = `${this.name}-${String(this.#count++)}`;
    try {
      const stat = await this.session.setData(PATH, Buffer.from(token), version);
      this.#lastVersion = Math.max(this.#lastVersion, stat.version);
      this.outcomes.set(token, 'done');
    } catch (error) {
      const isSure = error instanceof ZooKeeperError && !error.maybeDone;
      const isRefused = isSure && error.code === 'BAD_VERSION';
      this.outcomes.set(token, isRefused ? 'refused' : 'unknown');
    }
  }
}

/** One thing goes wrong after another, each for a while. */
async function disturb(sessions: SimulatedSessions, names: readonly string[], untilMs: number) {
  const { world, ensemble, wire } = sessions;
  const { random } = world;
  const mends: (() => void)[] = [];
  while (world.nowMs < untilMs) {
    const name = random.pick(names);
    const index = random.below(ensemble.hosts.length);
    const host = ensemble.hosts[index] ?? '';
    const faults = [
      () => ensemble.loseReplies(name, random.between(1, 5)),
      () => ensemble.resetConnectionsOf(name),
      () => ensemble.stopLeader(random.below(3_000)),
      () => ensemble.expireSessionsOf(name),
      () => {
        ensemble.delayWatches(random.below(500));
        mends.push(() => ensemble.delayWatches(0));
      },
      () => {
        ensemble.cutOff(index);
        mends.push(() => ensemble.mend(index));
      },
      () => {
        const [from, to] = random.oneIn(2) ? [name, host] : [host, name];
        wire.cut(from, to);
        mends.push(() => wire.mend(from, to));
      },
    ];
    random.pick(faults)();
    await world.sleep(random.below(2_000));
    if (mends.length > 2 || random.oneIn(2)) mends.shift()?.();
  }
  for (const mend of mends) mend();
}

test.each(['1', '2', '3', '4', '5', '6', '7', '8', 'x274'])(
  'promises hold (seed %s)',
  async (seed) => {
    const sessions = new SimulatedSessions(seed, seed === '8' ? 5 : 3);
    const { world, ensemble } = sessions;
    const committed: string[] = [];
    ensemble.onCommit(({ path, data }) => {
      if (path === PATH) committed.push(String(data));
    });
    const names = ['b1', 'b2', 'b3'];
    const writers: Writer[] = [];
    const opened: ZooKeeperSession[] = [];
    for (const name of names) {
      const session = await sessions.open(name);
      if (opened.length === 0) await sessions.until(session.create(PATH, Buffer.from('first')));
      opened.push(session);
      writers.push(new Writer(sessions, name, session));
    }
    const untilMs = world.nowMs + RUN_MS;
    const running = writers.map((writer) => writer.run(untilMs));
    await sessions.until(Promise.all([...running, disturb(sessions, names, untilMs)]));

    expect(writers.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(new Set(committed).size).toBe(committed.length);
    const tokens = new Set(committed);
    const outcomes = writers.flatMap((writer) => [...writer.outcomes]);
    const wrong = outcomes.filter(
      ([token, outcome]) => outcome !== 'unknown' && (outcome === 'done') !== tokens.has(token),
    );
    expect(wrong).toEqual([]);
    expect(outcomes.filter(([, outcome]) => outcome === 'done').length).toBeGreaterThan(50);
    expect(outcomes.some(([, outcome]) => outcome === 'unknown')).toBe(true);

    // When nothing disturbs any more, everybody is back soon and sees the same.
    await sessions.pass(SESSION_TIMEOUT_MS);
    const reads = await sessions.until(Promise.all(opened.map((each) => each.getData(PATH))));
    expect(new Set(reads.map(({ data }) => String(data)))).toEqual(new Set([committed.at(-1)]));
  },
);
