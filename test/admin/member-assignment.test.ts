/** The bytes are those of Kafka's ConsumerProtocol: version, topics with partitions, user data. */
import { assignedPartitions } from '../../src/admin/member-assignment';

const TWO_TOPICS = Buffer.from(
  '0001' + // version
    '00000002' +
    '000161' + // a
    '00000001' +
    '00000007' +
    '00026263' + // bc
    '00000002' +
    '00000000' +
    '00000001' +
    'ffffffff', // no user data
  'hex',
);

test('topics with their partitions', () => {
  expect(assignedPartitions(TWO_TOPICS)).toEqual([
    { topic: 'a', partition: 7 },
    { topic: 'bc', partition: 0 },
    { topic: 'bc', partition: 1 },
  ]);
});

test.each`
  bytes                         | because
  ${Buffer.alloc(0)}            | ${'a member without an assignment has none'}
  ${TWO_TOPICS.subarray(0, 20)} | ${'a message that ends too early is none'}
  ${Buffer.from('assignment')}  | ${'other protocols put there what they like'}
`('nothing, because $because', ({ bytes }) => {
  expect(assignedPartitions(bytes)).toEqual([]);
});
