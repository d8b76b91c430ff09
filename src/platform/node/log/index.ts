/** The log of a real process, by winston: lines to standard output or error, or to the files of a log directory. */
import { join } from 'node:path';

import { createLogger, format, transports } from 'winston';
import type { Logger } from 'winston';

import { DEFAULT_AREA, fileOf, LOG_AREAS, LOG_RANKS } from '../../log-areas';
import type { LogArea, LogLevel } from '../../log-areas';
import { LogBase } from '../../log-base';
import type { Log, LogFields } from '../../ports';
import { formatLine } from './log-line';
import type { LineFormat, LogLine } from './log-line';
import { RotatingFile } from './rotating-file';
import type { RotationLimits } from './rotating-file';
import { fileStream, standardStream } from './streams';
import type { StandardStream } from './streams';

export interface NodeLogOptions {
  readonly format: LineFormat;
  /** The files of Kafka in a directory (`server.log`, `controller.log`, …), or one of the process's own streams. */
  readonly to: StandardStream | (RotationLimits & { readonly directory: string });
}

type LoggerOf = (area: LogArea) => Logger;

class WinstonLog extends LogBase {
  readonly #logger: Logger;

  constructor(
    private readonly loggers: LoggerOf,
    private readonly ofArea: LogArea,
    private readonly fields: LogFields,
  ) {
    super();
    this.#logger = loggers(ofArea);
  }

  override write(level: LogLevel, message: string, fields?: LogFields): void {
    this.#logger.log({
      level,
      message,
      area: this.ofArea,
      fields: { ...this.fields, ...fields },
    });
  }

  override isEnabled(): boolean {
    return true;
  }

  override with(fields: LogFields): Log {
    return new WinstonLog(this.loggers, this.ofArea, { ...this.fields, ...fields });
  }

  override area(area: LogArea): Log {
    return new WinstonLog(this.loggers, area, this.fields);
  }
}

function loggerTo(stream: NodeJS.WritableStream, lineFormat: LineFormat): Logger {
  return createLogger({
    levels: LOG_RANKS,
    // What is too fine for its area has been held back already (`LeveledLog`).
    level: 'trace',
    format: format.combine(
      format.timestamp(),
      format.printf((info) => formatLine(info as unknown as LogLine, lineFormat)),
    ),
    transports: [new transports.Stream({ stream, eol: '' })],
  });
}

function loggersOfDirectory(
  directory: string,
  limits: RotationLimits,
  lineFormat: LineFormat,
): LoggerOf {
  const complaints = standardStream('stderr');
  const loggers = new Map<string, Logger>();
  for (const area of LOG_AREAS) {
    const name = fileOf(area);
    if (loggers.has(name)) continue;
    const file = new RotatingFile(join(directory, name), {
      ...limits,
      onTrouble: (problem) => complaints.write(`odradek: ${problem}`),
      lossLine: (lostLines) =>
        formatLine(
          {
            timestamp: new Date().toISOString(),
            level: 'warn',
            area,
            message: 'lines are missing here: the log could not be written',
            fields: { lostLines },
          },
          lineFormat,
        ),
    });
    loggers.set(name, loggerTo(fileStream(file), lineFormat));
  }
  return (area) => {
    const logger = loggers.get(fileOf(area));
    if (!logger) throw new Error(`no file for the log area ${area}`);
    return logger;
  };
}

/** Writes every line whatever its level: put a `LeveledLog` in front. */
export function nodeLog({ format: lineFormat, to }: NodeLogOptions): Log {
  if (typeof to === 'object') {
    return new WinstonLog(loggersOfDirectory(to.directory, to, lineFormat), DEFAULT_AREA, {});
  }
  const logger = loggerTo(standardStream(to), lineFormat);
  return new WinstonLog(() => logger, DEFAULT_AREA, {});
}
