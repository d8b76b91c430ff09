import * as batch from '../../../src/protocol/records/batch';
import { buildBatch } from '../../../src/protocol/records/builder';
import { readRecords } from '../../../src/protocol/records/reader';

/** Two records, `a` and `b`, as a Kafka 3.9 broker wrote them into its log. */
const SEEN = Buffer.from(
  `0000000000000000 00000041 00000000 02 d12c7118 0000 00000001 000001a20224bda0 000001a20224bda9
   ffffffffffffffff ffff ffffffff 00000002 0e 00 00 00 01 02 61 00 0e 00 12 02 01 02 62 00`.replaceAll(
    /\s/g,
    '',
  ),
  'hex',
);
const FIRST_TIMESTAMP = 0x1a20224bda0;

/** The same batch at another place, so that positions matter. */
const AT = 13;
function placed(): Buffer {
  return Buffer.concat([Buffer.alloc(AT, 0xee), SEEN, Buffer.alloc(5, 0xee)]);
}

test('the header of a batch that a real broker wrote is read in place', () => {
  const buffer = placed();
  expect({
    size: batch.batchSizeAt(buffer, AT),
    baseOffset: batch.baseOffsetOf(buffer, AT),
    lastOffset: batch.lastOffsetOf(buffer, AT),
    leaderEpoch: batch.partitionLeaderEpochOf(buffer, AT),
    magic: batch.magicOf(buffer, AT),
    crc: batch.crcOf(buffer, AT),
    isCrcValid: batch.isCrcValid(buffer, AT),
    codec: batch.compressionCodecOf(buffer, AT),
    baseTimestamp: batch.baseTimestampOf(buffer, AT),
    maxTimestamp: batch.maxTimestampOf(buffer, AT),
    producerId: batch.producerIdOf(buffer, AT),
    producerEpoch: batch.producerEpochOf(buffer, AT),
    baseSequence: batch.baseSequenceOf(buffer, AT),
    lastSequence: batch.lastSequenceOf(buffer, AT),
    recordCount: batch.recordCountOf(buffer, AT),
  }).toEqual({
    size: SEEN.length,
    baseOffset: 0,
    lastOffset: 1,
    leaderEpoch: 0,
    magic: 2,
    crc: 0xd12c7118,
    isCrcValid: true,
    codec: 'none',
    baseTimestamp: FIRST_TIMESTAMP,
    maxTimestamp: FIRST_TIMESTAMP + 9,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    lastSequence: -1,
    recordCount: 2,
  });
});

test('the same records build the same bytes', () => {
  const records = [
    { key: null, value: Buffer.from('a'), timestamp: FIRST_TIMESTAMP },
    { key: null, value: Buffer.from('b'), timestamp: FIRST_TIMESTAMP + 9 },
  ];
  expect(buildBatch({ records, leaderEpoch: 0 }).toString('hex')).toBe(SEEN.toString('hex'));
});

test('a changed byte behind the checksum is noticed', () => {
  const buffer = placed();
  buffer.writeUInt8(0x63, AT + SEEN.length - 2);
  expect(batch.isCrcValid(buffer, AT)).toBe(false);
  batch.patchCrc(buffer, AT);
  expect(batch.isCrcValid(buffer, AT)).toBe(true);
});

test('offset and leader epoch are patched without touching the checksum', () => {
  const buffer = placed();
  batch.patchBaseOffset(buffer, AT, 2 ** 40);
  batch.patchLeaderEpoch(buffer, AT, 7);
  expect(batch.lastOffsetOf(buffer, AT)).toBe(2 ** 40 + 1);
  expect(batch.partitionLeaderEpochOf(buffer, AT)).toBe(7);
  expect(batch.crcOf(buffer, AT)).toBe(0xd12c7118);
  expect(batch.isCrcValid(buffer, AT)).toBe(true);
});

test('with log append time the largest timestamp is that of every record', () => {
  const buffer = Buffer.from(SEEN);
  batch.patchTimestamps(buffer, 0, { isLogAppendTime: true, maxTimestamp: 5000 });
  expect(batch.hasLogAppendTime(buffer, 0)).toBe(true);
  expect(batch.isCrcValid(buffer, 0)).toBe(true);
  expect([...readRecords(buffer)].map(({ timestamp }) => timestamp)).toEqual([5000, 5000]);
  batch.patchTimestamps(buffer, 0, { isLogAppendTime: false, maxTimestamp: FIRST_TIMESTAMP + 9 });
  expect(buffer).toEqual(SEEN);
});

test.each`
  option                       | has
  ${{ isTransactional: true }} | ${'transactional'}
  ${{ isControl: true }}       | ${'control'}
  ${{ isLogAppendTime: true }} | ${'append time'}
  ${{ deleteHorizonMs: 1234 }} | ${'delete horizon'}
`(
  'a batch built with $option says so and no more',
  ({ option, has }: { option: object; has: string }) => {
    const built = buildBatch({ records: [{ key: null, value: null, timestamp: 1 }], ...option });
    expect({
      transactional: batch.isTransactional(built, 0),
      control: batch.isControl(built, 0),
      'append time': batch.hasLogAppendTime(built, 0),
      'delete horizon': batch.hasDeleteHorizon(built, 0),
    }).toEqual({
      transactional: false,
      control: false,
      'append time': false,
      'delete horizon': false,
      [has]: true,
    });
  },
);

test('a codec that does not exist is none', () => {
  const buffer = Buffer.from(SEEN);
  buffer.writeInt16BE(5, 21);
  expect(batch.compressionCodecOf(buffer, 0)).toBeUndefined();
});

test.each`
  sequence       | count | result         | because
  ${0}           | ${4}  | ${4}           | ${'sequences count records'}
  ${0x7fff_fffe} | ${1}  | ${0x7fff_ffff} | ${'the largest int32 is still used'}
  ${0x7fff_ffff} | ${1}  | ${0}           | ${'after it they begin at 0'}
  ${0x7fff_ffff} | ${5}  | ${4}           | ${'and go on from there'}
`(
  'sequence $sequence + $count is $result: $because',
  (row: { sequence: number; count: number; result: number }) => {
    expect(batch.incrementSequence(row.sequence, row.count)).toBe(row.result);
  },
);

test('the last sequence of a batch wraps too', () => {
  const records = [0, 1, 2].map(() => ({ key: null, value: null, timestamp: 1 }));
  const built = buildBatch({ records, producerId: 5, producerEpoch: 1, baseSequence: 0x7fff_ffff });
  expect(batch.lastSequenceOf(built, 0)).toBe(1);
});
