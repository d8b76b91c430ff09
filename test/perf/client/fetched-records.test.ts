import { countRecords, offsetAfter } from '../../../src/perf/client/fetched-records';
import { COMPRESSION_CODECS } from '../../../src/protocol/records/batch';
import { buildBatch } from '../../../src/protocol/records/builder';
import type { BatchToBuild } from '../../../src/protocol/records/builder';

/** Keys of three bytes, values of ten. */
function aBatch(baseOffset: number, count: number, batch: Partial<BatchToBuild> = {}): Buffer {
  const records = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from('key'),
    value: Buffer.alloc(10, index),
    timestamp: 1_700_000_000_000 + index * 1_000,
  }));
  return buildBatch({ records, baseOffset, ...batch });
}

test.each(COMPRESSION_CODECS)(
  'counts records and the bytes of their keys and values (%s)',
  (codec) => {
    const fetched = Buffer.concat([aBatch(100, 5, { codec }), aBatch(105, 300, { codec })]);
    expect(countRecords(fetched, 100, true)).toEqual({ records: 305, bytes: 305 * 13 });
    expect(offsetAfter(fetched, 100)).toBe(405);
  },
);

test.each`
  offset | records | because
  ${100} | ${10}   | ${'all were asked for'}
  ${103} | ${7}    | ${'the first three of the batch lie before'}
  ${109} | ${1}    | ${'only the last was'}
`('from $offset: $records record(s), as $because', ({ offset, records }) => {
  expect(countRecords(aBatch(100, 10), offset as number, true).records).toBe(records);
});

test('a batch that was cut off is left to the next fetch', () => {
  const fetched = Buffer.concat([aBatch(0, 2), aBatch(2, 2)]).subarray(0, -1);
  expect(countRecords(fetched, 0, true).records).toBe(2);
  expect(offsetAfter(fetched, 0)).toBe(2);
  expect(offsetAfter(aBatch(7, 1).subarray(0, 20), 7)).toBe(7);
});

test('null keys and values have no bytes', () => {
  const records = [{ key: null, value: null, timestamp: 0 }];
  expect(countRecords(buildBatch({ records }), 0, true)).toEqual({ records: 1, bytes: 0 });
});

test('markers of transactions are passed over, but not counted', () => {
  const marker = aBatch(3, 1, { isControl: true, isTransactional: true });
  expect(countRecords(marker, 3, true).records).toBe(0);
  expect(offsetAfter(marker, 3)).toBe(4);
});

test('a wrong checksum is found, unless it is not to be looked at', () => {
  const batch = aBatch(0, 2);
  batch[batch.length - 2] = 0xff;
  expect(() => countRecords(batch, 0, true)).toThrow('a fetched batch has a wrong checksum');
  expect(countRecords(batch, 0, false).records).toBe(2);
});

test('messages of old formats are refused', () => {
  const batch = aBatch(0, 1);
  batch[16] = 1;
  expect(() => offsetAfter(batch, 0)).toThrow(
    'the topic holds messages of the formats before version 2',
  );
});
