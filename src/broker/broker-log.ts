/** What a broker logs, as its settings say: the levels, and what in the settings itself is worth a warning. */
import type { BrokerConfig } from '../config/broker-config';
import { startLevels } from '../config/log-levels';
import { LeveledLog } from '../platform/log-levels';
import type { LogLevels } from '../platform/log-levels';
import type { Log } from '../platform/ports';

export interface BrokerLog {
  readonly log: Log;
  readonly levels: LogLevels;
}

export function brokerLog(target: Log, config: BrokerConfig): BrokerLog {
  const unknownLoggers: string[] = [];
  const levels = startLevels(config.values, (logger) => unknownLoggers.push(logger));
  const log = new LeveledLog(target, levels);
  for (const key of config.unknownKeys) log.warn('ignoring an unknown setting', { key });
  for (const logger of unknownLoggers)
    log.warn('ignoring the level of an unknown logger', { logger });
  return { log, levels };
}
