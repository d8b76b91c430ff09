import * as fc from 'fast-check';
import { ProtocolError } from '../../../src/protocol/errors';
import {
  COMPRESSION_CODECS,
  HEADER_SIZE,
  lastOffsetDelta,
  patchCrc,
  recordCountOf,
} from '../../../src/protocol/records/batch';
import { buildBatch } from '../../../src/protocol/records/builder';
import {
  buildMarkerBatch,
  coordinatorEpochOf,
  parseMarker,
} from '../../../src/protocol/records/markers';
import { batches, readRecords } from '../../../src/protocol/records/reader';

const bytes = fc.option(
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
  { nil: null },
);
const headers = fc.array(fc.record({ key: fc.string(), value: bytes }), { maxLength: 3 });
const timestamp = fc.integer({ min: -1, max: 2 ** 50 });
const record = fc.record({ key: bytes, value: bytes, headers, timestamp });

test.each(COMPRESSION_CODECS)('records written with %s are read again', (codec) => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      fc.nat(2 ** 40),
      (records, baseOffset) => {
        const built = buildBatch({ records, codec, baseOffset });
        const expected = records.map((each, index) => ({ ...each, offset: baseOffset + index }));
        expect([...readRecords(built)]).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('a compacted batch keeps its offsets, gaps included', () => {
  const records = [3, 8].map((offsetDelta) => ({
    key: null,
    value: null,
    timestamp: 1,
    offsetDelta,
  }));
  const built = buildBatch({ records, baseOffset: 100, lastOffsetDelta: 9 });
  expect([...readRecords(built)].map(({ offset }) => offset)).toEqual([103, 108]);
  expect(lastOffsetDelta(built, 0)).toBe(9);
});

test('a batch may be kept without any record', () => {
  const built = buildBatch({
    records: [],
    baseOffset: 5,
    lastOffsetDelta: 4,
    producerId: 1,
    maxTimestamp: 77,
  });
  expect(built).toHaveLength(HEADER_SIZE);
  expect(recordCountOf(built, 0)).toBe(0);
  expect([...readRecords(built)]).toEqual([]);
});

test('timestamps survive a delete horizon, which takes the place of the base timestamp', () => {
  const records = [{ key: Buffer.from('k'), value: null, timestamp: 5000 }];
  const built = buildBatch({ records, deleteHorizonMs: 99_000 });
  expect([...readRecords(built)]).toMatchObject([{ timestamp: 5000 }]);
});

test('batches are walked over up to the last whole one', () => {
  const one = buildBatch({ records: [{ key: null, value: Buffer.from('x'), timestamp: 1 }] });
  const all = Buffer.concat([one, one, one.subarray(0, 40)]);
  expect([...batches(all)]).toEqual([
    { position: 0, size: one.length },
    { position: one.length, size: one.length },
  ]);
});

test.each`
  length | because
  ${-1}  | ${'a negative length'}
  ${0}   | ${'a length of nothing, which would never end'}
  ${13}  | ${'less than the smallest message of any magic'}
`('refuses $because', ({ length }: { length: number }) => {
  const buffer = Buffer.alloc(100);
  buffer.writeInt32BE(length, 8);
  expect(() => [...batches(buffer)]).toThrow(
    new ProtocolError('CORRUPT_MESSAGE', `a batch of ${String(length + 12)} bytes`),
  );
});

/** A batch with the given bytes for records. */
function batchOf(hex: string, recordCount: number): Buffer {
  const empty = buildBatch({ records: [] });
  const built = Buffer.concat([empty, Buffer.from(hex.replaceAll(' ', ''), 'hex')]);
  built.writeInt32BE(built.length - 12, 8);
  built.writeInt32BE(recordCount, 57);
  patchCrc(built, 0);
  return built;
}

test.each`
  hex                                | count | because
  ${'0e 00 00 00 01 02 61 00'}       | ${2}  | ${'there are fewer records than it counts'}
  ${'0e 00 00 00 01 02 61 00 00'}    | ${1}  | ${'there are more bytes than its records'}
  ${'10 00 00 00 01 02 61 00 00'}    | ${1}  | ${'a record is longer than its fields'}
  ${'0c 00 00 00 01 02 61 00'}       | ${1}  | ${'a record is shorter than its fields'}
  ${'7e 00 00 00 01 02 61 00'}       | ${1}  | ${'a record is longer than the batch'}
  ${'01 00 00 00 01 02 61 00'}       | ${1}  | ${'a record has a negative length'}
  ${'0e 00 00 00 01 7e 61 00'}       | ${1}  | ${'a value is longer than its record'}
  ${'0e 00 00 00 01 02 61 01'}       | ${1}  | ${'the count of headers is negative'}
  ${'0e 00 00 00 01 02 61 7e'}       | ${1}  | ${'there are more headers than bytes'}
  ${'12 00 00 00 01 02 61 02 01 00'} | ${1}  | ${'a header has no key'}
  ${'0e 00 ff ff ff ff ff ff'}       | ${1}  | ${'a varint does not end'}
`('records are invalid when $because', ({ hex, count }: { hex: string; count: number }) => {
  const read = (): unknown => [...readRecords(batchOf(hex, count))];
  expect(read).toThrow(expect.objectContaining({ errorName: 'INVALID_RECORD' }));
});

test('the bytes of the rows above differ from these valid ones', () => {
  expect([...readRecords(batchOf('0e 00 00 00 01 02 61 00', 1))]).toHaveLength(1);
});

test.each(['commit', 'abort'] as const)('a marker says %s, and who wrote it', (type) => {
  const built = buildMarkerBatch({
    type,
    coordinatorEpoch: 6,
    producerId: 9,
    producerEpoch: 2,
    timestamp: 4,
  });
  const [marker] = [...readRecords(built)];
  expect(marker?.key?.toString('hex')).toBe(type === 'abort' ? '00000000' : '00000001');
  expect(marker?.value?.toString('hex')).toBe('000000000006');
  expect(marker?.key && parseMarker(marker.key)).toBe(type);
  expect(marker?.value && coordinatorEpochOf(marker.value)).toBe(6);
});

test.each`
  key           | because
  ${'00000002'} | ${'leader change records are of the controller quorum'}
  ${'0000'}     | ${'it is too short'}
  ${''}         | ${'it is empty'}
`('control key "$key" is no marker: $because', ({ key }: { key: string }) => {
  expect(parseMarker(Buffer.from(key, 'hex'))).toBeUndefined();
});
