/** ListPartitionReassignments (46): none are under way here; still only the controller says so. */
import { errorName } from '../../../src/protocol/errors';
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../../../src/protocol/messages/46-list-partition-reassignments';
import { Brokers } from '../../builders/broker-client';

let brokers: Brokers;
let controller: number;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  controller = await brokers.controllerId();
  await brokers.createTopic('topic');
}, 60_000);
afterAll(() => brokers.stop());

const list = (topics: { name: string; partitionIndexes: number[] }[] | null, broker: number) =>
  brokers.ask(
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    0,
    { timeoutMs: 5000, topics },
    { broker },
  );

test.each`
  topics                                           | because
  ${null}                                          | ${'null asks for all'}
  ${[]}                                            | ${'nothing was asked for'}
  ${[{ name: 'topic', partitionIndexes: [0, 7] }]} | ${'the topic stays where it is'}
  ${[{ name: 'absent', partitionIndexes: [0] }]}   | ${'what is not there does not move'}
`('$topics: none because $because', async ({ topics }) => {
  const answer = await list(topics as { name: string; partitionIndexes: number[] }[], controller);
  expect(answer).toMatchObject({ errorCode: 0, errorMessage: '', topics: [] });
});

test('a broker that is not the controller refuses', async () => {
  const { errorCode, topics } = await list(null, 3 - controller);
  expect([errorName(errorCode), topics]).toEqual(['NOT_CONTROLLER', []]);
});
