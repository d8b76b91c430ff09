import type { LogArea, LogLevel } from './log-areas';
import type { Log, LogFields } from './ports';

/** A log whose lines all take one way. */
export abstract class LogBase implements Log {
  abstract write(level: LogLevel, message: string, fields?: LogFields): void;
  abstract isEnabled(level: LogLevel): boolean;
  abstract with(fields: LogFields): Log;
  abstract area(area: LogArea): Log;

  trace(message: string, fields?: LogFields): void {
    this.write('trace', message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write('error', message, fields);
  }

  fatal(message: string, fields?: LogFields): void {
    this.write('fatal', message, fields);
  }
}
