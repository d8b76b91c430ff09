import { Purgatory } from '../../src/broker/purgatory';
import { ManualClock } from '../builders/manual-clock';

function aPurgatory(): {
  clock: ManualClock;
  purgatory: Purgatory;
  watch(name: string, keys: string[], timeoutMs?: number): { ready: boolean };
  outcomes: string[];
} {
  const clock = new ManualClock();
  const purgatory = new Purgatory(clock);
  const outcomes: string[] = [];
  return {
    clock,
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

test('100,000 operations that complete leave nothing behind', () => {
  const { purgatory, watch, clock } = aPurgatory();
  for (let i = 0; i < 100_000; i++) {
    const operation = watch(`o${String(i)}`, ['busy', `key-${String(i)}`]);
    operation.ready = true;
    purgatory.check(`key-${String(i)}`);
  }
  expect(purgatory.size).toBe(0);
  expect(purgatory.watchedKeys).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});
