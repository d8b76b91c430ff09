import { topicsOfSubscription } from '../../../../src/coordinator/group/state/consumer-protocol';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol';

const OWNED = [
  { topic: 'a', partition: 0 },
  { topic: 'a', partition: 2 },
  { topic: 'b', partition: 1 },
];
const SUBSCRIPTION = { topics: ['a', 'b'], owned: OWNED, generation: 7 };

test.each`
  version | told
  ${0}    | ${{ topics: ['a', 'b'], owned: [], generation: -1 }}
  ${1}    | ${{ topics: ['a', 'b'], owned: OWNED, generation: -1 }}
  ${2}    | ${SUBSCRIPTION}
  ${3}    | ${SUBSCRIPTION}
`('a subscription of version $version tells what that version has', ({ version, told }) => {
  const bytes = encodeSubscription(SUBSCRIPTION, version);
  expect(decodeSubscription(bytes)).toEqual(told);
  expect(topicsOfSubscription(bytes)).toEqual(['a', 'b']);
});

test('version 2 as it lies in the bytes of a Java client', () => {
  const one = { topics: ['t'], owned: [{ topic: 't', partition: 3 }], generation: 5 };
  expect(encodeSubscription(one, 2).toString('hex')).toBe(
    [
      '0002',
      '00000001',
      '000174',
      'ffffffff',
      '00000001',
      '000174',
      '00000001',
      '00000003',
      '00000005',
    ].join(''),
  );
});

test('an assignment comes back as it was; no bytes are none', () => {
  expect(decodeAssignment(encodeAssignment(OWNED))).toEqual(OWNED);
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
});
