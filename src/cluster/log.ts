/** What a cluster's brokers log to. */
import { LOG_RANKS } from '../platform/log-areas';
import type { LogArea, LogLevel } from '../platform/log-areas';
import { LogBase } from '../platform/log-base';
import { LeveledLog, LogLevels } from '../platform/log-levels';
import type { Log, LogFields } from '../platform/ports';
import type { ClusterOptions } from './options';

interface ClusterState {
  isStopping: boolean;
  /** Whether somebody wants to read what is no warning. */
  readonly showsInformation: boolean;
}

/** While all brokers are being stopped, that they lose each other is no news: warnings become information. */
class StoppingLog extends LogBase {
  constructor(
    private readonly target: Log,
    private readonly state: ClusterState,
  ) {
    super();
  }

  override write(level: LogLevel, message: string, fields?: LogFields): void {
    const { isStopping, showsInformation } = this.state;
    if (level !== 'warn' || !isStopping) this.target[level](message, fields);
    else if (showsInformation) this.target.info(message, fields);
  }

  override isEnabled(level: LogLevel): boolean {
    return this.target.isEnabled(level);
  }

  override with(fields: LogFields): Log {
    return new StoppingLog(this.target.with(fields), this.state);
  }

  override area(area: LogArea): Log {
    return new StoppingLog(this.target.area(area), this.state);
  }
}

export interface ClusterLog {
  /** Each broker puts its own levels in front. */
  readonly ofBrokers: Log;
  readonly ofZooKeeper: Log;
  /** Takes what a broker process has printed. */
  show(text: string): void;
  /** All brokers are stopped from now on. */
  stopping(): void;
}

/** `undefined` where nothing is to be logged. */
export function clusterLog(options: ClusterOptions): ClusterLog | undefined {
  const { logLevel } = options;
  if (logLevel === undefined) return undefined;
  // Loaded only here: winston is slow to load, and a quiet cluster has no use for it.
  const { nodeLog } = require('../platform/node/log') as typeof import('../platform/node/log');
  const showsInformation = LOG_RANKS[logLevel] >= LOG_RANKS.info;
  const state = { isStopping: false, showsInformation };
  const format = options.logJson === true ? 'json' : 'text';
  const log = new StoppingLog(nodeLog({ format, to: 'stderr' }), state);
  return {
    ofBrokers: log,
    ofZooKeeper: new LeveledLog(log, new LogLevels(logLevel), 'zookeeper'),
    show: (text) => {
      if (showsInformation || !state.isStopping) process.stderr.write(text);
    },
    stopping: () => {
      state.isStopping = true;
    },
  };
}
