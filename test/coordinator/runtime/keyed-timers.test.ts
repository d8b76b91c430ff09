import { KeyedTimers } from '../../../src/coordinator/runtime/keyed-timers';
import { ManualClock } from '../../builders/manual-clock';

function someTimers(): { timers: KeyedTimers<string>; clock: ManualClock; due: string[] } {
  const clock = new ManualClock();
  const due: string[] = [];
  const timers = new KeyedTimers<string>(clock, (key) => due.push(key));
  return { timers, clock, due };
}

test('a timer is due once, at its time', () => {
  const { timers, clock, due } = someTimers();
  timers.start('a', 10);
  clock.advance(9);
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual(['a']);
  clock.advance(100);
  expect(due).toEqual(['a']);
});

test('a timer that is put off is due at its new time only, and costs one real timer', () => {
  const { timers, clock, due } = someTimers();
  for (let beat = 0; beat < 10; beat++) {
    timers.start('a', 10);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(8);
  }
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual(['a']);
});

test('a timer can be brought forward', () => {
  const { timers, clock, due } = someTimers();
  timers.start('a', 100);
  timers.start('a', 10);
  clock.advance(10);
  expect(due).toEqual(['a']);
  clock.advance(100);
  expect(due).toEqual(['a']);
});

test('a cancelled timer is never due, and can be started anew', () => {
  const { timers, clock, due } = someTimers();
  timers.start('a', 10);
  timers.start('b', 10);
  timers.cancel('a');
  timers.cancel('nobody');
  clock.advance(5);
  timers.start('a', 10);
  clock.advance(5);
  expect(due).toEqual(['b']);
  clock.advance(5);
  expect(due).toEqual(['b', 'a']);
  timers.start('c', 1);
  timers.cancelAll();
  expect(clock.pendingTimers).toBe(0);
});

test('a timer may be started again when it is due', () => {
  const clock = new ManualClock();
  let count = 0;
  const timers = new KeyedTimers<string>(clock, (key) => {
    count += 1;
    timers.start(key, 10);
  });
  timers.start('a', 10);
  clock.advance(35);
  expect(count).toBe(3);
});

test('time that is over is due at once', () => {
  const { timers, clock, due } = someTimers();
  timers.start('a', -5);
  clock.advance(0);
  expect(due).toEqual(['a']);
});
