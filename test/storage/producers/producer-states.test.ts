import type { ErrorName, ProtocolError } from '../../../src/protocol/errors';
import { ProducerStates } from '../../../src/storage/producers/producer-states';
import type { ProducerBatchInfo } from '../../../src/storage/producers/producer-states';

let offset = 0;

/** The next `count` records of a producer from `sequence` on. */
function data(
  sequence: number,
  count = 1,
  fields: Partial<ProducerBatchInfo> = {},
): ProducerBatchInfo {
  const firstOffset = offset;
  offset += count;
  return {
    producerId: 7,
    producerEpoch: 0,
    firstSequence: sequence,
    lastSequence: (sequence + count - 1) % 2 ** 31,
    firstOffset,
    lastOffset: offset - 1,
    maxTimestamp: 1000,
    isTransactional: false,
    isControl: false,
    marker: undefined,
    ...fields,
  };
}

function marker(
  isAbort: boolean,
  fields: Partial<ProducerBatchInfo> = {},
  coordinatorEpoch = 0,
): ProducerBatchInfo {
  return data(-1, 1, {
    isControl: true,
    isTransactional: true,
    marker: { isAbort, coordinatorEpoch },
    ...fields,
  });
}

function errorOf(
  states: ProducerStates,
  batch: ProducerBatchInfo,
  origin: 'client' | 'coordinator' | 'replica',
): ErrorName {
  try {
    states.check(batch, origin);
    return 'NONE';
  } catch (error) {
    return (error as ProtocolError).errorName;
  }
}

beforeEach(() => {
  offset = 0;
});

const MAX = 2 ** 31 - 1;

test.each`
  before                                     | next                                     | error                             | because
  ${[]}                                      | ${data(5)}                               | ${'NONE'}                         | ${'an unknown producer may begin anywhere'}
  ${[data(0)]}                               | ${data(1)}                               | ${'NONE'}                         | ${'it is the next one'}
  ${[data(0, 10)]}                           | ${data(10)}                              | ${'NONE'}                         | ${'it follows the last sequence of the batch'}
  ${[data(0)]}                               | ${data(2)}                               | ${'OUT_OF_ORDER_SEQUENCE_NUMBER'} | ${'one is missing'}
  ${[data(0), data(1)]}                      | ${data(1)}                               | ${'OUT_OF_ORDER_SEQUENCE_NUMBER'} | ${'it went back'}
  ${[data(MAX)]}                             | ${data(0)}                               | ${'NONE'}                         | ${'after 2^31 − 1 comes 0'}
  ${[data(MAX - 1, 3)]}                      | ${data(1)}                               | ${'NONE'}                         | ${'the batch itself went over the end'}
  ${[data(3)]}                               | ${data(0, 1, { producerEpoch: 1 })}      | ${'NONE'}                         | ${'a new epoch begins at 0'}
  ${[data(3)]}                               | ${data(4, 1, { producerEpoch: 1 })}      | ${'OUT_OF_ORDER_SEQUENCE_NUMBER'} | ${'a new epoch begins at 0'}
  ${[data(0, 1, { producerEpoch: 1 })]}      | ${data(1)}                               | ${'INVALID_PRODUCER_EPOCH'}       | ${'a newer epoch fences it'}
  ${[marker(false)]}                         | ${data(0)}                               | ${'NONE'}                         | ${'the epoch has written markers only'}
  ${[marker(false)]}                         | ${data(3)}                               | ${'OUT_OF_ORDER_SEQUENCE_NUMBER'} | ${'the epoch has written markers only'}
  ${[data(0, 1, { isTransactional: true })]} | ${data(1)}                               | ${'INVALID_TXN_STATE'}            | ${'a transaction is open'}
  ${[data(0, 1, { isTransactional: true })]} | ${data(1, 1, { isTransactional: true })} | ${'NONE'}                         | ${'it belongs to the open transaction'}
`(
  '$error because $because',
  ({
    before,
    next,
    error,
  }: {
    before: ProducerBatchInfo[];
    next: ProducerBatchInfo;
    error: ErrorName;
  }) => {
    const states = new ProducerStates();
    for (const batch of before) states.update(batch);
    expect(errorOf(states, next, 'client')).toBe(error);
    expect(errorOf(states, next, 'replica')).toBe('NONE');
  },
);

test.each`
  next                                     | error                               | because
  ${marker(true, { producerEpoch: 2 }, 5)} | ${'NONE'}                           | ${'same epochs'}
  ${marker(true, { producerEpoch: 1 }, 5)} | ${'INVALID_PRODUCER_EPOCH'}         | ${'the producer has a newer epoch'}
  ${marker(true, { producerEpoch: 2 }, 4)} | ${'TRANSACTION_COORDINATOR_FENCED'} | ${'a newer coordinator has written'}
`(
  'a marker: $error because $because',
  ({ next, error }: { next: ProducerBatchInfo; error: ErrorName }) => {
    const states = new ProducerStates();
    states.update(marker(false, { producerEpoch: 2 }, 5));
    expect(errorOf(states, next, 'coordinator')).toBe(error);
  },
);

test('the last five batches are known again', () => {
  const states = new ProducerStates();
  const batches = [0, 2, 4, 6, 8, 10].map((sequence) => data(sequence, 2));
  for (const batch of batches) states.update(batch);
  expect(states.findDuplicate(data(0, 2))).toBeUndefined();
  for (const batch of batches.slice(1)) {
    const again = data(batch.firstSequence, 2);
    expect(states.findDuplicate(again)).toMatchObject({
      firstOffset: batch.firstOffset,
      lastOffset: batch.lastOffset,
    });
  }
  expect(states.findDuplicate(data(4, 1))).toBeUndefined();
  expect(states.findDuplicate(data(4, 2, { producerEpoch: 1 }))).toBeUndefined();
  states.update(data(0, 1, { producerEpoch: 1 }));
  expect(states.findDuplicate(data(10, 2))).toBeUndefined();
});

test('the first unstable offset waits for decisions and for their replication', () => {
  const states = new ProducerStates();
  const open = (producerId: number): ProducerBatchInfo =>
    data(0, 1, { producerId, isTransactional: true });
  states.update(open(1)); // 0
  states.update(open(2)); // 1
  expect(states.firstUnstableOffset).toBe(0);
  expect(states.update(marker(true, { producerId: 1 }))).toEqual({
    producerId: 1,
    firstOffset: 0,
    lastOffset: 2,
    lastStableOffset: 1,
  });
  expect(states.firstUnstableOffset).toBe(0);
  states.forgetReplicated(2);
  expect(states.firstUnstableOffset).toBe(0);
  states.forgetReplicated(3);
  expect(states.firstUnstableOffset).toBe(1);
  expect(states.update(marker(false, { producerId: 2 }))).toBeUndefined();
  states.forgetReplicated(4);
  expect(states.firstUnstableOffset).toBeUndefined();
  expect(states.update(marker(true, { producerId: 2 }))).toBeUndefined();
});

test('a snapshot brings back sequences, epochs and open transactions', () => {
  const states = new ProducerStates();
  states.update(data(MAX - 1, 4, { producerId: 1, isTransactional: true }));
  states.update(data(0, 1, { producerId: 2, producerEpoch: 3 }));
  states.update(marker(false, { producerId: 3 }, 9));
  const again = new ProducerStates();
  again.restore(states.snapshot(), 2000, 10_000);
  expect(again.snapshot()).toEqual(states.snapshot());
  expect(again.firstUnstableOffset).toBe(0);
  expect(again.findDuplicate(data(MAX - 1, 4, { producerId: 1 }))).toMatchObject({
    firstOffset: 0,
    lastOffset: 3,
  });
  expect(errorOf(again, data(2, 1, { producerId: 1, isTransactional: true }), 'client')).toBe(
    'NONE',
  );
});

test('idle producers are forgotten unless a transaction is open', () => {
  const states = new ProducerStates();
  states.update(data(0, 1, { producerId: 1 }));
  states.update(data(0, 1, { producerId: 2, isTransactional: true }));
  states.update(data(0, 1, { producerId: 3, maxTimestamp: 5000 }));
  states.expire(6000, 5000);
  expect(Array.from(states.all(), ({ producerId }) => producerId)).toEqual([2, 3]);
  const again = new ProducerStates();
  again.restore(states.snapshot(), 10_000, 5000);
  expect(Array.from(again.all(), ({ producerId }) => producerId)).toEqual([2]);
});
