/** Fetch sessions: what a session of many partitions costs, what it answers, and what it does to the ISR. */
import fc from 'fast-check';

import { Partition } from '../../src/replication/partition';
import { aLeaderAndIsr } from '../builders/control-requests';
import { drained } from '../builders/drained';
import { FetchingHost } from '../builders/fetching-host';
import type { FetchAnswer, FetchAsk, FetchedPartition } from '../builders/fetching-host';
import { ManualClock } from '../builders/manual-clock';

const FOLLOWER = 2;
const hosts: FetchingHost[] = [];

async function aHost(clock: ManualClock, partitions: number): Promise<FetchingHost> {
  const host = await FetchingHost.start(clock, partitions);
  hosts.push(host);
  return host;
}

afterEach(async () => {
  jest.restoreAllMocks();
  for (const host of hosts.splice(0)) await host.stop();
});

/** A client that fetches by session and goes on where the records that it got end. */
class SessionClient {
  readonly positions: number[];
  #id = 0;
  #epoch = 0;
  #moved: Set<number>;

  constructor(
    private readonly host: FetchingHost,
    partitions: number,
    private readonly ask: FetchAsk = {},
  ) {
    this.positions = Array.from({ length: partitions }, () => 0);
    this.#moved = new Set(this.positions.keys());
  }

  async fetch(ask: FetchAsk = {}): Promise<FetchAnswer> {
    const positions = [...this.#moved].map((each) => [each, this.positions[each] ?? 0] as const);
    this.#moved.clear();
    const answer = await this.host.fetch({
      ...this.ask,
      sessionId: this.#id,
      sessionEpoch: this.#epoch++,
      positions,
      ...ask,
    });
    this.#id = answer.sessionId;
    for (const { partition, nextOffset } of answer.partitions) {
      if (nextOffset === undefined) continue;
      this.positions[partition] = nextOffset;
      this.#moved.add(partition);
    }
    return answer;
  }
}

function names({ partitions }: FetchAnswer): number[] {
  return partitions.map(({ partition }) => partition);
}

describe('a fetch costs what changed, not what the session holds', () => {
  const COUNT = 100;
  let host: FetchingHost;
  let follower: SessionClient;
  let consumer: SessionClient;

  beforeEach(async () => {
    host = await aHost(new ManualClock(), COUNT);
    follower = new SessionClient(host, COUNT, { replicaId: FOLLOWER });
    consumer = new SessionClient(host, COUNT);
    for (const client of [follower, consumer]) await client.fetch();
  });

  test('nothing happened: no partition is looked at', async () => {
    const read = jest.spyOn(Partition.prototype, 'read');
    expect(names(await follower.fetch())).toEqual([]);
    expect(names(await consumer.fetch())).toEqual([]);
    expect(read).not.toHaveBeenCalled();
  });

  test('one append: only its partition is looked at', async () => {
    host.append(7);
    const read = jest.spyOn(Partition.prototype, 'read');
    expect(names(await follower.fetch())).toEqual([7]);
    expect(read).toHaveBeenCalledTimes(1);
    // The follower has it now, so the consumer may see it.
    await follower.fetch();
    read.mockClear();
    expect(names(await consumer.fetch())).toEqual([7]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('while it waits, an append wakes only whom it concerns', async () => {
    const waits = { maxWaitMs: 500 };
    const fetches = [follower.fetch(waits), consumer.fetch(waits)] as const;
    await drained();
    expect(host.delayedFetches.size).toBe(2);
    const locate = jest.spyOn(Partition.prototype, 'locate');
    host.append(7);
    // The consumer's bound, the high watermark, has not moved.
    expect(locate).toHaveBeenCalledTimes(1);
    expect(names(await fetches[0])).toEqual([7]);
    expect(host.delayedFetches.size).toBe(1);
    await follower.fetch();
    expect(names(await fetches[1])).toEqual([7]);
    expect(host.delayedFetches.size).toBe(0);
  });

  test('sessions that are forgotten watch nothing', async () => {
    const watched = (): number =>
      consumer.positions.reduce(
        (sum, _, each) => sum + host.host.partition('t', each).watchers.size,
        0,
      );
    expect(watched()).toBe(2 * COUNT);
    await consumer.fetch({ positions: [], forgotten: [3, 4] });
    expect(watched()).toBe(2 * COUNT - 2);
    await consumer.fetch({ sessionEpoch: -1, positions: [[0, 0]] });
    expect(watched()).toBe(COUNT);
    host.fetchSessions.close();
    expect(watched()).toBe(0);
  });
});

test('a fetch without a session watches its partitions only while it waits', async () => {
  const host = await aHost(new ManualClock(), 2);
  const positions = [
    [0, 0],
    [1, 0],
  ] as const;
  const answered = host.fetch({ replicaId: FOLLOWER, maxWaitMs: 500, positions });
  await drained();
  const watchers = (): number[] =>
    [0, 1].map((each) => host.host.partition('t', each).watchers.size);
  expect(watchers()).toEqual([1, 1]);
  host.append(1);
  const { partitions } = await answered;
  expect(partitions.map(({ bytes }) => bytes > 0)).toEqual([false, true]);
  expect(watchers()).toEqual([0, 0]);
});

test('a fetch waits for minBytes from several partitions together', async () => {
  const host = await aHost(new ManualClock(), 3);
  const follower = new SessionClient(host, 3, { replicaId: FOLLOWER });
  await follower.fetch();
  const answered = follower.fetch({ maxWaitMs: 500, minBytes: 150 });
  await drained();
  host.append(0);
  host.append(0);
  expect(host.delayedFetches.size).toBe(1);
  host.append(2);
  expect(names(await answered)).toEqual([0, 2]);
});

test('a waiting fetch hears at once that a partition is led elsewhere', async () => {
  const host = await aHost(new ManualClock(), 2);
  const consumer = new SessionClient(host, 2);
  await consumer.fetch();
  const answered = consumer.fetch({ maxWaitMs: 500 });
  await drained();
  host.host.replicas.becomeLeaderOrFollower(
    aLeaderAndIsr({ partition: 1, leader: 2, leaderEpoch: 1, replicas: [1, 2] }),
  );
  expect((await answered).partitions).toMatchObject([
    { partition: 1, error: 'NOT_LEADER_OR_FOLLOWER' },
  ]);
  // An error is no state to rest in: it comes until it is over.
  expect(names(await consumer.fetch())).toEqual([1]);
  host.host.replicas.becomeLeaderOrFollower(
    aLeaderAndIsr({ partition: 1, leader: 1, leaderEpoch: 2, replicas: [1, 2] }),
  );
  expect((await consumer.fetch()).partitions).toMatchObject([{ partition: 1, error: 'NONE' }]);
  expect(names(await consumer.fetch())).toEqual([]);
});

test('partitions that returned records go to the end of the order', async () => {
  const host = await aHost(new ManualClock(), 3);
  const follower = new SessionClient(host, 3, { replicaId: FOLLOWER });
  await follower.fetch();
  for (const partition of [2, 0]) host.append(partition);
  expect(names(await follower.fetch())).toEqual([0, 2]);
  for (const partition of [0, 1, 2]) host.append(partition);
  expect(names(await follower.fetch())).toEqual([1, 0, 2]);
  // What there was no room for keeps its place before the others.
  for (const partition of [0, 1, 2]) host.append(partition);
  const filled: number[] = [];
  for (let i = 0; i < 3; i++) {
    const { partitions } = await follower.fetch({ maxBytes: 1 });
    for (const { partition: each, bytes } of partitions) if (bytes > 0) filled.push(each);
  }
  expect(filled).toEqual([1, 0, 2]);
});

describe('an idle partition’s follower', () => {
  const LAG_MS = 30_000;
  let clock: ManualClock;
  let host: FetchingHost;
  let follower: SessionClient;

  beforeEach(async () => {
    clock = new ManualClock();
    host = await aHost(clock, 2);
    follower = new SessionClient(host, 2, { replicaId: FOLLOWER });
    await follower.fetch();
    await follower.fetch();
  });

  const proposals = (): (readonly number[])[] =>
    host.host.isrUpdates.submitted.map(({ isr }) => isr);

  async function fetchFor(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await follower.fetch();
    }
  }

  test('stays in the ISR as long as its session fetches, also right after the first append', async () => {
    const read = jest.spyOn(Partition.prototype, 'read');
    await fetchFor(4 * LAG_MS);
    expect(read).not.toHaveBeenCalled();
    host.append(1);
    // The look at the ISR comes before the follower's next fetch.
    clock.advance(LAG_MS / 2);
    expect(proposals()).toEqual([]);
    await fetchFor(LAG_MS);
    expect(proposals()).toEqual([]);
  });

  test('leaves the ISR once it has stopped fetching and there is something that it lacks', async () => {
    await fetchFor(4 * LAG_MS);
    clock.advance(2 * LAG_MS);
    // It lacks nothing, and so it could lead: as on a Kafka broker it stays.
    expect(proposals()).toEqual([]);
    host.append(1);
    clock.advance(LAG_MS / 2);
    expect(proposals()).toEqual([[1]]);
    expect(host.host.isrUpdates.last).toMatchObject({ partition: 1 });
  });

  test('asks to join with every fetch until it is in the ISR', async () => {
    host.append(1);
    clock.advance(2 * LAG_MS);
    host.host.isrUpdates.accept();
    await drained();
    await fetchFor(1000);
    expect(proposals()).toEqual([[1], [1, 2]]);
    host.host.isrUpdates.answer({ error: 'INELIGIBLE_REPLICA' });
    await drained();
    await fetchFor(500);
    expect(proposals()).toEqual([[1], [1, 2], [1, 2]]);
    host.host.isrUpdates.accept();
    await drained();
    await fetchFor(500);
    const read = jest.spyOn(Partition.prototype, 'read');
    await fetchFor(4 * LAG_MS);
    expect(read).not.toHaveBeenCalled();
    expect(proposals()).toHaveLength(3);
  });
});

/** What a session must answer, told from whole answers, as a broker does that walks all partitions each time. */
class ModelSession {
  readonly #sent = new Map<number, { highWatermark: number; logStartOffset: number }>();
  order: number[];

  constructor(partitions: number) {
    this.order = Array.from({ length: partitions }, (_, partition) => partition);
  }

  newsOf({ partitions }: FetchAnswer): FetchedPartition[] {
    const isFirst = this.#sent.size === 0;
    const news = partitions.filter((each) => {
      const sent = this.#sent.get(each.partition);
      const { highWatermark, logStartOffset } = each;
      const hasError = each.error !== 'NONE';
      this.#sent.set(each.partition, {
        highWatermark: hasError ? -1 : highWatermark,
        logStartOffset,
      });
      if (isFirst || hasError || each.bytes > 0) return true;
      return sent?.highWatermark !== highWatermark || sent.logStartOffset !== logStartOffset;
    });
    for (const { partition, bytes } of news) {
      if (bytes === 0) continue;
      this.order = [...this.order.filter((each) => each !== partition), partition];
    }
    return news;
  }
}

const PARTITIONS = 4;
const partition = fc.nat(PARTITIONS - 1);
const histories = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('append' as const), partition }),
    fc.record({ kind: fc.constant('follower' as const), maxBytes: fc.constantFrom(1, 150, 1e6) }),
    fc.record({ kind: fc.constant('follower' as const), maxBytes: fc.constant(1e6) }),
    fc.record({ kind: fc.constant('consumer' as const), maxBytes: fc.constantFrom(1, 150, 1e6) }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(10, 5_000, 16_000) }),
    fc.record({ kind: fc.constant('accept' as const) }),
    fc.record({ kind: fc.constant('refuse' as const) }),
    fc.record({ kind: fc.constant('logStart' as const), partition }),
    fc.record({ kind: fc.constant('epoch' as const), partition }),
    fc.record({ kind: fc.constant('lead elsewhere' as const), partition }),
  ),
  { minLength: 5, maxLength: 60 },
);
type Step = typeof histories extends fc.Arbitrary<(infer S)[]> ? S : never;

/** Two brokers live through the same; one is asked by sessions, the other for everything each time. */
class Twins {
  readonly #followers: SessionClient;
  readonly #consumers: SessionClient;
  readonly #models = {
    follower: new ModelSession(PARTITIONS),
    consumer: new ModelSession(PARTITIONS),
  };
  #epoch = 0;
  /** What was seen by session, and what a walk over all partitions says. */
  readonly compared: { bySession: unknown; whole: unknown }[] = [];

  constructor(
    private readonly clock: ManualClock,
    private readonly bySession: FetchingHost,
    private readonly whole: FetchingHost,
  ) {
    this.#followers = new SessionClient(bySession, PARTITIONS, { replicaId: FOLLOWER });
    this.#consumers = new SessionClient(bySession, PARTITIONS);
  }

  async step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        if (this.bySession.host.partition('t', step.partition).isLeader)
          this.#both((host) => host.append(step.partition));
        break;
      case 'follower':
        await this.#fetch('follower', this.#followers, { maxBytes: step.maxBytes });
        break;
      case 'consumer':
        await this.#fetch('consumer', this.#consumers, { maxBytes: step.maxBytes });
        break;
      case 'advance':
        this.clock.advance(step.ms);
        break;
      case 'accept':
        this.#both(({ host }) => {
          if (host.isrUpdates.last) host.isrUpdates.accept();
        });
        break;
      case 'refuse':
        this.#both(({ host }) => host.isrUpdates.answer({ error: 'INELIGIBLE_REPLICA' }));
        break;
      case 'logStart':
        this.#both(({ host }) => {
          const { log } = host.partition('t', step.partition);
          log?.raiseLogStart(log.highWatermark);
        });
        break;
      case 'epoch':
        this.#assign(step.partition, 1);
        break;
      case 'lead elsewhere':
        this.#assign(step.partition, 2);
    }
    await drained();
    this.#compare(this.#stateOf(this.bySession), this.#stateOf(this.whole));
  }

  async #fetch(kind: 'follower' | 'consumer', client: SessionClient, ask: FetchAsk): Promise<void> {
    const model = this.#models[kind];
    const positions = model.order.map((each) => [each, client.positions[each] ?? 0] as const);
    const replicaId = kind === 'follower' ? FOLLOWER : -1;
    const expected = model.newsOf(await this.whole.fetch({ ...ask, replicaId, positions }));
    this.#compare((await client.fetch(ask)).partitions, expected);
  }

  #assign(of: number, leader: number): void {
    const leaderEpoch = ++this.#epoch;
    this.#both(({ host }) =>
      host.replicas.becomeLeaderOrFollower(
        aLeaderAndIsr({ partition: of, leader, leaderEpoch, replicas: [1, 2], isNew: false }),
      ),
    );
  }

  #compare(bySession: unknown, whole: unknown): void {
    this.compared.push({ bySession, whole });
  }

  #both(act: (host: FetchingHost) => void): void {
    act(this.bySession);
    act(this.whole);
  }

  #stateOf({ host }: FetchingHost): unknown {
    return {
      proposals: host.isrUpdates.submitted.map(({ partition: of, isr }) => [of, isr]),
      partitions: [...host.replicas.partitions()].map(({ isr, log }) => ({
        isr,
        highWatermark: log?.highWatermark,
        logEndOffset: log?.logEndOffset,
      })),
    };
  }
}

test('answers, high watermarks and ISRs are those of a broker that walks all partitions each time', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const clock = new ManualClock();
      const twins = new Twins(
        clock,
        await aHost(clock, PARTITIONS),
        await aHost(clock, PARTITIONS),
      );
      for (const step of history) await twins.step(step);
      for (const { bySession, whole } of twins.compared) expect(bySession).toEqual(whole);
      for (const host of hosts.splice(0)) await host.stop();
    }),
    { numRuns: 40 },
  );
}, 120_000);
