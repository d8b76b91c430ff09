/** What a broker logs, from the variables that set log4j in the usual images, as settings. */
import { ConfigError } from '../config-error';
import type { Properties } from '../values';

/** log4j's levels, in the words of `odradek.log.level`. */
const LEVELS: Readonly<Record<string, string>> = {
  ALL: 'TRACE',
  TRACE: 'TRACE',
  DEBUG: 'DEBUG',
  INFO: 'INFO',
  WARN: 'WARN',
  ERROR: 'ERROR',
  FATAL: 'FATAL',
  OFF: 'FATAL',
};

function levelOf(variable: string, text: string): string {
  const level = LEVELS[text.trim().toUpperCase()];
  if (level !== undefined) return level;
  throw new ConfigError(variable, [`'${text}' is none of ${Object.keys(LEVELS).join(', ')}`]);
}

const ROOT = 'KAFKA_LOG4J_ROOT_LOGLEVEL';
const LOGGERS = 'KAFKA_LOG4J_LOGGERS';

/** `logger=LEVEL,…`; a level may be followed by names of appenders, which have no `=`. */
function loggersOf(text: string): string {
  const pairs = text.split(',').filter((pair) => pair.includes('='));
  if (pairs.length === 0) throw new ConfigError(LOGGERS, [`'${text}' is not logger=LEVEL,…`]);
  return pairs
    .map((pair) => {
      const equals = pair.indexOf('=');
      return `${pair.slice(0, equals).trim()}=${levelOf(LOGGERS, pair.slice(equals + 1))}`;
    })
    .join(',');
}

/** Throws a `ConfigError` for a level that there is not. */
export function logSettings(env: Properties): Properties {
  const { [ROOT]: root, [LOGGERS]: loggers } = env;
  return {
    // After the level log4j takes names of appenders: `INFO, stdout`.
    ...(root === undefined ? {} : { 'odradek.log.level': levelOf(ROOT, root.split(',')[0] ?? '') }),
    ...(loggers === undefined ? {} : { 'odradek.log.levels': loggersOf(loggers) }),
  };
}
