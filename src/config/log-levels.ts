/** The settings of what is logged, `odradek.log.level` and `odradek.log.levels`. */
import { areaNamed, areasBelow, levelNamed } from '../platform/log-areas';
import type { LogArea, LogLevel } from '../platform/log-areas';
import { LogLevels, ROOT_LOGGER } from '../platform/log-levels';
import type { BrokerValues } from './settings/broker';

interface LevelRule {
  readonly logger: string;
  readonly level: LogLevel;
}

/** Reads `logger=LEVEL`; `undefined` for a text that is none. */
function parseLevelRule(text: string): LevelRule | undefined {
  const [, logger, name] = /^(\S+?)\s*=\s*(\S+)$/.exec(text) ?? [];
  const level = levelNamed(name ?? '');
  return logger === undefined || level === undefined ? undefined : { logger, level };
}

/** What is wrong with `odradek.log.levels`, or `undefined`. */
export function levelsProblem(items: readonly string[]): string | undefined {
  const bad = items.find((item) => parseLevelRule(item) === undefined);
  return bad === undefined
    ? undefined
    : `'${bad}' is not LOGGER=LEVEL, with one of the levels FATAL, ERROR, WARN, INFO, DEBUG, TRACE`;
}

/**
 * The levels a broker starts with. A logger's own name goes before the names above it, whatever their order;
 * `onUnknown` hears of names that mean nothing here.
 */
export function startLevels(
  values: Pick<BrokerValues, 'odradek.log.level' | 'odradek.log.levels'>,
  onUnknown: (logger: string) => void,
): LogLevels {
  let root = levelNamed(values['odradek.log.level']) ?? 'info';
  const inherited = new Map<LogArea, LogLevel>();
  const own = new Map<LogArea, LogLevel>();
  const rules = values['odradek.log.levels'].flatMap((item) => parseLevelRule(item) ?? []);
  for (const { logger, level } of rules.sort((a, b) => a.logger.length - b.logger.length)) {
    const area = areaNamed(logger);
    const below = areasBelow(logger);
    if (logger === ROOT_LOGGER) root = level;
    else if (area !== undefined) own.set(area, level);
    else if (below.length === 0) onUnknown(logger);
    for (const each of below) inherited.set(each, level);
  }
  return new LogLevels(root, [...inherited, ...own]);
}
