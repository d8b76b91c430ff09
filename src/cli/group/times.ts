/** Points in time and spans as Kafka's tools take them: ISO 8601. */
import { OperatorError } from '../failure';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const DURATION = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Milliseconds since the epoch. Without a zone it is UTC, as for Kafka's tools. Throws an `OperatorError`. */
export function parseDateTime(text: string): number {
  const [, , , zone] = DATE_TIME.exec(text) ?? [];
  const ms = DATE_TIME.test(text) ? Date.parse(zone === undefined ? `${text}Z` : text) : NaN;
  if (Number.isNaN(ms))
    throw new OperatorError(`"${text}" is no point in time: 2026-01-31T18:30:00.000 is one (UTC)`);
  return ms;
}

/** Milliseconds. Throws an `OperatorError`. */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text);
  const parts = match?.slice(1) ?? [];
  if (!match || parts.every((part) => part === undefined))
    throw new OperatorError(`"${text}" is no span of time: P1D, PT2H30M and PT90S are some`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + Math.round(seconds * SECOND_MS);
}
