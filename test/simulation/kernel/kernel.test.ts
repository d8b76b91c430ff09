import { EventQueue } from './event-queue';
import { SeededRandom } from './seeded-random';
import { Trace } from './trace';
import { Violation, World } from './world';

test('events come by time, and of one moment in the order in which they were added', () => {
  const queue = new EventQueue();
  const happened: string[] = [];
  const random = new SeededRandom('times');
  const times = Array.from({ length: 500 }, () => random.below(50));
  times.forEach((dueMs, index) =>
    queue.add(dueMs, () => happened.push(`${String(dueMs)}.${String(index)}`)),
  );
  for (let event = queue.take(1_000); event; event = queue.take(1_000)) event.task?.();
  const expected = times
    .map((dueMs, index) => ({ dueMs, index }))
    .sort((a, b) => a.dueMs - b.dueMs || a.index - b.index)
    .map(({ dueMs, index }) => `${String(dueMs)}.${String(index)}`);
  expect(happened).toEqual(expected);
});

test('an event after the deadline stays, a cancelled one is passed over', () => {
  const queue = new EventQueue();
  queue.add(1, () => undefined).task = undefined;
  queue.add(7, () => undefined);
  expect(queue.take(6)).toBeUndefined();
  expect(queue.take(7)?.dueMs).toBe(7);
  expect(queue.take(7)).toBeUndefined();
});

test('a generator gives the same numbers for the same seed, whatever its siblings have drawn', () => {
  const draws = (random: SeededRandom) => Array.from({ length: 8 }, () => random.below(1_000));
  const one = new SeededRandom('7');
  const other = new SeededRandom('7');
  draws(other.fork('noise'));
  expect(draws(one.fork('part'))).toEqual(draws(other.fork('part')));
  expect(draws(one)).toEqual(draws(other));
  expect(draws(new SeededRandom('8'))).not.toEqual(draws(new SeededRandom('7')));
});

test('numbers are spread evenly', () => {
  const random = new SeededRandom('spread');
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 10_000; i++) {
    const place = random.below(10);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test('what is due at one moment happens at it, in order, from whatever times it was asked for', async () => {
  const world = new World('1');
  const dueMs = 14.610_4;
  const happened: [string, number][] = [];
  for (let i = 1; i < 200; i++) {
    world.after((i * Math.PI) / 50, () => {
      world.at(dueMs, () => happened.push([String(i), world.nowMs]));
    });
  }
  await world.runUntil(20);
  expect(happened).toEqual(Array.from({ length: 199 }, (_, i) => [String(i + 1), dueMs]));
});

test('the microtasks of an event have run before the next event', async () => {
  const world = new World('1');
  const happened: string[] = [];
  const chain = async (name: string): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    happened.push(name);
  };
  world.after(1, () => void chain('first, later'));
  world.after(1, () => happened.push('second'));
  await world.runUntil(10);
  expect(happened).toEqual(['first, later', 'second']);
  expect(world.nowMs).toBe(10);
});

test('a run ends with the first violation, and an error thrown is one', async () => {
  const world = new World('1');
  world.after(5, () => {
    throw new TypeError('x is undefined');
  });
  world.after(6, () => world.fail(new Violation('late', 'never seen')));
  await expect(world.runUntil(10)).rejects.toMatchObject({
    invariant: 'crash',
    message: 'crash: x is undefined',
  });
  expect(world.nowMs).toBe(5);
});

test('checks run after each event', async () => {
  const world = new World('1');
  let total = 0;
  world.addCheck(() => {
    if (total > 1) world.fail(new Violation('limit', `${String(total)} is above 1`));
  });
  for (const ms of [1, 2, 3]) world.after(ms, () => (total += 1));
  await expect(world.runUntil(10)).rejects.toThrow('limit: 2 is above 1');
});

test('a trace keeps its last lines and a digest of all', () => {
  const [one, other] = [new Trace(2), new Trace(2)];
  for (const trace of [one, other])
    for (let i = 0; i < 3; i++) trace.note(i * 500, 'broker1', `line ${String(i)}`, { offset: i });
  expect(one.lines()).toEqual([
    '   0.5000 broker1    line 1 offset=1',
    '   1.0000 broker1    line 2 offset=2',
  ]);
  expect(one.digest).toBe(other.digest);
  other.note(2_000, 'broker1', 'one more');
  expect(one.digest).not.toBe(other.digest);
});
