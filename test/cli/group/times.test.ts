/** ISO 8601 at the command line, as Kafka's tools take it. */
import { parseDateTime, parseDuration } from '../../../src/cli/group/times';

test.each`
  text                               | iso
  ${'2026-01-31T18:30:00.000'}       | ${'2026-01-31T18:30:00.000Z'}
  ${'2026-01-31T18:30:00'}           | ${'2026-01-31T18:30:00.000Z'}
  ${'2026-01-31T18:30'}              | ${'2026-01-31T18:30:00.000Z'}
  ${'2026-01-31T18:30:00.5Z'}        | ${'2026-01-31T18:30:00.500Z'}
  ${'2026-01-31T18:30:00.000+02:00'} | ${'2026-01-31T16:30:00.000Z'}
  ${'2026-01-31T18:30:00.000-0130'}  | ${'2026-01-31T20:00:00.000Z'}
`('$text is $iso', ({ text, iso }) => {
  expect(new Date(parseDateTime(text)).toISOString()).toBe(iso);
});

test.each(['', 'yesterday', '2026-01-31', '2026-13-01T00:00:00', '18:30', '1769884200000'])(
  '"%s" is no point in time',
  (text) => {
    expect(() => parseDateTime(text)).toThrow(/is no point in time/);
  },
);

test.each`
  text            | ms
  ${'P1D'}        | ${86_400_000}
  ${'PT2H30M'}    | ${9_000_000}
  ${'PT90S'}      | ${90_000}
  ${'P1DT0.250S'} | ${86_400_250}
  ${'PT0S'}       | ${0}
`('$text is $ms ms', ({ text, ms }) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 'P', 'PT', '1D', 'P1H', 'PT1D', 'P-1D', 'PT1.5M', 'P1W'])(
  '"%s" is no span of time',
  (text) => {
    expect(() => parseDuration(text)).toThrow(/is no span of time/);
  },
);
