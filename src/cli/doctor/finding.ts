/** What the doctor says: never a guess, each with the evidence that it was seen by. */

/** `error`: something does not work now. `warning`: it works, one fault away from not. `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  readonly severity: Severity;
  /** The check that found it, by its name in the list of checks. */
  readonly check: string;
  /** What is wrong, in one line. */
  readonly what: string;
  /** Where: broker, partition, znode, server. */
  readonly where: string;
  /** What was seen, and by which way. */
  readonly evidence: string;
  readonly why: string;
  readonly mend: string;
}

/** More would hide the rest: the count tells how many there are. */
const MOST_NAMES = 8;

/** `a, b, c and 12 more` */
export function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${shown} and ${String(more)} more` : shown;
}

/** `1 partition`, `3 partitions` */
export function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** For people: `2026-01-31T18:30:00.000Z`. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** `12.3 s`, `5 min`, `3 h` */
export function spanOf(ms: number): string {
  const seconds = Math.abs(ms) / 1_000;
  const unit = UNITS.find(([, size]) => seconds >= 2 * size);
  if (!unit) return `${seconds.toFixed(1)} s`;
  return `${String(Math.floor(seconds / unit[1]))} ${unit[0]}`;
}

export function partitionName(each: {
  readonly topic: string;
  readonly partition: number;
}): string {
  return `${each.topic}-${String(each.partition)}`;
}
