/** UpdateMetadata (6): who may tell this broker of the cluster, and that it is believed. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  UpdateMetadataRequest,
  UpdateMetadataResponse,
} from '../../../src/protocol/messages/06-update-metadata';
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
  readonly topic?: string;
}

function liveBrokerOf(version: number) {
  const port = brokers.portOf(1);
  if (version === 0) return { id: 1, v0Host: '127.0.0.1', v0Port: port };
  const listener = version >= 3 ? { listener: 'PLAINTEXT' } : {};
  return {
    id: 1,
    endpoints: [{ port, host: '127.0.0.1', securityProtocol: 0, ...listener }],
    ...(version >= 2 ? { rack: null } : {}),
  };
}

/** Tells of one topic, and gives the error. */
async function tell(version: number, { topic = 'told', ...change }: Ask = {}): Promise<string> {
  const controllerEpoch = epochs.controllerEpoch + (change.controllerEpochChange ?? 0);
  const state = {
    ...(version <= 4 ? { topicName: topic } : {}),
    partitionIndex: 0,
    controllerEpoch,
    leader: 1,
    leaderEpoch: 0,
    isr: [1],
    zkVersion: 0,
    replicas: [1],
    ...(version >= 4 ? { offlineReplicas: [] } : {}),
  };
  const answer = await brokers.ask(UpdateMetadataRequest, UpdateMetadataResponse, version, {
    controllerId: 1,
    controllerEpoch,
    ...(version >= 5
      ? {
          brokerEpoch: epochs.brokerEpoch(1) + (change.brokerEpochChange ?? 0),
          topicStates: [
            {
              topicName: topic,
              ...(version >= 7 ? { topicId: 'y'.repeat(20) + String(version) + 'g' } : {}),
              partitionStates: [state],
            },
          ],
        }
      : { ungroupedPartitionStates: [state] }),
    liveBrokers: [liveBrokerOf(version)],
  });
  return errorName(answer.errorCode);
}

async function isKnown(topic: string): Promise<boolean> {
  const { topics } = await brokers.ask(MetadataRequest, MetadataResponse, 4, {
    topics: [{ name: topic }],
    allowAutoTopicCreation: false,
  });
  return topics[0]?.errorCode === 0 && topics[0].partitions[0]?.leaderId === 1;
}

test.each(versionsOf(UpdateMetadataRequest))('v%i is believed', async (version) => {
  const topic = `of-version-${String(version)}`;
  expect(await isKnown(topic)).toBe(false);
  expect(await tell(version, { topic })).toBe('NONE');
  expect(await isKnown(topic)).toBe(true);
});

test.each`
  version | change                           | error                       | because
  ${0}    | ${{ controllerEpochChange: -1 }} | ${'STALE_CONTROLLER_EPOCH'} | ${'another controller came since'}
  ${8}    | ${{ controllerEpochChange: -1 }} | ${'STALE_CONTROLLER_EPOCH'} | ${'another controller came since'}
  ${5}    | ${{ brokerEpochChange: -1 }}     | ${'STALE_BROKER_EPOCH'}     | ${'it was meant for the broker before its restart'}
  ${8}    | ${{ brokerEpochChange: -1 }}     | ${'STALE_BROKER_EPOCH'}     | ${'it was meant for the broker before its restart'}
`('v$version $change: $error because $because', async ({ version, change, error }) => {
  const topic = `refused-${String(version)}`;
  expect(await tell(version as number, { topic, ...(change as Ask) })).toBe(error);
  expect(await isKnown(topic)).toBe(false);
});
