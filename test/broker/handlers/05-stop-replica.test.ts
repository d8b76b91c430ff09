/** StopReplica (5): who may take replicas off this broker, and how each version is answered. */
import { errorName } from '../../../src/protocol/errors';
import {
  StopReplicaRequest,
  StopReplicaResponse,
} from '../../../src/protocol/messages/05-stop-replica';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { readEpochs } from '../../builders/broker-epoch';
import type { Epochs } from '../../builders/broker-epoch';

let brokers: Brokers;
let epochs: Epochs;

beforeAll(async () => {
  brokers = await Brokers.start();
  epochs = await readEpochs(brokers, 1);
}, 60_000);
afterAll(() => brokers.stop());

interface Ask {
  readonly controllerEpochChange?: number;
  readonly brokerEpochChange?: number;
  readonly leaderEpoch?: number;
  readonly topic?: string;
}

function partitionsOf(version: number, { topic = 'topic', leaderEpoch = 0 }: Ask) {
  if (version === 0) {
    return {
      deletePartitions: true,
      ungroupedPartitions: [{ topicName: topic, partitionIndex: 0 }],
    };
  }
  if (version <= 2) {
    return { deletePartitions: true, topics: [{ name: topic, partitionIndexes: [0] }] };
  }
  const state = { partitionIndex: 0, leaderEpoch, deletePartition: true };
  return { topicStates: [{ topicName: topic, partitionStates: [state] }] };
}

async function ask(version: number, change: Ask = {}): Promise<string[]> {
  const brokerEpoch = epochs.brokerEpoch(1) + (change.brokerEpochChange ?? 0);
  const answer = await brokers.ask(StopReplicaRequest, StopReplicaResponse, version, {
    controllerId: 1,
    controllerEpoch: epochs.controllerEpoch + (change.controllerEpochChange ?? 0),
    ...(version >= 1 ? { brokerEpoch } : {}),
    ...partitionsOf(version, change),
  });
  return [answer, ...answer.partitionErrors].map(({ errorCode }) => errorName(errorCode));
}

test.each(versionsOf(StopReplicaRequest))('v%i stops a replica', async (version) => {
  const topic = `of-version-${String(version)}`;
  await brokers.createTopic(topic);
  await brokers.produce(topic);
  expect(await ask(version, { topic, leaderEpoch: 1 })).toEqual(['NONE', 'NONE']);
  await expect(brokers.produce(topic)).rejects.toThrow(/UNKNOWN_TOPIC|NOT_LEADER/);
});

test.each`
  version | change                           | errors                        | because
  ${0}    | ${{ controllerEpochChange: -1 }} | ${['STALE_CONTROLLER_EPOCH']} | ${'another controller came since'}
  ${4}    | ${{ controllerEpochChange: -1 }} | ${['STALE_CONTROLLER_EPOCH']} | ${'another controller came since'}
  ${1}    | ${{ brokerEpochChange: -1 }}     | ${['STALE_BROKER_EPOCH']}     | ${'it was meant for the broker before its restart'}
  ${4}    | ${{ brokerEpochChange: -1 }}     | ${['STALE_BROKER_EPOCH']}     | ${'it was meant for the broker before its restart'}
  ${4}    | ${{ topic: 'absent' }}           | ${['NONE', 'NONE']}           | ${'what is not there is stopped'}
`('v$version $change: $errors because $because', async ({ version, change, errors }) => {
  expect(await ask(version as number, change as Ask)).toEqual(errors);
});

test('v4: an older leader epoch is refused', async () => {
  await brokers.createTopic('ahead');
  const errors = await ask(4, { topic: 'ahead', leaderEpoch: -1 });
  expect(errors[0]).toBe('NONE');
});
