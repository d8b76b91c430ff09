/** What a znode holds, for people. Whatever cannot be read is shown as it is, with a note; nothing here throws. */
import { ZnodeFormatError } from '../../zookeeper/errors';
import { matchZnode } from '../../zookeeper/reference';

export interface DecodedZnode {
  /** JSON with times as dates, a number, or text; hexadecimal for what is no text; `null` for no data. */
  readonly value: unknown;
  readonly notes: readonly string[];
}

/** 2001 to 5138: what is outside is no time in milliseconds. */
const EARLIEST_MS = 1e12;
const LATEST_MS = 1e14;

export function decodeZnode(path: string, data: Buffer | null): DecodedZnode {
  if (data === null) return { value: null, notes: [] };
  const text = textOf(data);
  if (text === undefined)
    return { value: data.toString('hex'), notes: ['not text: shown in hexadecimal'] };
  const problem = problemOf(path, data);
  return { value: valueOf(text), notes: problem === undefined ? [] : [problem] };
}

/** `undefined` for bytes that are no text. */
export function textOf(data: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return undefined;
  }
}

/** What is wrong with data at this path; `undefined` if it is right, or nothing is known of the path. */
export function problemOf(path: string, data: Buffer): string | undefined {
  const check = matchZnode(path)?.entry.check;
  // Containers are made without data, and some are filled in later.
  if (!check || data.length === 0) return undefined;
  try {
    check(data, path);
    return undefined;
  } catch (error) {
    if (error instanceof ZnodeFormatError)
      return `not what Kafka keeps here: ${error.message.replace(`znode ${path}: `, '')}`;
    throw error;
  }
}

function valueOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // JSON's numbers are exact in JavaScript below 2^53 only.
    return /\d{16}/.test(text) && typeof value === 'number' ? text : withDates(value);
  } catch {
    return text;
  }
}

/** Kafka keeps times as milliseconds, some as numbers, some as text. */
function withDates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withDates);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, each]: [string, unknown]) => [
    name,
    /timestamp$/i.test(name) ? dateOf(each) : withDates(each),
  ]);
  return Object.fromEntries(fields) as Record<string, unknown>;
}

function dateOf(value: unknown): unknown {
  const ms = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof ms !== 'number' || ms < EARLIEST_MS || ms > LATEST_MS) return value;
  return timeText(ms);
}

export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** On several lines. */
export function prettyText(value: unknown): string {
  if (value === null) return '(no data)';
  if (value === '') return '(empty)';
  return printable(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
}

/** On one line. */
export function shortText(value: unknown): string {
  if (value === null) return '';
  return printable(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\n', '⏎');
}

/** Data may hold whatever somebody wrote: nothing of it may steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
