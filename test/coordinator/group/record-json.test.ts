import { codecOf } from '../../../src/protocol/codec';
import type { InputOf, MessageSpec } from '../../../src/protocol/schema';
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
} from '../../../src/coordinator/group/consumer-protocol-schemas';
import { groupRecordJson } from '../../../src/coordinator/group/record-json';
import {
  encodeGroupKey,
  encodeOffsetKey,
  encodeOffsetValue,
} from '../../../src/coordinator/group/records';
import { GroupMetadataValue } from '../../../src/coordinator/group/record-schemas';

function encode<S extends MessageSpec>(spec: S, version: number, message: InputOf<S>): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeInt16BE(version);
  return Buffer.concat([prefix, ...codecOf(spec).encode(message, version)]);
}

const offsetKey = encodeOffsetKey('g', 't', 3);
const offsetValue = encodeOffsetValue({
  offset: 42,
  leaderEpoch: 5,
  metadata: 'm',
  commitTimestampMs: 1000,
  expireTimestampMs: undefined,
});

test('an offset commit has the fields of its version, no more', () => {
  expect(groupRecordJson(offsetKey, offsetValue)).toEqual({
    key: { type: '1', data: { group: 'g', topic: 't', partition: 3 } },
    value: {
      version: '3',
      data: { offset: 42, leaderEpoch: 5, metadata: 'm', commitTimestamp: 1000 },
    },
  });
});

test('a tombstone has no value', () => {
  expect(groupRecordJson(offsetKey, null)?.value).toBeNull();
});

function groupValue(protocolType: string, subscription: Buffer): Buffer {
  const partitions = [{ topic: 't', partitions: [0, 2] }];
  return encode(GroupMetadataValue, 3, {
    protocolType,
    generation: 1,
    protocol: 'range',
    leader: 'm',
    currentStateTimestamp: 5,
    members: [
      {
        memberId: 'm',
        groupInstanceId: null,
        clientId: 'c',
        clientHost: '/h',
        rebalanceTimeout: 10,
        sessionTimeout: 20,
        subscription,
        assignment: encode(ConsumerProtocolAssignment, 1, { assignedPartitions: partitions }),
      },
    ],
  });
}

test('what members of a consumer group say is decoded', () => {
  const said = { topics: ['t'], ownedPartitions: [], generationId: 7 };
  const subscription = encode(ConsumerProtocolSubscription, 2, said);
  const json = groupRecordJson(encodeGroupKey('g'), groupValue('consumer', subscription));
  expect(json?.key).toEqual({ type: '2', data: { group: 'g' } });
  expect(json?.value?.data).toMatchObject({
    generation: 1,
    members: [
      {
        memberId: 'm',
        groupInstanceId: null,
        subscription: { topics: ['t'], userData: null, ownedPartitions: [], generationId: 7 },
        assignment: { assignedPartitions: [{ topic: 't', partitions: [0, 2] }], userData: null },
      },
    ],
  });
});

test.each`
  protocolType  | subscription          | because
  ${'connect'}  | ${Buffer.from('abc')} | ${'another protocol has a format of its own'}
  ${'consumer'} | ${Buffer.from('abc')} | ${'these are no bytes of the consumer protocol'}
`('a subscription stays as it is, in base64: $because', ({ protocolType, subscription }) => {
  const json = groupRecordJson(encodeGroupKey('g'), groupValue(protocolType, subscription));
  expect(json?.value?.data).toMatchObject({ members: [{ subscription: 'YWJj' }] });
});

test.each`
  key                           | value                         | because
  ${null}                       | ${offsetValue}                | ${'there is no key'}
  ${Buffer.from('0')}           | ${offsetValue}                | ${'the key has no version'}
  ${Buffer.from('0009', 'hex')} | ${null}                       | ${'the key is of another kind'}
  ${offsetKey.subarray(0, 5)}   | ${offsetValue}                | ${'the key is cut short'}
  ${offsetKey}                  | ${offsetValue.subarray(0, 9)} | ${'the value is cut short'}
  ${offsetKey}                  | ${Buffer.from('0063', 'hex')} | ${'the version of the value is not known'}
`('nothing is made of a record of which $because', ({ key, value }) => {
  expect(groupRecordJson(key, value)).toBeUndefined();
});
