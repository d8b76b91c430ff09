import { createLogger, format, transports } from 'winston';
import type { Logger } from 'winston';

import type { Log, LogFields } from '../ports';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Errors would print as `{}`; their message (with causes) says what happened. */
function printable(value: unknown): unknown {
  if (value instanceof Error) {
    const cause = value.cause === undefined ? '' : ` (${String(printable(value.cause))})`;
    return `${value.message}${cause}`;
  }
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}

function pairs(fields: LogFields): string {
  return Object.entries(fields)
    .map(([key, value]) => {
      const shown = printable(value);
      return ` ${key}=${typeof shown === 'string' ? shown : JSON.stringify(shown)}`;
    })
    .join('');
}

class WinstonLog implements Log {
  constructor(
    private readonly logger: Logger,
    private readonly fields: LogFields,
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  with(fields: LogFields): Log {
    return new WinstonLog(this.logger, { ...this.fields, ...fields });
  }

  #write(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (!this.logger.isLevelEnabled(level)) return;
    const all = { ...this.fields, ...fields };
    this.logger.log(level, message, {
      fields: Object.fromEntries(
        Object.entries(all).map(([key, value]) => [key, printable(value)]),
      ),
    });
  }
}

const textLine = format.printf(({ timestamp, level, message, fields }) => {
  return `${String(timestamp)} ${level.toUpperCase().padEnd(5)} ${String(message)}${pairs((fields ?? {}) as LogFields)}`;
});

const jsonLine = format.printf(({ timestamp, level, message, fields }) =>
  JSON.stringify({ timestamp, level, message, ...(fields as LogFields | undefined) }),
);

/** Log lines, one an event, as text or JSON; on standard error unless told otherwise. */
export function consoleLog(options: {
  level: LogLevel;
  json?: boolean;
  stream?: 'stdout' | 'stderr';
}): Log {
  const logger = createLogger({
    level: options.level,
    format: format.combine(format.timestamp(), options.json ? jsonLine : textLine),
    transports: [
      new transports.Console({
        stderrLevels: options.stream === 'stdout' ? [] : ['debug', 'info', 'warn', 'error'],
        forceConsole: false,
      }),
    ],
  });
  return new WinstonLog(logger, {});
}
