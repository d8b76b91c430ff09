/** Batches converted for old clients; test/external/conformance compares the result with Kafka's. */
import type { ErrorName } from '../../../src/protocol/errors';
import { magicOf } from '../../../src/protocol/records/batch';
import { buildBatch } from '../../../src/protocol/records/builder';
import type { BatchToBuild } from '../../../src/protocol/records/builder';
import { downConvert } from '../../../src/protocol/records/down-convert';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import type { LegacyMagic } from '../../../src/protocol/records/message';
import { buildMessageSet } from '../../../src/protocol/records/message-set';
import { batches, readRecords } from '../../../src/protocol/records/reader';

interface Options {
  readonly toMagic?: LegacyMagic;
  readonly firstOffset?: number;
  readonly breathe?: () => Promise<void> | undefined;
}

function convert(batch: Buffer, options: Options = {}): Promise<Buffer | undefined> {
  return downConvert(batch, {
    toMagic: 1,
    firstOffset: 0,
    breathe: () => undefined,
    ...options,
  });
}

function aBatch(count: number, batch: Partial<BatchToBuild> = {}): Buffer {
  const records = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from('k'),
    value: Buffer.from(String(index)),
    headers: [{ key: 'h', value: null }],
    timestamp: 1000 + index,
  }));
  return buildBatch({ records, ...batch });
}

function recordsOf(set: Buffer | undefined) {
  if (!set) return undefined;
  return Array.from(batches(set), ({ position, size }) => [
    ...readRecords(set.subarray(position, position + size)),
  ]).flat();
}

test.each`
  batch                                                | offsets         | because
  ${aBatch(3)}                                         | ${[2]}          | ${'plain records are messages of their own'}
  ${aBatch(3, { codec: 'gzip' })}                      | ${[0, 1, 2]}    | ${'a wrapper stays whole'}
  ${aBatch(3, { baseOffset: 10, lastOffsetDelta: 8 })} | ${[10, 11, 12]} | ${'offsets stay'}
  ${aBatch(2)}                                         | ${undefined}    | ${'nothing is left'}
  ${aMarker()}                                         | ${undefined}    | ${'old clients know no markers'}
  ${aBatch(0)}                                         | ${undefined}    | ${'compaction has emptied it'}
`('from offset 2: $offsets because $because', async ({ batch, offsets }) => {
  const records = recordsOf(await convert(batch as Buffer, { firstOffset: 2 }));
  expect(records?.map(({ offset }) => offset)).toEqual(offsets);
  expect(records?.every(({ headers }) => headers.length === 0) ?? true).toBe(true);
});

function aMarker(): Buffer {
  return buildMarkerBatch({
    type: 'abort',
    coordinatorEpoch: 0,
    producerId: 1,
    producerEpoch: 0,
    timestamp: 1,
  });
}

test('what is old enough already is copied', async () => {
  const message = { key: null, value: Buffer.from('v'), timestamp: 1, offset: 5 };
  const set = buildMessageSet([message], { magic: 0, codec: 'none' });
  const copy = await convert(set);
  expect(copy?.equals(set)).toBe(true);
  expect(copy?.buffer === set.buffer && copy.byteOffset === set.byteOffset).toBe(false);
});

test('times that no number holds are the latest there are', async () => {
  const nanoseconds = 1_700_000_000_000_000_000;
  const batch = aBatch(1);
  batch.writeBigInt64BE(BigInt(nanoseconds), 27);
  const records = recordsOf(await convert(batch));
  expect(records?.[0]?.timestamp).toBe(Number.MAX_SAFE_INTEGER);
});

test.each`
  batch                                           | error                             | because
  ${aBatch(1, { codec: 'zstd' })}                 | ${'UNSUPPORTED_COMPRESSION_TYPE'} | ${'no old client knows zstd'}
  ${changed(aBatch(1), 22, 7)}                    | ${'CORRUPT_MESSAGE'}              | ${'the codec is unknown'}
  ${changed(aBatch(1, { codec: 'gzip' }), 61, 9)} | ${'CORRUPT_MESSAGE'}              | ${'it is not of its codec'}
  ${changed(aBatch(1), 61, 99)}                   | ${'INVALID_RECORD'}               | ${'a record is longer than the batch'}
`('$error: $because', async (row: { batch: Buffer; error: ErrorName }) => {
  await expect(convert(row.batch)).rejects.toMatchObject({ errorName: row.error });
});

function changed(batch: Buffer, at: number, byte: number): Buffer {
  batch.writeUInt8(byte, at);
  return batch;
}

test.each(['none', 'gzip'] as const)('a batch of %s gives way to others', async (codec) => {
  let turns = 0;
  let breaths = 0;
  const breathe = (): Promise<void> => {
    breaths++;
    return new Promise((resolve) => {
      setImmediate(() => {
        turns++;
        resolve();
      });
    });
  };
  const set = await convert(aBatch(1000, { codec }), { breathe });
  expect(recordsOf(set)).toHaveLength(1000);
  expect(breaths).toBeGreaterThanOrEqual(10);
  expect(turns).toBe(breaths);
  expect(magicOf(set ?? Buffer.alloc(0), 0)).toBe(1);
});
