import { errorCode } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import { ProduceRequest, ProduceResponse } from '../../../../src/protocol/messages/00-produce';
import {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '../../../../src/protocol/messages/22-init-producer-id';
import { baseSequenceOf, producerEpochOf } from '../../../../src/protocol/records/batch';
import { readRecords } from '../../../../src/protocol/records/reader';
import type { WorkloadPlan } from '../../plan';
import { startWorkload } from '../index';
import { ScriptedBroker } from '../scripted-broker';

interface Arrived {
  readonly records: string[];
  readonly sequence: number;
  readonly epoch: number;
}

/** A broker that appends to a log of its own, unless `outcomes` say otherwise for the first requests. */
async function aBroker(outcomes: (ErrorName | 'silence')[] = []) {
  const broker = await ScriptedBroker.start();
  const arrived: Arrived[] = [];
  let endOffset = 100;
  let ids = 0;
  broker.on(InitProducerIdRequest, InitProducerIdResponse, () => ({
    errorCode: 0,
    producerId: ids++,
    producerEpoch: 0,
    throttleTimeMs: 0,
  }));
  broker.on(ProduceRequest, ProduceResponse, ({ acks, topicData }) => {
    const batch = topicData[0]?.partitionData[0]?.records as Buffer;
    const records = [...readRecords(batch)].map(({ value }) => String(value));
    arrived.push({ records, sequence: baseSequenceOf(batch, 0), epoch: producerEpochOf(batch, 0) });
    const outcome = outcomes.shift() ?? 'NONE';
    if (acks === 0) return 'unanswered';
    if (outcome === 'silence') return 'silence';
    const baseOffset = outcome === 'NONE' ? endOffset : -1;
    if (outcome === 'NONE') endOffset += records.length;
    const partitionResponses = [
      { index: 0, errorCode: errorCode(outcome), baseOffset, logAppendTimeMs: -1 },
    ];
    return { responses: [{ name: 't', partitionResponses }] };
  });
  return { broker, arrived };
}

type Options = WorkloadPlan['options'];

async function run(outcomes: (ErrorName | 'silence')[], options: Options, durationMs = 2_000) {
  const { broker, arrived } = await aBroker(outcomes);
  const plan = { id: 0, kind: 'producer', options } as const;
  const workload = startWorkload(plan, broker.context);
  await broker.world.runUntil(durationMs);
  workload.stop();
  await broker.world.runUntil(durationMs + 60_000, () => workload.isIdle);
  expect(workload.isIdle).toBe(true);
  const events = broker.history.events.map((event) => ({ ...event, atMs: 0 }));
  return { arrived, events, of: (kind: string) => events.filter((event) => event.kind === kind) };
}

test('each record is sent, and acknowledged with its offset', async () => {
  const { arrived, of } = await run([], {});
  const records = arrived.flatMap((each) => each.records);
  expect(records.length).toBeGreaterThan(2);
  expect(of('sent')).toEqual(
    records.map((record) => ({
      ...{ kind: 'sent', atMs: 0, client: 'p0', topic: 't', partition: 0 },
      ...{ record, acks: -1, isIdempotent: true },
    })),
  );
  expect(of('acked')).toEqual(
    records.map((record, index) => ({
      ...{ kind: 'acked', atMs: 0, client: 'p0', topic: 't', partition: 0 },
      ...{ record, offset: 100 + index, copies: 1 },
    })),
  );
  expect(of('failed')).toEqual([]);
});

test.each`
  outcomes                            | options                                                   | first                                           | because
  ${['NOT_ENOUGH_REPLICAS']}          | ${{}}                                                     | ${{ kind: 'acked', copies: 1 }}                 | ${'a refusal that may pass is tried again'}
  ${['silence']}                      | ${{}}                                                     | ${{ kind: 'acked', copies: 1 }}                 | ${'an idempotent batch is known again'}
  ${['silence']}                      | ${{ isIdempotent: false, retriesUnknown: false }}         | ${{ kind: 'failed', isSure: false, copies: 1 }} | ${'it may be there already'}
  ${['silence']}                      | ${{ isIdempotent: false, retriesUnknown: true }}          | ${{ kind: 'acked', copies: 2 }}                 | ${'nobody knows whether the first one was appended'}
  ${['NOT_LEADER_OR_FOLLOWER']}       | ${{ isIdempotent: false, retriesUnknown: true, acks: 1 }} | ${{ kind: 'acked', copies: 2 }}                 | ${'leadership may have been lost after the append'}
  ${['NOT_ENOUGH_REPLICAS']}          | ${{ isIdempotent: false, retriesUnknown: true }}          | ${{ kind: 'acked', copies: 1 }}                 | ${'nothing was appended at first'}
  ${['MESSAGE_TOO_LARGE']}            | ${{}}                                                     | ${{ kind: 'failed', isSure: true, copies: 0 }}  | ${'it will not pass'}
  ${['DUPLICATE_SEQUENCE_NUMBER']}    | ${{}}                                                     | ${{ kind: 'acked', offset: -1, copies: 1 }}     | ${'it is in the log, and nobody knows where'}
  ${['OUT_OF_ORDER_SEQUENCE_NUMBER']} | ${{ maxInFlight: 1 }}                                     | ${{ kind: 'acked', copies: 1 }}                 | ${'a new epoch begins'}
  ${[]}                               | ${{ isIdempotent: false, acks: 0 }}                       | ${{ kind: 'acked', offset: -1, copies: 1 }}     | ${'nobody is asked'}
`(
  'after $outcomes the first record is $first.kind: $because',
  async ({ outcomes, options, first }) => {
    const { events } = await run(outcomes, options);
    const settled = events.find(
      (event) => 'record' in event && event.kind !== 'sent' && event.record === 'p0-000000',
    );
    expect(settled).toMatchObject(first);
  },
);

test('every record is settled once, whatever is answered', async () => {
  const outcomes: (ErrorName | 'silence')[] = Array.from({ length: 8 }, (_, index) =>
    index % 3 === 0 ? 'silence' : 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  );
  const { of } = await run(outcomes, {}, 20_000);
  const settled = [...of('acked'), ...of('failed')].map(
    (event) => 'record' in event && event.record,
  );
  expect(of('sent').length).toBeGreaterThan(20);
  expect(settled.length).toBe(of('sent').length);
  expect(new Set(settled)).toEqual(
    new Set(of('sent').map((event) => 'record' in event && event.record)),
  );
});

test('what was refused until it was too old is certainly not there; what was not answered may be', async () => {
  const refusals = Array<ErrorName>(400).fill('NOT_ENOUGH_REPLICAS');
  const refused = await run(refusals, { deliveryTimeoutMs: 3_000 });
  expect(refused.of('failed')[0]).toMatchObject({ error: 'EXPIRED', isSure: true, copies: 0 });
  const silences = Array<'silence'>(400).fill('silence');
  const unanswered = await run(silences, { deliveryTimeoutMs: 3_000 });
  expect(unanswered.of('failed')[0]).toMatchObject({ error: 'EXPIRED', isSure: false, copies: 1 });
});

test('a gap makes the producer raise its epoch and begin at sequence 0', async () => {
  const { arrived } = await run(['NONE', 'OUT_OF_ORDER_SEQUENCE_NUMBER'], { maxInFlight: 1 });
  expect(arrived[1]).toMatchObject({ epoch: 0 });
  expect(arrived[1]?.sequence).toBeGreaterThan(0);
  expect(arrived[2]).toEqual({ records: arrived[1]?.records, epoch: 1, sequence: 0 });
});

test.each`
  outcome                           | options                             | because
  ${'UNKNOWN_SERVER_ERROR'}         | ${{}}                               | ${'no broker may be at a loss'}
  ${'NOT_ENOUGH_REPLICAS'}          | ${{ isIdempotent: false, acks: 1 }} | ${'acks=1 asks for no replicas'}
  ${'OUT_OF_ORDER_SEQUENCE_NUMBER'} | ${{ isIdempotent: false }}          | ${'there are no sequences'}
`('$outcome is no answer to $options: $because', async ({ outcome, options }) => {
  await expect(run([outcome], options)).rejects.toThrow(/^protocol: broker1 to p0: .*Produce/);
});

test('an answer to another request is no answer', async () => {
  const { broker } = await aBroker();
  broker.correlationShift = 1;
  startWorkload({ id: 0, kind: 'producer', options: {} }, broker.context);
  await expect(broker.world.runUntil(5_000)).rejects.toThrow(/^protocol: .*correlation id/);
});

test('a producer id that another producer has is no producer id', async () => {
  const { broker } = await aBroker();
  broker.on(InitProducerIdRequest, InitProducerIdResponse, () => ({
    ...{ errorCode: 0, producerId: 5, producerEpoch: 0, throttleTimeMs: 0 },
  }));
  for (const id of [0, 1]) startWorkload({ id, kind: 'producer', options: {} }, broker.context);
  await expect(broker.world.runUntil(5_000)).rejects.toThrow(/^protocol: .*producer id 5/);
});

test('two runs of one seed do the same', async () => {
  const outcomes = (): (ErrorName | 'silence')[] => ['silence', 'NOT_LEADER_OR_FOLLOWER'];
  const [one, other] = [await run(outcomes(), {}), await run(outcomes(), {})];
  expect(one.events).toEqual(other.events);
  expect(one.arrived).toEqual(other.arrived);
});

test.each([[{ acks: 2 }], [{ isIdempotent: 'yes' }], [{ ratePerSecond: true }]])(
  'options that mean nothing are refused: %j',
  async (options: Options) => {
    const { broker } = await aBroker();
    const plan = { id: 3, kind: 'producer', options } as const;
    expect(() => startWorkload(plan, broker.context)).toThrow(/of workload 3 \(producer\) must be/);
  },
);
