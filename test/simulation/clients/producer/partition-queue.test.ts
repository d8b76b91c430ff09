import { Batch } from './batch';
import { PartitionQueue } from './partition-queue';

const IDENTITY = { producerId: 7, producerEpoch: 0 };
const NEXT_EPOCH = { producerId: 7, producerEpoch: 1 };

function aQueue({ isIdempotent = true, isOneAtATime = false } = {}) {
  const queue = new PartitionQueue('t', 0, { isIdempotent, isOneAtATime });
  const batches = [0, 1, 2].map((order) => {
    const records = [`${String(order)}a`, `${String(order)}b`];
    const batch = new Batch(order, records, order * 10, { records: [] });
    queue.add(batch);
    return batch;
  });
  const [first, second, third] = batches as [Batch, Batch, Batch];
  const take = (nowMs = 100, identity = IDENTITY) => queue.take(nowMs, identity);
  return { queue, first, second, third, take };
}

test('batches of an idempotent producer leave in order, each with the sequence after the last', () => {
  const { take, first, second, third } = aQueue();
  expect([take(), take(), take(), take()]).toEqual([first, second, third, undefined]);
  expect([first, second, third].map(({ stamp }) => stamp?.baseSequence)).toEqual([0, 2, 4]);
});

test('nothing leaves before there is a producer id', () => {
  const { queue } = aQueue();
  expect(queue.take(100, undefined)).toBeUndefined();
});

test('one at a time: the next batch waits for the answer', () => {
  const { queue, take, first, second } = aQueue({ isIdempotent: false, isOneAtATime: true });
  expect(take()).toBe(first);
  expect(take()).toBeUndefined();
  queue.acknowledged(first);
  expect(take()).toBe(second);
});

test('what failed leaves again before what is behind it, which is then alone under way', () => {
  const { queue, take, first, second, third } = aQueue();
  take();
  take();
  queue.retry(second, 150);
  queue.retry(first, 150);
  expect(take(149)).toBeUndefined();
  expect(take(150)).toBe(first);
  expect(take(150)).toBeUndefined();
  queue.acknowledged(first);
  expect(take(150)).toBe(second);
  expect(take(150)).toBe(third);
  expect([first, second, third].map(({ stamp }) => stamp?.baseSequence)).toEqual([0, 2, 4]);
});

test.each`
  acked  | refused     | needsEpoch | because
  ${[]}  | ${'second'} | ${false}   | ${'the first one has not arrived yet'}
  ${[]}  | ${'first'}  | ${true}    | ${'nothing was before it, so a gap is certain'}
  ${[0]} | ${'second'} | ${true}    | ${'the one before it has arrived'}
`(
  'an order that is wrong at $refused needs a new epoch: $needsEpoch, since $because',
  ({ acked, refused, needsEpoch }) => {
    const all = aQueue();
    const { queue, take, first, second } = all;
    take();
    take();
    if (acked.includes(0)) queue.acknowledged(first);
    const batch = refused === 'first' ? first : second;
    expect(queue.isWorthRetrying(batch, 'OUT_OF_ORDER_SEQUENCE_NUMBER')).toBe(true);
    for (const each of acked.includes(0) ? [second] : [second, first]) queue.retry(each, 0);
    expect(queue.needsNewEpoch()).toBe(needsEpoch);
  },
);

test('a new epoch begins at sequence 0 with what is certainly in no log, and fails what may be', () => {
  const { queue, take, first, second, third } = aQueue();
  take();
  take();
  second.possibleCopies = 1;
  queue.isWorthRetrying(first, 'OUT_OF_ORDER_SEQUENCE_NUMBER');
  queue.retry(first, 0);
  expect(queue.needsNewEpoch()).toBe(false);
  queue.retry(second, 0);
  expect(queue.needsNewEpoch()).toBe(true);
  expect(queue.restart(NEXT_EPOCH)).toEqual([second]);
  expect([take(100, NEXT_EPOCH), take(100, NEXT_EPOCH)]).toEqual([first, third]);
  expect(first.stamp).toEqual({ ...NEXT_EPOCH, baseSequence: 0 });
  expect(third.stamp).toEqual({ ...NEXT_EPOCH, baseSequence: 2 });
});

test('after a batch was given up unanswered, new ones wait until nothing is under way, and begin an epoch', () => {
  const { queue, take, first, second } = aQueue();
  take();
  take();
  queue.retry(first, 0);
  expect(queue.expire(1)).toEqual([first]);
  expect(take()).toBeUndefined();
  expect(queue.needsNewEpoch()).toBe(false);
  queue.isWorthRetrying(second, 'OUT_OF_ORDER_SEQUENCE_NUMBER');
  queue.retry(second, 0);
  expect(queue.needsNewEpoch()).toBe(true);
});

test('if what was behind the batch that was given up is in the log, so was that one, and all goes on', () => {
  const { queue, take, first, second, third } = aQueue();
  take();
  take();
  queue.retry(first, 0);
  queue.expire(1);
  queue.acknowledged(second);
  expect(queue.needsNewEpoch()).toBe(false);
  expect(take()).toBe(third);
  expect(third.stamp).toEqual({ ...IDENTITY, baseSequence: 4 });
});

test('another epoch, raised for another partition, is taken on once nothing of the old one is under way', () => {
  const { queue, take, first, second } = aQueue();
  take();
  expect(take(100, NEXT_EPOCH)).toBeUndefined();
  queue.acknowledged(first);
  expect(take(100, NEXT_EPOCH)).toBe(second);
  expect(second.stamp).toEqual({ ...NEXT_EPOCH, baseSequence: 0 });
});
