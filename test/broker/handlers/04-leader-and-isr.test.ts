/** LeaderAndIsr (4): who may give this broker roles, and how each version is answered. */
import { errorName } from '../../../src/protocol/errors';
import {
  LeaderAndIsrRequest,
  LeaderAndIsrResponse,
} from '../../../src/protocol/messages/04-leader-and-isr';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { readEpochs } from '../../builders/broker-epoch';
import type { Epochs } from '../../builders/broker-epoch';

let brokers: Brokers;
let epochs: Epochs;
let topicId: string;

beforeAll(async () => {
  brokers = await Brokers.start();
  topicId = await brokers.createTopic('topic');
  epochs = await readEpochs(brokers, 1);
}, 60_000);
afterAll(() => brokers.stop());

interface Ask {
  readonly controllerEpochChange?: number;
  readonly brokerEpochChange?: number;
  readonly leaderEpoch?: number;
  readonly topicId?: string;
  readonly isEmpty?: boolean;
}

async function ask(version: number, change: Ask = {}) {
  const controllerEpoch = epochs.controllerEpoch + (change.controllerEpochChange ?? 0);
  const state = {
    ...(version <= 1 ? { topicName: 'topic' } : {}),
    partitionIndex: 0,
    controllerEpoch,
    leader: 1,
    leaderEpoch: change.leaderEpoch ?? 0,
    isr: [1],
    partitionEpoch: 0,
    replicas: [1],
    ...(version >= 3 ? { addingReplicas: [], removingReplicas: [] } : {}),
  };
  const states = change.isEmpty === true ? [] : [state];
  const byTopic = {
    topicName: 'topic',
    ...(version >= 5 ? { topicId: change.topicId ?? topicId } : {}),
    partitionStates: states,
  };
  const answer = await brokers.ask(LeaderAndIsrRequest, LeaderAndIsrResponse, version, {
    controllerId: 1,
    controllerEpoch,
    ...(version >= 2
      ? {
          brokerEpoch: epochs.brokerEpoch(1) + (change.brokerEpochChange ?? 0),
          topicStates: states.length > 0 ? [byTopic] : [],
        }
      : { ungroupedPartitionStates: states }),
    ...(version >= 5 ? { type: 0 } : {}),
    liveLeaders: [{ brokerId: 1, hostName: '127.0.0.1', port: brokers.portOf(1) }],
  });
  const partitions = [
    ...answer.partitionErrors,
    ...answer.topics.flatMap(({ partitionErrors }) => partitionErrors),
  ];
  return [answer, ...partitions].map(({ errorCode }) => errorName(errorCode));
}

const VERSIONS = versionsOf(LeaderAndIsrRequest);

test.each(VERSIONS)('v%i: what is known already is refused', async (version) => {
  expect(await ask(version)).toEqual(['NONE', 'STALE_CONTROLLER_EPOCH']);
});

test.each(VERSIONS)('v%i: a new leader epoch is taken', async (version) => {
  const leaderEpoch = version + 1;
  expect(await ask(version, { leaderEpoch })).toEqual(['NONE', 'NONE']);
});

test.each(VERSIONS)('v%i: an old controller is refused', async (version) => {
  const errors = await ask(version, { controllerEpochChange: -1 });
  expect(errors).toEqual(['STALE_CONTROLLER_EPOCH', 'STALE_CONTROLLER_EPOCH']);
});

test.each`
  version | change                               | errors                                          | because
  ${2}    | ${{ brokerEpochChange: -1 }}         | ${['STALE_BROKER_EPOCH', 'STALE_BROKER_EPOCH']} | ${'it was meant for the broker before its restart'}
  ${7}    | ${{ brokerEpochChange: -1 }}         | ${['STALE_BROKER_EPOCH', 'STALE_BROKER_EPOCH']} | ${'it was meant for the broker before its restart'}
  ${7}    | ${{ leaderEpoch: -1 }}               | ${['NONE', 'STALE_CONTROLLER_EPOCH']}           | ${'the partition is further on'}
  ${7}    | ${{ topicId: 'x'.repeat(21) + 'g' }} | ${['NONE', 'INCONSISTENT_TOPIC_ID']}            | ${'the topic here has another id'}
  ${7}    | ${{ isEmpty: true }}                 | ${['NONE']}                                     | ${'there is nothing to do'}
`('v$version $change: $errors because $because', async ({ version, change, errors }) => {
  expect(await ask(version as number, change as Ask)).toEqual(errors);
});
