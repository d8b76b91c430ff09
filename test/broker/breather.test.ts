import { breatherOf } from '../../src/broker/breather';
import { ManualClock } from '../builders/manual-clock';

test('work goes on without a pause until its slice is over, and has a new one after the others', async () => {
  const clock = new ManualClock();
  const breathe = breatherOf(clock);
  clock.advance(4);
  expect(breathe()).toBeUndefined();
  clock.advance(1);
  const pause = breathe();
  const onTurn = jest.fn();
  const waiting = pause?.then(onTurn);
  await Promise.resolve();
  expect(onTurn).not.toHaveBeenCalled();
  clock.endTick();
  await waiting;
  expect(onTurn).toHaveBeenCalled();
  expect(breathe()).toBeUndefined();
  clock.advance(5);
  expect(breathe()).toBeDefined();
});
