import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { Purgatory } from '../../src/broker/purgatory';
import { Timers } from '../../src/platform/timers';
import { ManualClock } from '../builders/manual-clock';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function aPurgatory(): {
  clock: ManualClock;
  timers: Timers;
  purgatory: Purgatory;
  watch(name: string, keys: string[], timeoutMs?: number): { ready: boolean };
  outcomes: string[];
} {
  const clock = new ManualClock();
  const timers = new Timers(clock);
  const purgatory = new Purgatory(timers);
  const outcomes: string[] = [];
  return {
    clock,
    timers,
    purgatory,
    outcomes,
    watch(name, keys, timeoutMs = 1000) {
      const state = { ready: false };
      purgatory.completeOrWatch(
        {
          isReady: () => state.ready,
          complete: (timedOut) => outcomes.push(timedOut ? `${name} timed out` : name),
        },
        keys,
        timeoutMs,
      );
      return state;
    },
  };
}

test('an operation completes when an event finds it ready', () => {
  const { purgatory, watch, outcomes } = aPurgatory();
  const a = watch('a', ['k']);
  expect(purgatory.check('k')).toBe(0);
  a.ready = true;
  expect(purgatory.check('other')).toBe(0);
  expect(purgatory.check('k')).toBe(1);
  expect(outcomes).toEqual(['a']);
});

test('an operation under several keys completes once', () => {
  const { purgatory, watch, outcomes, clock } = aPurgatory();
  const a = watch('a', ['k1', 'k2']);
  a.ready = true;
  purgatory.check('k2');
  purgatory.check('k1');
  clock.advance(5000);
  expect(outcomes).toEqual(['a']);
});

test('an operation that nothing completes times out', () => {
  const { watch, outcomes, clock } = aPurgatory();
  watch('a', ['k'], 100);
  clock.advance(99);
  expect(outcomes).toEqual([]);
  clock.advance(1);
  expect(outcomes).toEqual(['a timed out']);
});

test('completing one operation may complete another of the same key', () => {
  const { purgatory, watch, outcomes } = aPurgatory();
  const a = watch('a', ['k']);
  const b = watch('b', ['k']);
  a.ready = true;
  b.ready = true;
  expect(purgatory.check('k')).toBe(2);
  expect(outcomes).toEqual(['a', 'b']);
});

test('the end completes everything, also what is watched under no key', () => {
  const { purgatory, watch, outcomes, clock } = aPurgatory();
  watch('a', ['k']);
  watch('b', []);
  purgatory.close();
  clock.advance(5000);
  expect(outcomes).toEqual(['a timed out', 'b timed out']);
  expect(purgatory.size).toBe(0);
});

test('one operation can be asked alone', () => {
  const { purgatory, outcomes } = aPurgatory();
  let isReady = false;
  const waiting = purgatory.completeOrWatch(
    { isReady: () => isReady, complete: () => outcomes.push('a') },
    [],
    1000,
  );
  if (!waiting) throw new Error('it does not wait');
  expect(purgatory.checkOne(waiting)).toBe(false);
  isReady = true;
  expect(purgatory.checkOne(waiting)).toBe(true);
  expect(purgatory.checkOne(waiting)).toBe(false);
  expect(outcomes).toEqual(['a']);
});

/**
 * A key on which nothing ever happens, as a topic without traffic: older brokers kept each completed
 * operation in its watch list until somebody looked there, and ran out of memory.
 */
describe('100,000 operations on a quiet key leave nothing behind', () => {
  const COUNT = 100_000;

  function heapBytes(): number {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  }

  test.each`
    end                  | perOperation
    ${'another key'}     | ${true}
    ${'their time-outs'} | ${false}
  `('when they complete by $end', ({ perOperation }) => {
    const { purgatory, timers, clock } = aPurgatory();
    let completed = 0;
    let isReady = false;
    const operation = { isReady: () => isReady, complete: () => void completed++ };
    const run = (): void => {
      isReady = false;
      for (let i = 0; i < COUNT; i++) {
        purgatory.completeOrWatch(operation, ['quiet', `key-${String(i)}`], 100 + (i % 30_000));
      }
      expect([purgatory.size, timers.size]).toEqual([COUNT, COUNT]);
      isReady = true;
      if (perOperation) for (let i = 0; i < COUNT; i++) purgatory.check(`key-${String(i)}`);
      else clock.advance(31_000);
    };
    run();
    const before = heapBytes();
    run();
    const grownBytes = heapBytes() - before;
    expect(completed).toBe(2 * COUNT);
    expect([purgatory.size, purgatory.watchedKeys, timers.size]).toEqual([0, 0, 0]);
    expect(clock.pendingTimers).toBeLessThanOrEqual(1);
    // A leaked operation would be some 500 bytes.
    expect(grownBytes).toBeLessThan(COUNT * 50);
  });
});
