import { IoThrottle } from '../../../src/storage/cleaner/io-throttle';
import { ManualClock } from '../../builders/manual-clock';

let clock: ManualClock;
let rate: number;
let throttle: IoThrottle;

beforeEach(() => {
  clock = new ManualClock();
  rate = 1000;
  throttle = new IoThrottle(clock, () => rate);
});

/** Spends, and tells whether more may be spent already. */
function spend(bytes: number): () => Promise<boolean> {
  const pause = throttle.spend(bytes);
  let isOver = pause === undefined;
  void pause?.then(() => (isOver = true));
  return async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return isOver;
  };
}

test('what was spent has to be due before more is', async () => {
  const isOver = spend(500);
  clock.advance(499);
  expect(await isOver()).toBe(false);
  clock.advance(1);
  expect(await isOver()).toBe(true);
});

test('time that passes unused does not add up', async () => {
  clock.advance(60_000);
  const isOver = spend(500);
  expect(await isOver()).toBe(false);
});

test('small sums gather before they are waited for', async () => {
  const first = spend(10);
  expect(await first()).toBe(true);
  const second = spend(10);
  expect(await second()).toBe(false);
  clock.advance(20);
  expect(await second()).toBe(true);
});

test('all who spend share the rate', async () => {
  const isFirstOver = spend(300);
  const isSecondOver = spend(300);
  clock.advance(300);
  expect([await isFirstOver(), await isSecondOver()]).toEqual([false, false]);
  clock.advance(300);
  expect([await isFirstOver(), await isSecondOver()]).toEqual([true, true]);
});

test('a new rate is in force within a second', async () => {
  const isOver = spend(1_000_000);
  clock.advance(1000);
  expect(await isOver()).toBe(false);
  rate = 1e9;
  clock.advance(1000);
  expect(await isOver()).toBe(true);
});

test('without a limit nothing waits', async () => {
  rate = Number.MAX_VALUE;
  expect(await spend(1e12)()).toBe(true);
});

test('nobody waits once the broker stops', async () => {
  const isOver = spend(1_000_000);
  throttle.release();
  expect(await isOver()).toBe(true);
  expect(await spend(1_000_000)()).toBe(true);
});
