import { World } from '../kernel/world';
import { EPOCH_MS, MachineClock } from './clock';
import { Machine } from './machine';

test('what is due in a process that has died never happens, not even in the next one', async () => {
  const world = new World('1');
  const machine = new Machine(world, 'm');
  const happened: string[] = [];
  machine.after(10, () => happened.push('first life'));
  machine.die('killed');
  machine.boot();
  machine.after(5, () => happened.push('second life'));
  await world.runUntil(100);
  expect(happened).toEqual(['second life']);
});

test('what is due while a process is held happens in order when it goes on', async () => {
  const world = new World('1');
  const machine = new Machine(world, 'm');
  const happened: number[] = [];
  for (const ms of [1, 2, 30]) machine.after(ms, () => happened.push(world.nowMs));
  const cancel = machine.after(3, () => happened.push(-1));
  machine.pause();
  await world.runUntil(10);
  cancel();
  machine.resume();
  await world.runUntil(100);
  expect(happened).toEqual([10, 10, 30]);
});

test('a machine without power has no operating system either', () => {
  const machine = new Machine(new World('1'), 'm');
  machine.die('powerCut');
  expect(machine.isPowered).toBe(false);
  machine.boot();
  expect({ isPowered: machine.isPowered, life: machine.life }).toEqual({
    isPowered: true,
    life: 1,
  });
});

test('a wall clock jumps, the monotonic one does not; both drift', async () => {
  const world = new World('1');
  const clock = new MachineClock(new Machine(world, 'm'));
  await world.runUntil(1_000);
  clock.jump(-5_000);
  expect([clock.nowMs() - EPOCH_MS, clock.monotonicMs()]).toEqual([-4_000, 1_000]);
  clock.drift(2);
  let firedAtMs = 0;
  clock.callAfter(500, () => (firedAtMs = world.nowMs));
  await world.runUntil(2_000);
  expect([clock.nowMs() - EPOCH_MS, clock.monotonicMs(), firedAtMs]).toEqual([
    -2_000, 3_000, 1_250,
  ]);
});
