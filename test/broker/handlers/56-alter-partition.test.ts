/** AlterPartition (56): leaders ask the controller to change the ISR. */
import { errorName } from '../../../src/protocol/errors';
import {
  AlterPartitionRequest,
  AlterPartitionResponse,
} from '../../../src/protocol/messages/56-alter-partition';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { readEpochs } from '../../builders/broker-epoch';
import type { Epochs } from '../../builders/broker-epoch';

let brokers: Brokers;
let epochs: Epochs;
let controller: number;
const ids = new Map<string, string>();

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  controller = await brokers.controllerId();
  for (const version of [...versionsOf(AlterPartitionRequest), 'x']) {
    const topic = `topic-${String(version)}`;
    ids.set(topic, await brokers.createTopic(topic, { assignment: [[1, 2]] }));
  }
  epochs = await readEpochs(brokers, 2);
}, 60_000);
afterAll(() => brokers.stop());

interface Ask {
  readonly topic?: string;
  readonly topicId?: string;
  readonly partition?: number;
  readonly leaderEpoch?: number;
  readonly partitionEpoch?: number;
  readonly isr?: readonly number[];
  readonly brokerEpochChange?: number;
  readonly broker?: number;
}

async function alter(version: number, { topic = 'topic-x', isr = [1], ...change }: Ask) {
  const partition = {
    partitionIndex: change.partition ?? 0,
    leaderEpoch: change.leaderEpoch ?? 0,
    partitionEpoch: change.partitionEpoch ?? 0,
    ...(version >= 3
      ? {
          newIsrWithEpochs: isr.map((brokerId) => ({
            brokerId,
            brokerEpoch: epochs.brokerEpoch(brokerId),
          })),
        }
      : { newIsr: [...isr] }),
  };
  const name =
    version >= 2 ? { topicId: change.topicId ?? ids.get(topic) ?? '' } : { topicName: topic };
  const answer = await brokers.ask(
    AlterPartitionRequest,
    AlterPartitionResponse,
    version,
    {
      brokerId: 1,
      brokerEpoch: epochs.brokerEpoch(1) + (change.brokerEpochChange ?? 0),
      topics: [{ ...name, partitions: [partition] }],
    },
    { broker: change.broker ?? controller },
  );
  const found = answer.topics[0]?.partitions[0];
  return {
    error: errorName(answer.errorCode),
    partitionError: found && errorName(found.errorCode),
    isr: found?.isr,
    partitionEpoch: found?.partitionEpoch,
  };
}

test.each(versionsOf(AlterPartitionRequest))('v%i shrinks an ISR', async (version) => {
  expect(await alter(version, { topic: `topic-${String(version)}` })).toEqual({
    error: 'NONE',
    partitionError: 'NONE',
    isr: [1],
    partitionEpoch: 1,
  });
});

test.each`
  version | change                               | error                   | partitionError                  | because
  ${3}    | ${{ brokerEpochChange: -1 }}         | ${'STALE_BROKER_EPOCH'} | ${undefined}                    | ${'that broker was started anew since'}
  ${1}    | ${{ topic: 'absent' }}               | ${'NONE'}               | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${3}    | ${{ topicId: 'x'.repeat(21) + 'g' }} | ${'NONE'}               | ${'UNKNOWN_TOPIC_ID'}           | ${'nobody has that id'}
  ${3}    | ${{ partition: 7 }}                  | ${'NONE'}               | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such partition'}
  ${3}    | ${{ leaderEpoch: -1 }}               | ${'NONE'}               | ${'FENCED_LEADER_EPOCH'}        | ${'the partition is further on'}
  ${3}    | ${{ partitionEpoch: -1 }}            | ${'NONE'}               | ${'INVALID_UPDATE_VERSION'}     | ${'the state is of another version'}
  ${3}    | ${{ isr: [1, 2] }}                   | ${'NONE'}               | ${'NONE'}                       | ${'it is so already'}
`('v$version $change: $error $partitionError because $because', async (row) => {
  const answer = await alter(row.version as number, row.change as Ask);
  expect(answer).toMatchObject({ error: row.error });
  expect(answer.partitionError).toBe(row.partitionError);
});

test('a broker that is not the controller refuses', async () => {
  expect((await alter(3, { broker: 3 - controller })).error).toBe('NOT_CONTROLLER');
});
