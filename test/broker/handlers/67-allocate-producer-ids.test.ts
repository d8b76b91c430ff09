/** AllocateProducerIds (67): blocks of 1000 ids for brokers, from the controller. */
import { errorName } from '../../../src/protocol/errors';
import {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '../../../src/protocol/messages/67-allocate-producer-ids';
import { Brokers } from '../../builders/broker-client';
import { readEpochs } from '../../builders/broker-epoch';
import type { Epochs } from '../../builders/broker-epoch';

let brokers: Brokers;
let epochs: Epochs;
let controller: number;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  controller = await brokers.controllerId();
  epochs = await readEpochs(brokers, 2);
}, 60_000);
afterAll(() => brokers.stop());

async function allocate(brokerId: number, brokerEpoch: number, at = controller) {
  const answer = await brokers.ask(
    AllocateProducerIdsRequest,
    AllocateProducerIdsResponse,
    0,
    { brokerId, brokerEpoch },
    { broker: at },
  );
  const { producerIdStart: start, producerIdLen: length } = answer;
  return { error: errorName(answer.errorCode), start, length };
}

test('blocks follow each other, whoever asks', async () => {
  const first = await allocate(1, epochs.brokerEpoch(1));
  const second = await allocate(2, epochs.brokerEpoch(2));
  expect([first, second]).toMatchObject([
    { error: 'NONE', length: 1000 },
    { error: 'NONE', start: first.start + 1000, length: 1000 },
  ]);
});

test.each`
  id   | epoch | error                         | because
  ${1} | ${1}  | ${'STALE_BROKER_EPOCH'}       | ${'that broker was started anew since'}
  ${9} | ${1}  | ${'BROKER_ID_NOT_REGISTERED'} | ${'there is no broker 9'}
`('broker $id: $error because $because', async ({ id, epoch, error }) => {
  expect((await allocate(id as number, epoch as number)).error).toBe(error);
});

test('a broker that is not the controller refuses', async () => {
  const answer = await allocate(1, epochs.brokerEpoch(1), 3 - controller);
  expect(answer).toMatchObject({ error: 'NOT_CONTROLLER', length: 0 });
});
