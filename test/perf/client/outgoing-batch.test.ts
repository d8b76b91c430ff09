import { bytesForOne, OutgoingBatch } from '../../../src/perf/client/outgoing-batch';
import type { Moment, Seal } from '../../../src/perf/client/outgoing-batch';
import { COMPRESSION_CODECS, isCrcValid } from '../../../src/protocol/records/batch';
import { buildBatch } from '../../../src/protocol/records/builder';
import { readRecords } from '../../../src/protocol/records/reader';

const PLAIN: Seal = {
  codec: 'none',
  compressionLevel: undefined,
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
};

function at(ms: number, isMeasured = true): Moment {
  return { sendMs: ms, timestampMs: 1_700_000_000_000 + ms, isMeasured };
}

function aBatch(sizeBytes = 1_000): OutgoingBatch {
  return new OutgoingBatch(Buffer.alloc(sizeBytes), 0, 0);
}

test.each(COMPRESSION_CODECS)(
  'holds what was appended, byte for byte as the builder makes it (%s)',
  (codec) => {
    const values = ['one', '', 'three'.repeat(20)].map((text) => Buffer.from(text));
    const batch = aBatch();
    values.forEach((value, index) => expect(batch.append(value, at(index * 100))).toBe(true));
    const sealed = batch.seal({
      ...PLAIN,
      codec,
      producerId: 7,
      producerEpoch: 2,
      baseSequence: 40,
    });
    const records = values.map((value, i) => ({
      key: null,
      value,
      timestamp: at(i * 100).timestampMs,
    }));
    expect(sealed).toEqual(
      buildBatch({ records, codec, producerId: 7, producerEpoch: 2, baseSequence: 40 }),
    );
    expect(isCrcValid(sealed, 0)).toBe(true);
    expect([...readRecords(sealed)].map(({ value }) => String(value))).toEqual(values.map(String));
  },
);

test('takes records while there is room, and is closed by the one that does not fit', () => {
  const batch = aBatch(200);
  const value = Buffer.alloc(50);
  expect([1, 2, 3].map(() => batch.append(value, at(0)))).toEqual([true, true, false]);
  expect(batch.isClosed).toBe(true);
  expect(batch.recordCount).toBe(2);
});

test.each([0, 1, 63, 64, 8_191, 8_192, 100_000])(
  'a buffer of the size that one value of %s bytes needs holds it, and one byte less does not',
  (size) => {
    const value = Buffer.alloc(size);
    expect(aBatch(bytesForOne(size)).append(value, at(0))).toBe(true);
    expect(aBatch(bytesForOne(size) - 1).append(value, at(0))).toBe(false);
  },
);

test('tells how many records belong to each moment', () => {
  const batch = aBatch();
  const [warmup, first, second] = [at(1, false), at(1), at(2)];
  for (const moment of [warmup, first, first, second]) batch.append(Buffer.alloc(10), moment);
  expect(batch.runs).toEqual([
    { moment: warmup, records: 1, valueBytes: 10 },
    { moment: first, records: 2, valueBytes: 20 },
    { moment: second, records: 1, valueBytes: 10 },
  ]);
});

test('is sealed once: a retry sends the same sequence', () => {
  const batch = aBatch();
  batch.append(Buffer.from('x'), at(0));
  const first = batch.seal({ ...PLAIN, producerId: 7, producerEpoch: 0, baseSequence: 3 });
  expect(batch.seal({ ...PLAIN, producerId: 7, producerEpoch: 0, baseSequence: 9 })).toBe(first);
  expect(batch.isClosed).toBe(true);
});
