import { Schedule } from '../../../src/perf/measure/schedule';

test.each`
  perSecond    | nowMs      | due         | because
  ${undefined} | ${5_000}   | ${Infinity} | ${'there is no limit'}
  ${1_000}     | ${5_000}   | ${1}        | ${'one record belongs to each step, the first to the start'}
  ${1_000}     | ${5_009}   | ${10}       | ${'ten steps have begun'}
  ${1_000}     | ${5_009.9} | ${10}       | ${'the eleventh has not'}
  ${10}        | ${5_099}   | ${1}        | ${'the second is due after 100 ms'}
  ${10}        | ${5_100}   | ${2}        | ${'now it is'}
  ${2_500}     | ${5_001}   | ${5}        | ${'two and a half a step: 0, 0.4 and 0.8, then 1.2 and 1.6'}
  ${0.5}       | ${6_999}   | ${1}        | ${'the second is due after two seconds'}
`('$perSecond a second: $due by $nowMs, since $because', ({ perSecond, nowMs, due }) => {
  expect(new Schedule(5_000, perSecond).dueBy(nowMs)).toBe(due);
});

test.each([0.5, 3, 999, 2_500, 123_456])(
  '%s a second: a record is due exactly at its time',
  (rate) => {
    const schedule = new Schedule(5_000, rate);
    for (let place = 0; place < 1_000; place++) {
      const timeMs = schedule.timeOf(place, NaN);
      expect(schedule.dueBy(timeMs)).toBeGreaterThan(place);
      expect(schedule.dueBy(timeMs - 1)).toBeLessThanOrEqual(place);
    }
  },
);

test('without a limit a record is due when it is made', () => {
  expect(new Schedule(5_000, undefined).timeOf(7, 5_123.4)).toBe(5_123.4);
});
