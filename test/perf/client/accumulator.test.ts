import { present } from '../../../src/base/assert';
import { Accumulator } from '../../../src/perf/client/accumulator';
import type { AccumulatorOptions } from '../../../src/perf/client/accumulator';
import type { OutgoingBatch } from '../../../src/perf/client/outgoing-batch';

const SEAL = {
  codec: 'none',
  compressionLevel: undefined,
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
} as const;
/** Three of them fill a batch of 500 bytes. */
const VALUE = Buffer.alloc(120);

function anAccumulator(options: Partial<AccumulatorOptions> = {}): Accumulator {
  return new Accumulator({
    partitions: 3,
    batchBytes: 500,
    bufferBytes: 5_000,
    lingerMs: 10,
    isAvailable: () => true,
    ...options,
  });
}

/** Appends until the memory is full, at most `most`; gives the count. */
function fill(accumulator: Accumulator, most = 1_000, sendMs = 0): number {
  const moment = { sendMs, timestampMs: sendMs, isMeasured: true };
  let count = 0;
  while (count < most && accumulator.append(VALUE, moment)) count += 1;
  return count;
}

function take(accumulator: Accumulator, partition: number): OutgoingBatch {
  return present(accumulator.take(partition), 'a batch');
}

test('goes to the next partition with each full batch', () => {
  const accumulator = anAccumulator();
  expect(fill(accumulator, 12)).toBe(12);
  expect([0, 1, 2].map((partition) => take(accumulator, partition).recordCount)).toEqual([3, 3, 3]);
  expect(take(accumulator, 0).recordCount).toBe(3);
  expect(accumulator.take(0)).toBeUndefined();
});

test('stays with a partition while its batches leave half full, until a batch of bytes is there', () => {
  const accumulator = anAccumulator();
  const partitions: (number | undefined)[] = [];
  for (let round = 0; round < 15; round++) {
    fill(accumulator, 1);
    const partition = [0, 1, 2].find((each) => accumulator.readyInMs(each, 100) === 0);
    accumulator.release(take(accumulator, partition ?? -1));
    partitions.push(partition);
  }
  expect(partitions).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
});

test('passes over partitions without a leader', () => {
  const accumulator = anAccumulator({ isAvailable: (partition) => partition !== 1 });
  fill(accumulator, 9);
  expect(accumulator.take(1)).toBeUndefined();
  expect(take(accumulator, 2).recordCount).toBe(3);
});

test.each`
  records | nowMs | readyInMs    | because
  ${0}    | ${0}  | ${undefined} | ${'there is nothing'}
  ${1}    | ${0}  | ${10}        | ${'a batch lingers'}
  ${1}    | ${4}  | ${6}         | ${'some of the time has passed'}
  ${1}    | ${10} | ${0}         | ${'it has passed'}
  ${3}    | ${0}  | ${10}        | ${'nothing has yet found the batch full'}
  ${4}    | ${0}  | ${0}         | ${'a full batch does not linger'}
`(
  '$records record(s) at $nowMs ms: ready in $readyInMs, as $because',
  ({ records, nowMs, readyInMs }) => {
    const accumulator = anAccumulator();
    fill(accumulator, records);
    expect(accumulator.readyInMs(0, nowMs)).toBe(readyInMs);
  },
);

test('takes no more than its memory holds, and then lets nothing linger', () => {
  const accumulator = anAccumulator({ bufferBytes: 1_000, partitions: 1 });
  expect(fill(accumulator)).toBe(6);
  take(accumulator, 0);
  // On its way, it still fills the memory.
  expect(fill(accumulator)).toBe(0);
  expect(accumulator.readyInMs(0, 0)).toBe(0);
});

test('a released buffer is used again', () => {
  const accumulator = anAccumulator({ bufferBytes: 500, partitions: 1 });
  fill(accumulator);
  const first = take(accumulator, 0);
  accumulator.release(first);
  expect(fill(accumulator)).toBe(3);
  expect(take(accumulator, 0).buffer).toBe(first.buffer);
});

test('a record larger than a batch goes alone, even if the memory is smaller', () => {
  const accumulator = anAccumulator({ bufferBytes: 500, partitions: 1 });
  const moment = { sendMs: 0, timestampMs: 0, isMeasured: true };
  expect(accumulator.append(Buffer.alloc(2_000), moment)).toBe(true);
  expect(accumulator.append(VALUE, moment)).toBe(false);
  const batch = take(accumulator, 0);
  expect(batch.recordCount).toBe(1);
  accumulator.release(batch);
  expect(accumulator.append(VALUE, moment)).toBe(true);
});

test('batches that come back go to their places', () => {
  const accumulator = anAccumulator({ partitions: 1 });
  fill(accumulator, 13);
  const batches = [1, 2, 3].map(() => take(accumulator, 0));
  for (const batch of batches) batch.seal(SEAL);
  for (const batch of [batches[1], batches[0], batches[2]])
    accumulator.putBack(0, present(batch, 'a batch'));
  expect([1, 2, 3, 4].map(() => take(accumulator, 0).order)).toEqual([0, 1, 2, 3]);
});
