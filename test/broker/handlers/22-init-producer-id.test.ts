/** InitProducerId (22): ids for idempotent producers. */
import { errorName } from '../../../src/protocol/errors';
import {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '../../../src/protocol/messages/22-init-producer-id';
import type { InputOf } from '../../../src/protocol/schema';
import { Brokers, isRealKafka, versionsOf } from '../../builders/broker-client';

type Request = InputOf<typeof InitProducerIdRequest>;

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  await brokers.producerId();
}, 60_000);
afterAll(() => brokers.stop());

async function init(version: number, fields: Partial<Request> = {}, broker = 1) {
  const request = { transactionalId: null, transactionTimeoutMs: 1000, ...fields };
  const answer = await brokers.ask(
    InitProducerIdRequest,
    InitProducerIdResponse,
    version,
    request,
    { broker },
  );
  return { ...answer, error: errorName(answer.errorCode) };
}

test.each(versionsOf(InitProducerIdRequest))('v%i gives an id at epoch 0', async (version) => {
  const answer = await init(version);
  expect(answer).toMatchObject({ error: 'NONE', producerEpoch: 0, throttleTimeMs: 0 });
  expect(answer.producerId).toBeGreaterThanOrEqual(0);
});

test('every id is another one, whichever broker gives it', async () => {
  const ids: number[] = [];
  for (let i = 0; i < 20; i++) {
    const { error, producerId } = await init(5, {}, 1 + (i % 2));
    if (error === 'NONE') ids.push(producerId);
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(10);
});

test.each`
  fields                                  | error                | because
  ${{ producerId: 7, producerEpoch: -1 }} | ${'INVALID_REQUEST'} | ${'an id without its epoch means nothing'}
  ${{ producerId: -1, producerEpoch: 3 }} | ${'INVALID_REQUEST'} | ${'an epoch without its id means nothing'}
  ${{ transactionalId: '' }}              | ${'INVALID_REQUEST'} | ${'a transactional id is not empty'}
  ${{ producerId: 7, producerEpoch: 3 }}  | ${'NONE'}            | ${'without transactions a new id is given'}
`('$fields: $error because $because', async ({ fields, error }) => {
  const answer = await init(3, fields as Partial<Request>);
  expect(answer.error).toBe(error);
  expect(answer.producerId !== -1).toBe(error === 'NONE');
});

test('there is no coordinator of transactions to be had here', async () => {
  const { error } = await init(3, { transactionalId: 'transfers' });
  expect(error).toBe(isRealKafka ? 'NOT_COORDINATOR' : 'COORDINATOR_NOT_AVAILABLE');
});
