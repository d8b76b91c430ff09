import { areasBelow, LOG_AREAS, LOG_LEVELS, loggersOf } from '../../src/platform/log-areas';
import type { LogArea, LogLevel } from '../../src/platform/log-areas';
import { LeveledLog, LogLevels } from '../../src/platform/log-levels';
import { silentLog } from '../../src/platform/silent-log';
import { RecordingLog } from '../builders/recording-log';

test.each`
  level      | written
  ${'fatal'} | ${['fatal']}
  ${'error'} | ${['fatal', 'error']}
  ${'warn'}  | ${['fatal', 'error', 'warn']}
  ${'info'}  | ${['fatal', 'error', 'warn', 'info']}
  ${'debug'} | ${['fatal', 'error', 'warn', 'info', 'debug']}
  ${'trace'} | ${['fatal', 'error', 'warn', 'info', 'debug', 'trace']}
`('at $level these are written: $written', ({ level, written }) => {
  const target = new RecordingLog();
  const log = new LeveledLog(target, new LogLevels(level as LogLevel));
  for (const each of LOG_LEVELS) log[each](each);
  expect(target.lines.map(({ message }) => message)).toEqual(written);
  expect(LOG_LEVELS.filter((each) => log.isEnabled(each))).toEqual(written);
});

/** What areas say at `debug`, after each change of levels. */
function debugged(levels: LogLevels, areas: readonly LogArea[]): string {
  const target = new RecordingLog();
  const log = new LeveledLog(target, levels);
  for (const area of areas) log.area(area).debug(area);
  return target.lines.map(({ message }) => message).join(',');
}

test('a level that changes is in force for logs that exist already', () => {
  const levels = new LogLevels('info');
  const target = new RecordingLog();
  const controller = new LeveledLog(target, levels).area('controller').with({ broker: 1 });
  controller.debug('before');
  levels.set('kafka.controller', 'debug');
  controller.debug('between');
  levels.unset('controller');
  controller.debug('after');
  expect(target.lines.map(({ message }) => message)).toEqual(['between']);
});

test('the root speaks for the areas that have no level of their own', () => {
  const levels = new LogLevels('info', [['storage', 'warn']]);
  const areas = ['controller', 'storage', 'network'] as const;
  expect(debugged(levels, areas)).toBe('');
  levels.set('root', 'debug');
  expect(debugged(levels, areas)).toBe('controller,network');
  levels.unset('storage');
  expect(debugged(levels, areas)).toBe('controller,storage,network');
});

test('a log that nobody reads asks for no text to be put together', () => {
  expect(new LeveledLog(silentLog, new LogLevels('trace')).isEnabled('fatal')).toBe(false);
});

test('no two areas go by the same name', () => {
  const names = LOG_AREAS.flatMap((area) => loggersOf(area));
  expect(new Set(names).size).toBe(names.length);
  const levels = new LogLevels('info');
  expect([...levels.entries()].map(([name]) => name)).toEqual(['root', ...names]);
  expect(names.every((name) => levels.has(name))).toBe(true);
  expect(levels.has('kafka')).toBe(false);
});

test.each`
  parent                 | areas
  ${'kafka.log'}         | ${['storage', 'log-cleaner']}
  ${'kafka.coordinator'} | ${['group-coordinator']}
  ${'state.change'}      | ${['state-change']}
  ${'kafka.lo'}          | ${[]}
  ${'root'}              | ${[]}
`('below $parent lie $areas', ({ parent, areas }) => {
  expect(areasBelow(parent as string)).toEqual(areas);
});
