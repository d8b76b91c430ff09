/** What a cluster's brokers log to. */
import type { Log, LogFields } from '../platform/ports';
import type { ClusterOptions } from './options';

/** While all brokers are being stopped, that they lose each other is no news: warnings become information. */
class StoppingLog implements Log {
  constructor(
    private readonly target: Log,
    private readonly state: { isStopping: boolean },
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.target.debug(message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.target.info(message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    if (this.state.isStopping) this.target.info(message, fields);
    else this.target.warn(message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.target.error(message, fields);
  }

  with(fields: LogFields): Log {
    return new StoppingLog(this.target.with(fields), this.state);
  }
}

export interface ClusterLog {
  readonly log: Log;
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
  const { consoleLog } = require('../platform/node/log') as typeof import('../platform/node/log');
  const state = { isStopping: false };
  const showsInformation = logLevel === 'info' || logLevel === 'debug';
  return {
    log: new StoppingLog(consoleLog({ level: logLevel, json: options.logJson ?? false }), state),
    show: (text) => {
      if (showsInformation || !state.isStopping) process.stderr.write(text);
    },
    stopping: () => {
      state.isStopping = true;
    },
  };
}
