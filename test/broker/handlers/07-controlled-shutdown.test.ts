/** ControlledShutdown (7): the controller moves leaders away from a broker that is about to stop. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
} from '../../../src/protocol/messages/07-controlled-shutdown';
import { Brokers } from '../../builders/broker-client';
import { readEpochs } from '../../builders/broker-epoch';
import type { Epochs } from '../../builders/broker-epoch';
import { eventually } from '../../builders/process';

let brokers: Brokers;
let epochs: Epochs;
let controller: number;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  controller = await brokers.controllerId();
  epochs = await readEpochs(brokers, 2);
}, 60_000);
afterAll(() => brokers.stop());

async function shutDown(version: number, brokerId: number, brokerEpoch: number, at = controller) {
  const epoch = version >= 2 ? { brokerEpoch } : {};
  const answer = await brokers.ask(
    ControlledShutdownRequest,
    ControlledShutdownResponse,
    version,
    { brokerId, ...epoch },
    { broker: at },
  );
  const remaining = answer.remainingPartitions.map((each) => each.topicName);
  return { error: errorName(answer.errorCode), remaining };
}

test.each`
  version | id   | epoch | error                     | because
  ${1}    | ${9} | ${0}  | ${'BROKER_NOT_AVAILABLE'} | ${'there is no broker 9'}
  ${2}    | ${9} | ${-1} | ${'BROKER_NOT_AVAILABLE'} | ${'there is no broker 9'}
  ${3}    | ${9} | ${-1} | ${'BROKER_NOT_AVAILABLE'} | ${'there is no broker 9'}
  ${3}    | ${1} | ${1}  | ${'STALE_BROKER_EPOCH'}   | ${'it was started anew since'}
`('v$version of broker $id: $error because $because', async ({ version, id, epoch, error }) => {
  const answer = await shutDown(version as number, id as number, epoch as number);
  expect(answer).toEqual({ error, remaining: [] });
});

test('a broker that is not the controller refuses', async () => {
  const other = 3 - controller;
  const answer = await shutDown(3, other, epochs.brokerEpoch(other), other);
  expect(answer.error).toBe('STALE_CONTROLLER_EPOCH');
});

test('leaders move to other replicas in sync', async () => {
  const other = 3 - controller;
  await brokers.createTopic('moves', { assignment: [[other, controller]] });
  const answer = await shutDown(3, other, epochs.brokerEpoch(other));
  expect(answer).toEqual({ error: 'NONE', remaining: [] });
  const leader = await eventually('the leader has moved', async () => {
    const { topics } = await brokers.ask(
      MetadataRequest,
      MetadataResponse,
      9,
      { topics: [{ name: 'moves' }] },
      { broker: controller },
    );
    const id = topics[0]?.partitions[0]?.leaderId;
    return id === other ? undefined : id;
  });
  expect(leader).toBe(controller);
});
