/** What a log line looks like, as text and as JSON. The JSON members are promised in docs/how-to/logs.md. */
import type { LogArea, LogLevel } from '../../log-areas';
import type { LogFields } from '../../ports';

export interface LogLine {
  /** ISO 8601, in UTC. */
  readonly timestamp: string;
  readonly level: LogLevel;
  readonly area: LogArea;
  readonly message: string;
  readonly fields: LogFields;
}

export type LineFormat = 'text' | 'json';

/** Errors would print as `{}`; their message (with causes) says what happened. */
function printable(value: unknown): unknown {
  if (value instanceof Error) {
    const cause = value.cause === undefined ? '' : ` (${String(printable(value.cause))})`;
    return `${value.message}${cause}`;
  }
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}

const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** What clients choose, such as their ids, must neither begin a new line nor speak to a terminal. */
function oneLine(text: string): string {
  return text.replace(
    CONTROL_CHARACTERS,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `2026-01-31T12:00:00.000Z INFO  started broker=1 (server)` */
function textLine({ timestamp, level, area, message, fields }: LogLine): string {
  const pairs = Object.entries(fields).flatMap(([key, value]) => {
    const shown = printable(value);
    if (shown === undefined) return [];
    return ` ${key}=${typeof shown === 'string' ? shown : JSON.stringify(shown)}`;
  });
  const text = oneLine(`${message}${pairs.join('')}`);
  return `${timestamp} ${level.toUpperCase().padEnd(5)} ${text} (${area})`;
}

/** A field cannot take the place of what every line has. */
function jsonLine({ timestamp, level, area, message, fields }: LogLine): string {
  const head = { timestamp, level, area, message };
  const shown = Object.entries(fields).map(([key, value]) => [key, printable(value)]);
  return JSON.stringify({ ...head, ...Object.fromEntries(shown), ...head });
}

export function formatLine(line: LogLine, format: LineFormat): string {
  return format === 'json' ? jsonLine(line) : textLine(line);
}
