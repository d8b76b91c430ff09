import fc from 'fast-check';

import { Timer, TimingWheel } from '../../src/base/timing-wheel';

function aWheel(): {
  wheel: TimingWheel;
  fired: [name: string, tick: number][];
  add(name: string, dueTick: number): Timer;
} {
  const wheel = new TimingWheel();
  const fired: [string, number][] = [];
  return {
    wheel,
    fired,
    add(name, dueTick) {
      const timer = new Timer(() => fired.push([name, wheel.tick]));
      wheel.add(timer, dueTick);
      return timer;
    },
  };
}

test.each`
  due              | because
  ${1}             | ${'the next tick is the first that can be met'}
  ${63}            | ${'it is the last slot of the first ring'}
  ${64}            | ${'it is the first slot of the second ring'}
  ${65}            | ${'it has to come down one ring'}
  ${4095}          | ${'it is the last slot of the second ring'}
  ${4096}          | ${'it is the first slot of the third ring'}
  ${300_000}       | ${'it has to come down two rings'}
  ${2 ** 36 - 1}   | ${'it is the last tick of the last ring'}
  ${2 ** 37 + 123} | ${'it goes around the last ring more than once'}
`('a timer fires at exactly tick $due: $because', ({ due }) => {
  const { wheel, fired, add } = aWheel();
  add('a', due as number);
  wheel.advanceTo((due as number) - 1);
  expect(fired).toEqual([]);
  wheel.advanceTo(due as number);
  expect(fired).toEqual([['a', due]]);
  expect(wheel.size).toBe(0);
  expect(wheel.nextTick()).toBeUndefined();
});

test('what is due already fires with the next tick', () => {
  const { wheel, fired, add } = aWheel();
  wheel.advanceTo(100);
  add('late', 20);
  wheel.advanceTo(100);
  expect(fired).toEqual([]);
  wheel.advanceTo(101);
  expect(fired).toEqual([['late', 101]]);
});

test('a timer that is added again is moved', () => {
  const { wheel, fired, add } = aWheel();
  const timer = add('a', 10);
  wheel.add(timer, 5000);
  expect(wheel.size).toBe(1);
  wheel.advanceTo(4999);
  expect(fired).toEqual([]);
  wheel.advanceTo(5000);
  expect(fired).toEqual([['a', 5000]]);
});

test('a timer may cancel one that is due at the same tick, and add others', () => {
  const { wheel, fired, add } = aWheel();
  wheel.add(
    new Timer(() => {
      wheel.cancel(second);
      add('third', 10);
    }),
    10,
  );
  const second = add('second', 10);
  wheel.advanceTo(10);
  expect(fired).toEqual([]);
  wheel.advanceTo(11);
  expect(fired).toEqual([['third', 11]]);
});

type Step =
  | { readonly kind: 'add'; readonly delay: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'advance'; readonly ticks: number };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), delay: fc.integer({ min: 0, max: 300_000 }) }),
    fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(50) }),
    fc.record({
      kind: fc.constant('advance' as const),
      ticks: fc.oneof(fc.nat(100), fc.nat(50_000)),
    }),
  ),
  { maxLength: 60 },
);

/** Every history agrees with a plain list of deadlines. */
function replay(history: readonly Step[]): void {
  const { wheel, fired, add } = aWheel();
  const timers: { name: string; due: number; timer: Timer }[] = [];
  let waiting = new Map<string, number>();
  const expected: [string, number][] = [];
  for (const step of history) {
    if (step.kind === 'add') {
      const name = String(timers.length);
      const due = wheel.tick + Math.max(1, step.delay);
      timers.push({ name, due, timer: add(name, wheel.tick + step.delay) });
      waiting.set(name, due);
    } else if (step.kind === 'cancel') {
      const chosen = timers[step.which];
      if (chosen) wheel.cancel(chosen.timer);
      if (chosen) waiting.delete(chosen.name);
    } else {
      const target = wheel.tick + step.ticks;
      wheel.advanceTo(target);
      expected.push(...[...waiting].filter(([, due]) => due <= target));
      waiting = new Map([...waiting].filter(([, due]) => due > target));
    }
    expect(wheel.size).toBe(waiting.size);
    expect(wheel.nextTick() ?? Infinity).toBeLessThanOrEqual(Math.min(...waiting.values()));
  }
  const byName = ([a]: [string, number], [b]: [string, number]): number => Number(a) - Number(b);
  expect([...fired].sort(byName)).toEqual(expected.sort(byName));
  expect(fired.map(([, tick]) => tick)).toEqual(
    fired.map(([, tick]) => tick).sort((a, b) => a - b),
  );
}

test('every history of timers fires what a plain list would, when it would', () => {
  fc.assert(fc.property(steps, replay), { numRuns: 500 });
});
