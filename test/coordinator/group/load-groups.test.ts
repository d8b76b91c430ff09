import { loadGroups } from '../../../src/coordinator/group/load-groups';
import {
  encodeGroupKey,
  encodeGroupValue,
  encodeOffsetKey,
  encodeOffsetValue,
} from '../../../src/coordinator/group/records';
import type { GroupPartition } from '../../../src/coordinator/group/group-partition';
import { buildBatch } from '../../../src/protocol/records/builder';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import { CountingRandom } from '../../builders/counting-random';
import { GROUP_SETTINGS } from '../../builders/coordinator-builder';
import { MemoryCoordinatorLog } from '../../builders/coordinator-log';
import { ManualClock } from '../../builders/manual-clock';
import { RecordingLog } from '../../builders/recording-log';

const TIME = 1_700_000_000_000;

interface Entry {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

function offset(partition: number, value: number | null): Entry {
  const committed = {
    offset: value ?? 0,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: TIME,
    expireTimestampMs: undefined,
  };
  return {
    key: encodeOffsetKey('g', 't', partition),
    value: value === null ? null : encodeOffsetValue(committed),
  };
}

function group(generation: number): Entry {
  const value = encodeGroupValue({
    groupId: 'g',
    protocolType: 'consumer',
    generation,
    protocolName: undefined,
    leaderId: undefined,
    stateTimestampMs: TIME,
    members: [],
  });
  return { key: encodeGroupKey('g'), value };
}

function batch(entries: readonly Entry[], producerId?: number): Buffer {
  const records = entries.map((entry) => ({ ...entry, timestamp: TIME }));
  if (producerId === undefined) return buildBatch({ records });
  return buildBatch({
    records,
    producerId,
    producerEpoch: 0,
    baseSequence: 0,
    isTransactional: true,
  });
}

function marker(type: 'commit' | 'abort', producerId: number): Buffer {
  return buildMarkerBatch({
    type,
    producerId,
    producerEpoch: 0,
    coordinatorEpoch: 0,
    timestamp: TIME,
  });
}

async function load(batches: readonly Buffer[]): Promise<{
  home: GroupPartition;
  offsets: Record<number, number>;
  warnings: number;
}> {
  const log = new MemoryCoordinatorLog();
  for (const each of batches) log.add(0, each);
  const lines = new RecordingLog();
  const environment = {
    platform: { clock: new ManualClock(), random: new CountingRandom(), log: lines },
    settings: GROUP_SETTINGS,
    writer: log,
    reader: log,
    topicExists: () => true,
  };
  const home = await loadGroups(0, environment, () => true);
  const all = [...(home.find('g')?.offsets.all() ?? [])];
  return {
    home,
    offsets: Object.fromEntries(all.map(({ partition, value }) => [partition, value.offset])),
    warnings: lines.lines.filter(({ level }) => level === 'warn').length,
  };
}

test.each([
  {
    because: 'of one partition the last offset counts',
    batches: [batch([offset(0, 1)]), batch([offset(0, 2), offset(1, 5), offset(1, 6)])],
    offsets: { 0: 2, 1: 6 },
  },
  {
    because: 'a tombstone removes',
    batches: [batch([offset(0, 1), offset(1, 1)]), batch([offset(0, null)])],
    offsets: { 1: 1 },
  },
  {
    because: 'what follows a tombstone counts again',
    batches: [batch([offset(0, 1)]), batch([offset(0, null)]), batch([offset(0, 3)])],
    offsets: { 0: 3 },
  },
  {
    because: 'a committed transaction counts',
    batches: [batch([offset(0, 1)], 7), marker('commit', 7)],
    offsets: { 0: 1 },
  },
  {
    because: 'an aborted transaction does not count',
    batches: [batch([offset(0, 1)]), batch([offset(0, 2)], 7), marker('abort', 7)],
    offsets: { 0: 1 },
  },
  {
    because: 'an open transaction does not count yet',
    batches: [batch([offset(0, 1)]), batch([offset(0, 2)], 7)],
    offsets: { 0: 1 },
  },
  {
    because: 'a marker ends the transaction of its own producer only',
    batches: [batch([offset(0, 1)], 7), batch([offset(1, 2)], 8), marker('commit', 8)],
    offsets: { 1: 2 },
  },
  {
    because: 'a later plain commit is not undone by the marker of an earlier transaction',
    batches: [batch([offset(0, 1)], 7), batch([offset(0, 2)]), marker('commit', 7)],
    offsets: { 0: 2 },
  },
  {
    because: 'a transaction written after a plain commit wins once it is committed',
    batches: [batch([offset(0, 1)]), batch([offset(0, 2)], 7), marker('commit', 7)],
    offsets: { 0: 2 },
  },
  {
    because: 'a tombstone inside of a transaction takes its offset back',
    batches: [batch([offset(0, 1)], 7), batch([offset(0, null)], 7), marker('commit', 7)],
    offsets: {},
  },
  {
    because: 'an offset that was deleted while its transaction was open stays deleted',
    batches: [batch([offset(0, 1)], 7), batch([offset(0, null)]), marker('commit', 7)],
    offsets: {},
  },
  {
    because: 'a marker without a transaction means nothing',
    batches: [marker('commit', 9), batch([offset(0, 1)])],
    offsets: { 0: 1 },
  },
])('$because', async ({ batches, offsets }) => {
  const loaded = await load(batches);
  expect(loaded.offsets).toEqual(offsets);
  expect(loaded.warnings).toBe(0);
});

test('a transaction that is open when the coordinator is elected is ended by its marker later', async () => {
  const { home } = await load([batch([offset(0, 1), offset(1, 2)], 7)]);
  const offsets = home.find('g')?.offsets;
  expect(offsets?.isPending('t', 0)).toBe(true);
  expect(offsets?.get('t', 0)).toBeUndefined();
  home.transactions.end(7, true);
  expect(offsets?.isPending('t', 0)).toBe(false);
  expect(offsets?.get('t', 1)?.offset).toBe(2);
});

test('the last group record counts, and a tombstone removes the group but not offsets written after it', async () => {
  const removed = { key: encodeGroupKey('g'), value: null };
  const latest = await load([batch([group(1)]), batch([group(2)])]);
  expect(latest.home.find('g')?.group.generation).toBe(2);
  expect((await load([batch([group(1)]), batch([removed])])).home.find('g')).toBeUndefined();
  const simple = await load([batch([group(1)]), batch([removed]), batch([offset(0, 1)])]);
  expect(simple.home.find('g')?.group.protocolType).toBeUndefined();
  expect(simple.offsets).toEqual({ 0: 1 });
});

const GARBAGE = Buffer.from('00030102', 'hex');

test.each([
  { because: 'its value is garbage', entry: { ...offset(0, 1), value: GARBAGE } },
  { because: 'its key is garbage', entry: { key: Buffer.from([0, 1, 0]), value: GARBAGE } },
  { because: 'it has no key', entry: { key: null, value: GARBAGE } },
  { because: 'its group value is garbage', entry: { key: encodeGroupKey('g'), value: GARBAGE } },
  {
    because: 'its key is of a kind unknown here',
    entry: { key: Buffer.from('0003000167', 'hex'), value: GARBAGE },
  },
])('a record is skipped with a line in the log because $because', async ({ entry }) => {
  const loaded = await load([batch([offset(1, 5), entry, offset(2, 6)]), batch([offset(3, 7)])]);
  expect(loaded.offsets).toEqual({ 1: 5, 2: 6, 3: 7 });
  expect(loaded.warnings).toBe(1);
});

test('a batch whose records cannot be read is skipped as a whole', async () => {
  const broken = batch([offset(0, 1)]);
  broken.fill(0xff, 61);
  const loaded = await load([broken, batch([offset(1, 5)])]);
  expect(loaded.offsets).toEqual({ 1: 5 });
  expect(loaded.warnings).toBeGreaterThan(0);
});

test('compressed batches of other brokers are read', async () => {
  const records = [{ ...offset(0, 4), timestamp: TIME }];
  const loaded = await load([buildBatch({ records, codec: 'gzip' })]);
  expect(loaded.offsets).toEqual({ 0: 4 });
});
