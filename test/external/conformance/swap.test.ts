/**
 * One ZooKeeper, one set of log directories, and Odradek and Apache Kafka started on them in turn: every record,
 * committed offset and setting is there each time, after a stop in order and after a kill.
 */
import { SwapHistory, inOrder } from './swap-history';
import type { Committed, SwapRecord, Written } from './swap-history';
import { SwapPlace } from './swap-place';
import type { System } from './swap-place';

/** What the client answers to `read`. */
interface Seen {
  readonly records: readonly SwapRecord[];
  readonly uncommitted: number;
  readonly bounds: readonly [string, number, number, number][];
  readonly times: readonly number[];
  readonly committed: Committed;
  readonly configs: Record<string, Record<string, string>>;
}

const CODEC_TOPICS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'].map((codec) => `codec-${codec}`);
const COMPACTED_TOPICS = ['compacted', 'transactional-compacted'];
const SMALL_SEGMENTS = { 'segment.bytes': '8000', 'index.interval.bytes': '500' };
const COMPACTED = {
  ...SMALL_SEGMENTS,
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
};
const TOPICS: Record<string, { partitions: number; config: Record<string, string> }> = {
  ...Object.fromEntries(
    CODEC_TOPICS.map((topic) => [topic, { partitions: 2, config: SMALL_SEGMENTS }]),
  ),
  transactional: { partitions: 1, config: SMALL_SEGMENTS },
  ...Object.fromEntries(
    COMPACTED_TOPICS.map((topic) => [topic, { partitions: 1, config: COMPACTED }]),
  ),
};
const PARTITIONS = Object.entries(TOPICS).flatMap(([topic, { partitions }]) =>
  Array.from({ length: partitions }, (_, partition): [string, number] => [topic, partition]),
);
/** So many more records of a partition are deleted in each turn. */
const DELETED_EACH_TIME = 70;

/** One turn's writes. Transactions are Kafka's part: Odradek does not serve them yet. */
async function write(place: SwapPlace, history: SwapHistory, turn: Turn): Promise<void> {
  history.deletedBefore += DELETED_EACH_TIME;
  const positions = history.positionOfGroup();
  const written = await place.ask<Written>({
    do: 'write',
    turn: turn.number,
    transactions: turn.system === 'Kafka',
    delete_before: history.deletedBefore,
  });
  history.add(written);
  const began = Object.entries(written.firstOfGroup);
  expect(began).toEqual(began.map(([partition]) => [partition, positions[partition] ?? 0]));
  expect(written.committed['alone']?.[0]).toEqual([
    'codec-none',
    0,
    turn.number * 1000 + 199,
    `turn ${String(turn.number)}`,
  ]);
}

/** Nothing but what was written, the last record of each key in any case, and by far not all of the rest. */
function expectCompacted(found: readonly SwapRecord[], written: readonly SwapRecord[]): void {
  const byOffset = new Map(written.map((record) => [record.offset, record]));
  expect(found).toEqual(found.map(({ offset }) => byOffset.get(offset)));
  const latest = new Map(written.map((record) => [record.key, record.offset]));
  const offsets = new Set(found.map(({ offset }) => offset));
  expect([...latest.values()].filter((offset) => !offsets.has(offset))).toEqual([]);
  expect(found.length).toBeLessThanOrEqual(written.length * 0.75);
}

/** What the broker serves is what was acknowledged, whoever took it. `turn`: the last that wrote. */
async function expectAll(place: SwapPlace, history: SwapHistory, turn: number): Promise<void> {
  const times = CODEC_TOPICS.flatMap((topic) => history.instantsOf(topic));
  const seen = await place.ask<Seen>({ do: 'read', partitions: PARTITIONS, times });
  for (const topic of [...CODEC_TOPICS, 'transactional']) {
    expect(inOrder(seen.records, topic)).toEqual(history.recordsOf(topic));
  }
  for (const topic of COMPACTED_TOPICS) {
    expectCompacted(inOrder(seen.records, topic), history.recordsOf(topic));
  }
  const hasAborted = seen.uncommitted > seen.records.length;
  expect(hasAborted).toBe(history.recordsOf('transactional').length > 0);
  expect(seen.bounds.find(([topic]) => topic === 'codec-gzip')?.[2]).toBe(history.deletedBefore);
  expect(seen.times).toEqual(times.map((instant) => history.offsetAt(instant)));
  expect(seen.committed).toEqual(history.committed);
  expect(seen.configs).toEqual({
    ...Object.fromEntries(Object.entries(TOPICS).map(([topic, { config }]) => [topic, config])),
    'codec-none': { ...SMALL_SEGMENTS, 'retention.ms': String(864_000_000 + turn) },
    '1': { 'message.max.bytes': String(2_000_000 + turn) },
  });
}

interface Turn {
  readonly number: number;
  readonly system: System;
  readonly end: 'SIGTERM' | 'SIGKILL';
}

const ORDERS: [string, Turn[]][] = [
  [
    'Odradek, Kafka, Odradek',
    [
      { number: 1, system: 'Odradek', end: 'SIGTERM' },
      { number: 2, system: 'Kafka', end: 'SIGKILL' },
      { number: 3, system: 'Odradek', end: 'SIGTERM' },
    ],
  ],
  [
    'Kafka, Odradek, Kafka',
    [
      { number: 1, system: 'Kafka', end: 'SIGTERM' },
      { number: 2, system: 'Odradek', end: 'SIGKILL' },
      { number: 3, system: 'Kafka', end: 'SIGTERM' },
    ],
  ],
];

test.each(ORDERS)(
  '%s: nothing is lost, and every file is sound',
  async (_, turns) => {
    const place = await SwapPlace.open();
    const history = new SwapHistory();
    const complaints: string[] = [];
    const identities = new Set<string>();
    try {
      for (const turn of turns) {
        await place.startBroker(turn.system);
        if (turn.number === 1) await place.ask({ do: 'create', topics: TOPICS });
        else await expectAll(place, history, turn.number - 1);
        await write(place, history, turn);
        for (const topic of COMPACTED_TOPICS) await place.whenCleaned(topic);
        await place.whenStartKept('codec-gzip', 0, history.deletedBefore);
        await expectAll(place, history, turn.number);
        await place.endBroker(turn.end);
        if (turn.end === 'SIGTERM') complaints.push(...(await place.complaints()));
        identities.add(PARTITIONS.map((partition) => place.identityOf(...partition)).join());
      }
      expect(complaints).toEqual([]);
      expect(identities.size).toBe(1);
    } finally {
      await place.close();
    }
  },
  300_000,
);
