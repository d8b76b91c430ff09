/** How a broker logs, from the variables that set log4j in the usual images. */
import { ConfigError } from '../config-error';
import type { Properties } from '../values';

export type EnvironmentLogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogChoice {
  /** `undefined` where the environment does not say. */
  readonly level: EnvironmentLogLevel | undefined;
  readonly json: boolean;
}

const LEVELS: Readonly<Record<string, EnvironmentLogLevel>> = {
  ALL: 'debug',
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
  FATAL: 'error',
  OFF: 'error',
};

/** After the level log4j takes names of appenders: `INFO, stdout`. */
function levelOf(variable: string, text: string): EnvironmentLogLevel {
  const name = text.split(',')[0]?.trim() ?? '';
  const level = LEVELS[name.toUpperCase()];
  if (level === undefined) {
    throw new ConfigError(variable, [`'${name}' is none of ${Object.keys(LEVELS).join(', ')}`]);
  }
  return level;
}

/** Throws a `ConfigError` for a level that there is not. `ODRADEK_LOG_LEVEL` goes before log4j's variable. */
export function logChoice(env: Properties): LogChoice {
  const variable = ['ODRADEK_LOG_LEVEL', 'KAFKA_LOG4J_ROOT_LOGLEVEL'].find(
    (name) => env[name] !== undefined,
  );
  return {
    level: variable === undefined ? undefined : levelOf(variable, env[variable] ?? ''),
    json: env['ODRADEK_LOG_JSON']?.toLowerCase() === 'true',
  };
}
