import { Timer } from '../../src/base/timing-wheel';
import { Timers, WheelClock } from '../../src/platform/timers';
import { ManualClock } from '../builders/manual-clock';

function someTimers(): {
  clock: ManualClock;
  timers: Timers;
  fired: string[];
  add(name: string, delayMs: number): Timer;
} {
  const clock = new ManualClock();
  const startMs = clock.nowMs();
  const timers = new Timers(clock);
  const fired: string[] = [];
  return {
    clock,
    timers,
    fired,
    add(name, delayMs) {
      const timer = new Timer(() => fired.push(`${name}@${String(clock.nowMs() - startMs)}`));
      timers.add(timer, delayMs);
      return timer;
    },
  };
}

test('any number of timers take one of the clock, and fire when they are due', () => {
  const { clock, timers, fired, add } = someTimers();
  add('late', 30_000);
  add('soon', 10);
  add('middle', 500);
  expect(clock.pendingTimers).toBe(1);
  expect(timers.size).toBe(3);
  clock.advance(60_000);
  expect(fired).toEqual(['soon@10', 'middle@500', 'late@30000']);
  expect(clock.pendingTimers).toBe(0);
});

test('a cancelled timer does not fire', () => {
  const { clock, timers, fired, add } = someTimers();
  timers.cancel(add('a', 10));
  add('b', 20);
  clock.advance(1000);
  expect(fired).toEqual(['b@20']);
});

test('a timer set after a long rest is due from then on', () => {
  const { clock, fired, add } = someTimers();
  clock.advance(123_456_789);
  add('a', 40);
  clock.advance(40);
  expect(fired).toEqual(['a@123456829']);
});

test('what timers add while they fire is not forgotten', () => {
  const { clock, timers, fired, add } = someTimers();
  timers.add(new Timer(() => add('next', 5)), 10);
  clock.advance(15);
  expect(fired).toEqual(['next@15']);
});

test('a timer that throws leaves the others in force', () => {
  const { clock, timers, fired, add } = someTimers();
  timers.add(
    new Timer(() => {
      throw new Error('a bug');
    }),
    10,
  );
  add('b', 20);
  expect(() => clock.advance(10)).toThrow('a bug');
  clock.advance(10);
  expect(fired).toEqual(['b@20']);
});

test('a fraction of a millisecond never makes a timer early', () => {
  let nowMs = 1000.75;
  let call: (() => void) | undefined;
  const delays: number[] = [];
  const timers = new Timers({
    monotonicMs: () => nowMs,
    callAfter: (delayMs, task) => {
      delays.push(delayMs);
      call = task;
      return () => undefined;
    },
  });
  let firedMs = 0;
  nowMs += 0.5;
  timers.add(
    new Timer(() => {
      firedMs = nowMs;
    }),
    10,
  );
  // Timers of a real clock may fire a fraction early.
  nowMs += 9.6;
  call?.();
  expect(firedMs).toBe(0);
  nowMs += 1;
  call?.();
  expect(firedMs).toBe(nowMs);
  expect(delays).toEqual([11, 1]);
});

test('a clock on the wheel has the time and the ticks of the clock below', () => {
  const below = new ManualClock();
  const clock = new WheelClock(below);
  const calls: string[] = [];
  clock.callAfter(10, () => calls.push('kept'));
  const cancel = clock.callAfter(10, () => calls.push('cancelled'));
  clock.callAtEndOfTick(() => calls.push('tick'));
  cancel();
  cancel();
  below.advance(10);
  expect(calls).toEqual(['tick', 'kept']);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([below.nowMs(), below.monotonicMs()]);
});
