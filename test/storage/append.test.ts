import type { ErrorName } from '../../src/protocol/errors';
import { ProtocolError } from '../../src/protocol/errors';
import {
  COMPRESSION_CODECS,
  compressionCodecOf,
  hasLogAppendTime,
  isCrcValid,
  maxTimestampOf,
  partitionLeaderEpochOf,
  patchCrc,
} from '../../src/protocol/records/batch';
import type { CompressionCodec } from '../../src/protocol/records/batch';
import { buildBatch } from '../../src/protocol/records/builder';
import { buildMarkerBatch } from '../../src/protocol/records/markers';
import { readRecords } from '../../src/protocol/records/reader';
import type { Log } from '../../src/storage/log';
import { InvalidRecordsError } from '../../src/storage/types';
import type { AppendOrigin, LogConfig } from '../../src/storage/types';
import { SOME_TIME, StorageFixture, aBatch, append, readAll } from '../builders/storage';

let fixture: StorageFixture;

beforeEach(() => {
  fixture = new StorageFixture();
});
afterEach(() => fixture.end());

async function aLog(config: Partial<LogConfig> = {}): Promise<Log> {
  const manager = await fixture.start();
  const creation = { topicId: undefined, isNew: true, config: fixture.config(config) };
  return manager.getOrCreate({ topic: 'topic', partition: 0 }, creation);
}

function refusalOf(run: () => unknown): ProtocolError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** The batch as it was stored. */
async function stored(log: Log, offset: number): Promise<Buffer> {
  const read = await log.read({
    offset,
    maxBytes: 1 << 20,
    upTo: offset + 1000,
    minOneBatch: true,
  });
  const copy = Buffer.concat(read.buffers);
  read.release();
  return copy;
}

/** A batch with one field of its header changed, and a checksum that fits. */
function changed(change: (batch: Buffer) => void, batch = aBatch(['a', 'b'])): Buffer {
  change(batch);
  patchCrc(batch, 0);
  return batch;
}

const ATTRIBUTES = 21;
const LAST_OFFSET_DELTA = 23;
const MAX_TIMESTAMP = 35;
const PRODUCER_ID = 43;
const BASE_SEQUENCE = 53;
const COUNT = 57;

interface Refused {
  batch: Buffer;
  config: Partial<LogConfig>;
  error: ErrorName;
}

describe('a batch is refused', () => {
  const plain = (): Buffer => aBatch(['a', 'b']);
  test.each`
    because                                       | batch                                                                                                | config                                                               | error
    ${'there are two batches'}                    | ${Buffer.concat([plain(), plain()])}                                                                 | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'the magic is of no format'}                | ${changed((batch) => batch.writeInt8(3, 16))}                                                        | ${{}}                                                                | ${'CORRUPT_MESSAGE'}
    ${'its length is below that of any batch'}    | ${changed((batch) => batch.writeInt32BE(49, 8)).fill(0, 8, 12)}                                      | ${{}}                                                                | ${'CORRUPT_MESSAGE'}
    ${'its length is below that of a header'}     | ${Buffer.concat([plain().subarray(0, 8), Buffer.from([0, 0, 0, 20]), plain().subarray(12, 32)])}     | ${{}}                                                                | ${'CORRUPT_MESSAGE'}
    ${'it does not begin at offset 0'}            | ${aBatch(['a'], { baseOffset: 1 })}                                                                  | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'it is larger than max.message.bytes'}      | ${aBatch(['x'.repeat(100)])}                                                                         | ${{ 'max.message.bytes': 100 }}                                      | ${'MESSAGE_TOO_LARGE'}
    ${'it is larger than a segment'}              | ${aBatch(['x'.repeat(100)])}                                                                         | ${{ 'segment.bytes': 100 }}                                          | ${'RECORD_LIST_TOO_LARGE'}
    ${'a byte is wrong'}                          | ${Buffer.concat([plain().subarray(0, -1), Buffer.from([99])])}                                       | ${{}}                                                                | ${'CORRUPT_MESSAGE'}
    ${'the codec is unknown'}                     | ${changed((batch) => batch.writeInt16BE(5, ATTRIBUTES))}                                             | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'offsets go back'}                          | ${changed((batch) => batch.writeInt32BE(-1, LAST_OFFSET_DELTA))}                                     | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'offsets and count differ'}                 | ${changed((batch) => batch.writeInt32BE(5, LAST_OFFSET_DELTA))}                                      | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'it counts no records'}                     | ${changed((batch) => batch.writeInt32BE(0, COUNT))}                                                  | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'a client writes a control batch'}          | ${aBatch(['a'], { isControl: true })}                                                                | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'an idempotent producer gives no sequence'} | ${aBatch(['a'], { producerId: 1, producerEpoch: 0 })}                                                | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'the producer id is beyond all numbers'}    | ${changed((batch) => batch.fill(0x7f, PRODUCER_ID, PRODUCER_ID + 8).writeInt32BE(0, BASE_SEQUENCE))} | ${{}}                                                                | ${'INVALID_RECORD'}
    ${'the timestamp is beyond all numbers'}      | ${changed((batch) => batch.fill(0x7f, MAX_TIMESTAMP, MAX_TIMESTAMP + 8))}                            | ${{}}                                                                | ${'INVALID_TIMESTAMP'}
    ${'only a broker gives append times'}         | ${aBatch(['a'], { isLogAppendTime: true })}                                                          | ${{ 'message.timestamp.type': 'LogAppendTime' }}                     | ${'INVALID_TIMESTAMP'}
    ${'an append time is missing'}                | ${aBatch([{ value: 'a', timestamp: -1 }], { isLogAppendTime: true })}                                | ${{}}                                                                | ${'INVALID_TIMESTAMP'}
    ${'a compacted topic needs keys'}             | ${aBatch([{ key: 'k', value: 'a' }, 'b'])}                                                           | ${{ 'cleanup.policy': ['compact'] }}                                 | ${'INVALID_RECORD'}
    ${'a record is older than allowed'}           | ${aBatch([{ value: 'a', timestamp: SOME_TIME - 1001 }])}                                             | ${{ 'message.timestamp.before.max.ms': 1000 }}                       | ${'INVALID_TIMESTAMP'}
    ${'a record is too far ahead'}                | ${aBatch([{ value: 'a', timestamp: SOME_TIME + 1001 }])}                                             | ${{ 'message.timestamp.after.max.ms': 1000 }}                        | ${'INVALID_TIMESTAMP'}
    ${'another codec would make it too large'}    | ${aBatch(['x'.repeat(2000)], { codec: 'gzip' })}                                                     | ${{ 'compression.type': 'uncompressed', 'max.message.bytes': 1000 }} | ${'MESSAGE_TOO_LARGE'}
    ${'it must be opened but holds no records'}   | ${changed((batch) => batch.fill(0xff, 61))}                                                          | ${{ 'cleanup.policy': ['compact'] }}                                 | ${'INVALID_RECORD'}
  `('with $error because $because', async ({ batch, config, error }: Refused) => {
    const log = await aLog(config);
    const refusal = refusalOf(() =>
      log.appendAsLeader(batch, { leaderEpoch: 0, origin: 'client' }),
    );
    expect(refusal.errorName).toBe(error);
    expect(log.logEndOffset).toBe(0);
  });

  test('naming each record that is wrong', async () => {
    const log = await aLog({ 'cleanup.policy': ['compact'] });
    const batch = aBatch(['a', { key: 'k', value: 'b' }, 'c']);
    const refusal = refusalOf(() =>
      log.appendAsLeader(batch, { leaderEpoch: 0, origin: 'client' }),
    );
    expect(refusal).toBeInstanceOf(InvalidRecordsError);
    expect(refusal).toMatchObject({ recordErrors: [{ batchIndex: 0 }, { batchIndex: 2 }] });
  });
});

describe('a batch is accepted', () => {
  test.each`
    because                                       | batch                                                                                                               | config                                         | origin
    ${'timestamps at the limits are within them'} | ${aBatch([{ value: 'a', timestamp: SOME_TIME - 1000 }])}                                                            | ${{ 'message.timestamp.before.max.ms': 1000 }} | ${'client'}
    ${'no timestamp is within all limits'}        | ${aBatch([{ value: 'a', timestamp: -1 }])}                                                                          | ${{ 'message.timestamp.before.max.ms': 1000 }} | ${'client'}
    ${'coordinators write control batches'}       | ${buildMarkerBatch({ type: 'commit', coordinatorEpoch: 0, producerId: 1, producerEpoch: 0, timestamp: SOME_TIME })} | ${{ 'cleanup.policy': ['compact'] }}           | ${'coordinator'}
    ${'a compacted topic takes keys'}             | ${aBatch([{ key: 'k', value: null }])}                                                                              | ${{ 'cleanup.policy': ['compact', 'delete'] }} | ${'client'}
  `(
    'because $because',
    async ({ batch, config, origin }: { batch: Buffer; config: object; origin: AppendOrigin }) => {
      const log = await aLog(config);
      log.appendAsLeader(batch, { leaderEpoch: 0, origin });
      expect(log.logEndOffset).toBe(1);
    },
  );
});

test.each`
  because                         | records
  ${'there is nothing'}           | ${Buffer.alloc(0)}
  ${'there is less than a magic'} | ${aBatch(['a']).subarray(0, 16)}
  ${'the batch is cut short'}     | ${aBatch(['a']).subarray(0, 65)}
`('nothing is appended, and nothing refused, when $because', async ({ records }) => {
  const log = await aLog();
  append(fixture, log, aBatch(['x']));
  const result = log.appendAsLeader(records as Buffer, { leaderEpoch: 0, origin: 'client' });
  expect(result).toMatchObject({ firstOffset: -1, lastOffset: -1, sizeBytes: 0 });
  expect(log.logEndOffset).toBe(1);
});

test('what is no whole batch after the first is left out', async () => {
  const log = await aLog();
  append(fixture, log, Buffer.concat([aBatch(['a']), aBatch(['b']).subarray(0, 40)]));
  append(fixture, log, aBatch(['c']));
  expect((await readAll(log)).map(({ value }) => value)).toEqual(['a', 'c']);
});

test.each`
  codec     | type          | isRewritten | because
  ${'gzip'} | ${'producer'} | ${true}     | ${'the records of a compressed batch count from 0'}
  ${'none'} | ${'producer'} | ${false}    | ${'nobody looks at the offsets of plain records'}
  ${'none'} | ${'gzip'}     | ${true}     | ${'it must be compressed anyway'}
`('gaps in the offsets of $codec records on $type', async ({ codec, type, isRewritten }) => {
  const log = await aLog({ 'cleanup.policy': ['compact'], 'compression.type': type as string });
  const records = [0, 2].map((offsetDelta) => ({
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    timestamp: SOME_TIME,
    offsetDelta,
  }));
  const batch = buildBatch({ records, codec: codec as CompressionCodec, lastOffsetDelta: 1 });
  append(fixture, log, batch);
  const offsets = (await readAll(log)).map(({ offset }) => offset);
  expect(offsets).toEqual(isRewritten ? [0, 1] : [0, 2]);
});

test('offsets and the leader epoch are patched in, all else stays', async () => {
  const log = await aLog();
  append(fixture, log, aBatch(['a', 'b', 'c']), 4);
  const batch = aBatch(['d', 'e']);
  const result = log.appendAsLeader(batch, { leaderEpoch: 5, origin: 'client' });
  fixture.clock.endTick();
  expect(result).toEqual({
    firstOffset: 3,
    lastOffset: 4,
    maxTimestamp: SOME_TIME,
    logAppendTimeMs: -1,
    logStartOffset: 0,
    isDuplicate: false,
    sizeBytes: batch.length,
  });
  const copy = await stored(log, 3);
  expect(partitionLeaderEpochOf(copy, 0)).toBe(5);
  expect(isCrcValid(copy, 0)).toBe(true);
  expect(copy.subarray(16)).toEqual(batch.subarray(16));
  expect(log.latestEpoch).toBe(5);
  expect(log.endOffsetForEpoch(4)).toEqual({ epoch: 4, endOffset: 3 });
});

test('LogAppendTime gives every record the time of the broker', async () => {
  const log = await aLog({ 'message.timestamp.type': 'LogAppendTime' });
  fixture.clock.advance(123);
  const batch = aBatch([
    { value: 'a', timestamp: 5 },
    { value: 'b', timestamp: 6 },
  ]);
  const result = log.appendAsLeader(batch, { leaderEpoch: 0, origin: 'client' });
  fixture.clock.endTick();
  expect(result).toMatchObject({ logAppendTimeMs: SOME_TIME + 123, maxTimestamp: SOME_TIME + 123 });
  const copy = await stored(log, 0);
  expect(hasLogAppendTime(copy, 0)).toBe(true);
  expect(isCrcValid(copy, 0)).toBe(true);
  expect(Array.from(readRecords(copy), ({ timestamp }) => timestamp)).toEqual([
    SOME_TIME + 123,
    SOME_TIME + 123,
  ]);
});

test('a client that claims append times to a CreateTime topic has them as its own', async () => {
  const log = await aLog();
  append(fixture, log, aBatch(['a'], { isLogAppendTime: true }));
  const copy = await stored(log, 0);
  expect(hasLogAppendTime(copy, 0)).toBe(false);
  expect(isCrcValid(copy, 0)).toBe(true);
  expect(maxTimestampOf(copy, 0)).toBe(SOME_TIME);
});

const TYPES: Readonly<Record<string, CompressionCodec>> = {
  uncompressed: 'none',
  gzip: 'gzip',
  snappy: 'snappy',
  lz4: 'lz4',
  zstd: 'zstd',
};

test.each(Object.entries(TYPES))(
  'compression.type %s stores batches that way',
  async (type, codec) => {
    const log = await aLog({ 'compression.type': type });
    for (const sent of COMPRESSION_CODECS) {
      const offset = log.logEndOffset;
      append(
        fixture,
        log,
        aBatch([{ key: 'k', value: 'v'.repeat(100) }, 'w'], {
          codec: sent,
          producerId: 9,
          producerEpoch: 1,
          baseSequence: offset,
        }),
      );
      const copy = await stored(log, offset);
      expect(compressionCodecOf(copy, 0)).toBe(codec);
      expect(isCrcValid(copy, 0)).toBe(true);
    }
    expect(await readAll(log)).toHaveLength(2 * COMPRESSION_CODECS.length);
    expect(log.producers.get(9)).toMatchObject({ producerEpoch: 1, lastSequence: 9 });
  },
);

test.each`
  level | isHigh
  ${9}  | ${false}
  ${12} | ${true}
`('lz4 with compression.lz4.level $level', async ({ level, isHigh }) => {
  const log = await aLog({ 'compression.type': 'lz4', 'compression.lz4.level': level as number });
  const words = Array.from({ length: 500 }, (_, i) => `user ${String(i)} of ${String(i % 37)}`);
  const batch = aBatch(words, { codec: 'gzip' });
  append(fixture, log, batch);
  const copy = await stored(log, 0);
  const usual = aBatch(words, { codec: 'lz4' });
  expect(copy.length < usual.length).toBe(isHigh);
  expect((await readAll(log)).map(({ value }) => String(value))).toEqual(words);
});

test('one write a tick settles all that was appended in it', async () => {
  const log = await aLog();
  const onWritten = jest.fn();
  log.onWritten = onWritten;
  log.appendAsLeader(aBatch(['a']), { leaderEpoch: 0, origin: 'client' });
  const first = log.written();
  log.appendAsLeader(aBatch(['b']), { leaderEpoch: 0, origin: 'client' });
  expect(log.written()).toBe(first);
  expect(log.logEndOffset).toBe(2);
  expect(log.writtenEndOffset).toBe(0);
  expect(await readAll(log)).toEqual([]);
  fixture.clock.endTick();
  await first;
  expect(log.writtenEndOffset).toBe(2);
  expect(onWritten).toHaveBeenCalledTimes(1);
  await expect(log.written()).resolves.toBeUndefined();
});

test('flush.messages makes written wait for the device', async () => {
  const log = await aLog({ 'flush.messages': 2 });
  append(fixture, log, aBatch(['a']));
  expect([log.writtenEndOffset, log.recoveryPoint]).toEqual([1, 0]);
  log.appendAsLeader(aBatch(['b']), { leaderEpoch: 0, origin: 'client' });
  const written = log.written();
  fixture.clock.endTick();
  expect([log.writtenEndOffset, log.recoveryPoint]).toEqual([1, 0]);
  log.appendAsLeader(aBatch(['c']), { leaderEpoch: 0, origin: 'client' });
  const later = log.written();
  fixture.clock.endTick();
  await written;
  expect(log.writtenEndOffset).toBeGreaterThanOrEqual(2);
  expect(log.recoveryPoint).toBe(3);
  await later;
  expect(log.writtenEndOffset).toBe(3);
});

describe('a follower', () => {
  test('keeps offsets and epochs, leaves out an incomplete last batch', async () => {
    const log = await aLog();
    const first = aBatch(['a', 'b'], { baseOffset: 0, leaderEpoch: 1 });
    const second = aBatch(['c'], { baseOffset: 7, leaderEpoch: 3 });
    const cut = aBatch(['d'], { baseOffset: 8, leaderEpoch: 3 }).subarray(0, -1);
    const result = log.appendAsFollower(Buffer.concat([first, second, cut]));
    expect(result).toMatchObject({
      firstOffset: 0,
      lastOffset: 7,
      sizeBytes: first.length + second.length,
    });
    fixture.clock.endTick();
    expect(log.logEndOffset).toBe(8);
    expect((await readAll(log)).map(({ offset }) => offset)).toEqual([0, 1, 7]);
    expect(log.endOffsetForEpoch(1)).toEqual({ epoch: 1, endOffset: 7 });
    expect(log.latestEpoch).toBe(3);
    expect(log.appendAsFollower(Buffer.alloc(0))).toMatchObject({ sizeBytes: 0, lastOffset: 7 });
  });

  test.each`
    because                           | batch                                                                                                | error
    ${'a byte is wrong'}              | ${Buffer.concat([aBatch(['a'], { baseOffset: 5 }).subarray(0, -1), Buffer.from([9])])}               | ${'CORRUPT_MESSAGE'}
    ${'it lies below the end'}        | ${aBatch(['a'], { baseOffset: 1 })}                                                                  | ${'OFFSET_OUT_OF_RANGE'}
    ${'offsets go back between them'} | ${Buffer.concat([aBatch(['a'], { baseOffset: 9 }), aBatch(['a'], { baseOffset: 9 })])}               | ${'CORRUPT_MESSAGE'}
    ${'these are no batches'}         | ${Buffer.alloc(100, 7)}                                                                              | ${'CORRUPT_MESSAGE'}
    ${'the length is none'}           | ${changed((batch) => batch.writeInt32BE(-5, 8), aBatch(['a'], { baseOffset: 2 })).fill(0xff, 8, 12)} | ${'CORRUPT_MESSAGE'}
  `('refuses all of it with $error because $because', async ({ batch, error }: Refused) => {
    const log = await aLog();
    append(fixture, log, aBatch(['x', 'y']));
    const good = aBatch(['z'], { baseOffset: 2 });
    const isAfterGood = error === 'CORRUPT_MESSAGE';
    const records = isAfterGood ? Buffer.concat([good, batch]) : batch;
    expect(refusalOf(() => log.appendAsFollower(records)).errorName).toBe(error);
    expect(log.logEndOffset).toBe(2);
  });
});
