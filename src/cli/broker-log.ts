/** The log of `odradek broker`, from its settings and its options. */
import type { BrokerValues } from '../config/settings/broker';
import type { NodeLogOptions } from '../platform/node/log';
import type { Log } from '../platform/ports';
import type { LogOptions } from './arguments';

/** Options go before the file, as settings of the same meaning. */
export function logProperties({ logLevel, logJson }: Partial<LogOptions>): Record<string, string> {
  return {
    ...(logLevel === undefined ? {} : { 'odradek.log.level': logLevel.toUpperCase() }),
    ...(logJson === true ? { 'odradek.log.format': 'json' } : {}),
  };
}

function destination(values: BrokerValues): NodeLogOptions['to'] {
  const directory = values['odradek.log.directory'];
  // Whoever starts brokers over a channel listens to their standard error.
  if (directory === null) return process.send === undefined ? 'stdout' : 'stderr';
  return {
    directory,
    maxBytes: values['odradek.log.file.bytes'],
    maxFiles: values['odradek.log.file.count'],
  };
}

export interface OpenLog {
  /** Writes whatever it is given: for the broker, which has levels of its own. */
  readonly everything: Log;
  /** The same at the levels of the start. */
  readonly log: Log;
  /** Nobody else may write to standard output. */
  readonly isJsonOnOutput: boolean;
}

/**
 * Opens the log, and has it told of whatever ends the process unforeseen; Node prints that on standard error too. Throws
 * a `ConfigError` for whatever is wrong in the properties.
 */
export function openLog(properties: Readonly<Record<string, string>>, source: string): OpenLog {
  const { BrokerConfig } =
    require('../config/broker-config') as typeof import('../config/broker-config');
  const { startLevels } = require('../config/log-levels') as typeof import('../config/log-levels');
  const { LeveledLog } =
    require('../platform/log-levels') as typeof import('../platform/log-levels');
  const { nodeLog } = require('../platform/node/log') as typeof import('../platform/node/log');
  const { values } = BrokerConfig.parse(properties, source);
  const format = values['odradek.log.format'];
  const to = destination(values);
  const everything = nodeLog({ format, to });
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    everything.fatal('an error that nobody expected ends the process', {
      origin,
      error,
      stack: error.stack,
    });
  });
  // The broker itself warns of loggers that are not known.
  const levels = startLevels(values, () => undefined);
  return {
    everything,
    log: new LeveledLog(everything, levels),
    isJsonOnOutput: format === 'json' && to === 'stdout',
  };
}

/** A start that fails is told to the log too: standard error may lead nowhere. */
export async function told<T>(log: Log, starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    log.fatal('the broker cannot start', { error });
    throw error;
  }
}
