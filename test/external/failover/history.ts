/** What a producer was told and what a reader then finds, held against each other. */
import { readFileSync } from 'node:fs';

export interface HistoryReport {
  readonly acked: number;
  readonly read: number;
  /** Acknowledged, and not in the log any more. */
  readonly missing: readonly string[];
  /** Acknowledged, and now at another offset. */
  readonly moved: readonly string[];
  /** Values that are in the log more than once. */
  readonly doubled: readonly string[];
  /** Places where a partition's offsets do not follow one another. */
  readonly gaps: readonly string[];
}

function lines(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
}

/** Both files have lines `partition offset value`; each value was produced once. */
export function compareHistory(ackedFile: string, readFile: string): HistoryReport {
  const placeOf = new Map<string, string>();
  const doubled: string[] = [];
  const gaps: string[] = [];
  const nextOffset = new Map<string, number>();
  let read = 0;
  for (const [partition = '', offset = '', value = ''] of lines(readFile)) {
    read++;
    if (placeOf.has(value)) doubled.push(value);
    placeOf.set(value, `${partition} ${offset}`);
    const expected = nextOffset.get(partition);
    if (expected !== undefined && expected !== Number(offset)) gaps.push(`${partition} ${offset}`);
    nextOffset.set(partition, Number(offset) + 1);
  }
  const missing: string[] = [];
  const moved: string[] = [];
  let acked = 0;
  for (const [partition = '', offset = '', value = ''] of lines(ackedFile)) {
    acked++;
    const place = placeOf.get(value);
    if (place === undefined) missing.push(value);
    else if (place !== `${partition} ${offset}`) moved.push(`${value}: ${partition} ${offset} → ${place}`);
  }
  return { acked, read, missing, moved, doubled, gaps };
}
