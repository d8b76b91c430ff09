import {
  decodeGroupValue,
  decodeKey,
  decodeOffsetValue,
  encodeGroupKey,
  encodeGroupValue,
  encodeOffsetKey,
  encodeOffsetValue,
} from '../../../src/coordinator/group/records';
import type { GroupSnapshot } from '../../../src/coordinator/group/state/snapshot';

// All bytes here were written by the classes of Kafka 3.9.1 (kafka-group-coordinator).

const SNAPSHOT: GroupSnapshot = {
  groupId: 'g',
  protocolType: 'consumer',
  generation: 7,
  protocolName: 'range',
  leaderId: 'm1',
  stateTimestampMs: 1_700_000_000_123,
  members: [
    {
      id: 'm1',
      instanceId: 'i1',
      clientId: 'c1',
      clientHost: '/127.0.0.1',
      rebalanceTimeoutMs: 60_000,
      sessionTimeoutMs: 30_000,
      subscription: Buffer.from([1, 2, 3]),
      assignment: Buffer.from([4, 5]),
    },
  ],
};

const [MEMBER] = SNAPSHOT.members;

const GROUP_VALUES = {
  0: '00000008636f6e73756d657200000007000572616e676500026d310000000100026d3100026331000a2f3132372e302e302e310000753000000003010203000000020405',
  1: '00010008636f6e73756d657200000007000572616e676500026d310000000100026d3100026331000a2f3132372e302e302e310000ea600000753000000003010203000000020405',
  2: '00020008636f6e73756d657200000007000572616e676500026d310000018bcfe5687b0000000100026d3100026331000a2f3132372e302e302e310000ea600000753000000003010203000000020405',
  3: '00030008636f6e73756d657200000007000572616e676500026d310000018bcfe5687b0000000100026d310002693100026331000a2f3132372e302e302e310000ea600000753000000003010203000000020405',
  4: '000409636f6e73756d6572000000070672616e6765036d310000018bcfe5687b02036d310369310363310b2f3132372e302e302e310000ea6000007530040102030304050000',
};

const EMPTY_GROUP_VALUE = '0003000000000001ffffffffffffffffffffffff00000000';

test('group records are written as Kafka 3.9 writes them', () => {
  expect(encodeGroupKey('g').toString('hex')).toBe('0002000167');
  expect(encodeGroupValue(SNAPSHOT).toString('hex')).toBe(GROUP_VALUES[3]);
  const empty: GroupSnapshot = {
    groupId: 'g',
    protocolType: undefined,
    generation: 1,
    protocolName: undefined,
    leaderId: undefined,
    stateTimestampMs: undefined,
    members: [],
  };
  expect(encodeGroupValue(empty).toString('hex')).toBe(EMPTY_GROUP_VALUE);
});

test.each`
  version | expected                                                                                                                | because
  ${4}    | ${SNAPSHOT}                                                                                                             | ${'the flexible version holds the same'}
  ${3}    | ${SNAPSHOT}                                                                                                             | ${'this is what is written'}
  ${2}    | ${{ ...SNAPSHOT, members: [{ ...MEMBER, instanceId: null }] }}                                                          | ${'static members came with version 3'}
  ${1}    | ${{ ...SNAPSHOT, stateTimestampMs: undefined, members: [{ ...MEMBER, instanceId: null }] }}                             | ${'the state timestamp came with version 2'}
  ${0}    | ${{ ...SNAPSHOT, stateTimestampMs: undefined, members: [{ ...MEMBER, instanceId: null, rebalanceTimeoutMs: 30_000 }] }} | ${'one time-out was both'}
`('group value version $version is read: $because', ({ version, expected }) => {
  const bytes = Buffer.from(GROUP_VALUES[version as keyof typeof GROUP_VALUES], 'hex');
  expect(decodeGroupValue('g', bytes)).toEqual(expected);
});

const OFFSET = {
  offset: 42,
  leaderEpoch: 3,
  metadata: 'm',
  commitTimestampMs: 1_700_000_000_123,
  expireTimestampMs: undefined,
};

test('offset records are written as Kafka 3.9 writes them', () => {
  expect(encodeOffsetKey('g', 't', 5).toString('hex')).toBe('000100016700017400000005');
  expect(encodeOffsetValue(OFFSET).toString('hex')).toBe(
    '0003000000000000002a0000000300016d0000018bcfe5687b',
  );
  const withExpiration = { ...OFFSET, expireTimestampMs: 1_700_000_099_999 };
  expect(encodeOffsetValue(withExpiration).toString('hex')).toBe(
    '0001000000000000002a00016d0000018bcfe5687b0000018bcfe6ee9f',
  );
});

test.each`
  bytes                                                           | expected                                                                | because
  ${'0000000000000000002a00016d0000018bcfe5687b'}                 | ${{ ...OFFSET, leaderEpoch: -1 }}                                       | ${'version 0 has no leader epoch'}
  ${'0001000000000000002a00016d0000018bcfe5687b0000018bcfe6ee9f'} | ${{ ...OFFSET, leaderEpoch: -1, expireTimestampMs: 1_700_000_099_999 }} | ${'version 1 says when it expires'}
  ${'0001000000000000002a00016d0000018bcfe5687bffffffffffffffff'} | ${{ ...OFFSET, leaderEpoch: -1 }}                                       | ${'−1 is no expiration'}
  ${'0002000000000000002a00016d0000018bcfe5687b'}                 | ${{ ...OFFSET, leaderEpoch: -1 }}                                       | ${'version 2 is as version 0'}
  ${'0003000000000000002a0000000300016d0000018bcfe5687b'}         | ${OFFSET}                                                               | ${'this is what is written'}
  ${'0004000000000000002a00000003026d0000018bcfe5687b00'}         | ${OFFSET}                                                               | ${'the flexible version holds the same'}
`('offset value $bytes is read: $because', ({ bytes, expected }) => {
  expect(decodeOffsetValue(Buffer.from(bytes as string, 'hex'))).toEqual(expected);
});

test.each`
  bytes                         | expected                                                      | because
  ${'000000016700017400000005'} | ${{ kind: 'offset', groupId: 'g', topic: 't', partition: 5 }} | ${'version 0 is an offset'}
  ${'000100016700017400000005'} | ${{ kind: 'offset', groupId: 'g', topic: 't', partition: 5 }} | ${'version 1 is an offset'}
  ${'0002000167'}               | ${{ kind: 'group', groupId: 'g' }}                            | ${'version 2 is a group'}
  ${'0003000167'}               | ${{ kind: 'unknown', version: 3 }}                            | ${'version 3 is of the newer group protocol'}
`('key $bytes is read: $because', ({ bytes, expected }) => {
  expect(decodeKey(Buffer.from(bytes as string, 'hex'))).toEqual(expected);
});

// A group and an offset of a kafkajs consumer, as seen on a Kafka 3.9 broker, with the fields it had.
test('records of a real consumer have the fields where Kafka has them', () => {
  const memberId = 'm'.repeat(0x69);
  const member = {
    id: memberId,
    instanceId: null,
    clientId: 'c'.repeat(0x44),
    clientHost: '/127.0.0.1',
    rebalanceTimeoutMs: 0xea60,
    sessionTimeoutMs: 0x7530,
    subscription: Buffer.alloc(0x56, 1),
    assignment: Buffer.alloc(0x62, 2),
  };
  const value = encodeGroupValue({
    groupId: 'g'.repeat(0x51),
    protocolType: 'consumer',
    generation: 1,
    protocolName: 'RoundRobinAssigner',
    leaderId: memberId,
    stateTimestampMs: 0x1a20225119c,
    members: [member],
  });
  const text = (length: string, letter: string): string =>
    length + Buffer.from(letter.repeat(Number.parseInt(length, 16))).toString('hex');
  const parts = [
    '0003',
    `0008${Buffer.from('consumer').toString('hex')}`,
    '00000001',
    `0012${Buffer.from('RoundRobinAssigner').toString('hex')}`,
    text('0069', 'm'),
    '000001a20225119c',
    '00000001',
    text('0069', 'm'),
    'ffff',
    text('0044', 'c'),
    `000a${Buffer.from('/127.0.0.1').toString('hex')}`,
    '0000ea60',
    '00007530',
    `00000056${'01'.repeat(0x56)}`,
    `00000062${'02'.repeat(0x62)}`,
  ];
  expect(value.toString('hex')).toBe(parts.join(''));
  const offset = {
    offset: 13,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: 0x1a2022511d9,
    expireTimestampMs: undefined,
  };
  expect(encodeOffsetValue(offset).toString('hex')).toBe(
    '0003000000000000000dffffffff0000000001a2022511d9',
  );
  const key = encodeOffsetKey('g'.repeat(0x51), 't'.repeat(0x4a), 0x30);
  expect(key.toString('hex')).toBe(`0001${text('0051', 'g')}${text('004a', 't')}00000030`);
});

test.each`
  bytes                                 | message                       | because
  ${''}                                 | ${'record without a version'} | ${'there is no version'}
  ${'00'}                               | ${'record without a version'} | ${'there is half a version'}
  ${'0005'}                             | ${'record version 5'}         | ${'the version is unknown'}
  ${'ffff'}                             | ${'record version -1'}        | ${'the version is negative'}
  ${'0003000000000000002a000000030010'} | ${/./}                        | ${'it ends inside of a string'}
  ${'0003000000000000002a00000003ffff'} | ${/./}                        | ${'the metadata may not be null'}
`('offset value $bytes is refused because $because', ({ bytes, message }) => {
  expect(() => decodeOffsetValue(Buffer.from(bytes as string, 'hex'))).toThrow(message);
});

test.each`
  change                                           | because
  ${{ protocolName: undefined }}                   | ${'members have chosen no protocol'}
  ${{ members: [MEMBER, MEMBER] }}                 | ${'a member is there twice'}
  ${{ members: [MEMBER, { ...MEMBER, id: 'x' }] }} | ${'an instance is there twice'}
`('a group record is refused because $because', ({ change }) => {
  const bytes = encodeGroupValue({ ...SNAPSHOT, ...change });
  expect(() => decodeGroupValue('g', bytes)).toThrow('group record with');
});
