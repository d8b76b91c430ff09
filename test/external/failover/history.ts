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
  /** Values that stand before one that was produced earlier to the same partition. */
  readonly disordered: readonly string[];
  /** Places where a partition's offsets do not follow one another. */
  readonly gaps: readonly string[];
  /** The longest time without an acknowledgement, of each partition in turn. */
  readonly longestSilenceMs: readonly number[];
}

/** The fields of each line; lazily, for there may be millions. */
function* lines(file: string): Generator<string[]> {
  const text = readFileSync(file, 'utf8');
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (end < 0) throw new Error(`${file} ends within a line`);
    yield text.slice(start, end).split(' ');
  }
}

interface Place {
  readonly partition: string;
  readonly offset: number;
}

function checkLog(file: string) {
  const places = new Map<string, Place>();
  const last = new Map<string, { readonly offset: number; readonly value: string }>();
  const doubled: string[] = [];
  const gaps: string[] = [];
  const disordered: string[] = [];
  let read = 0;
  for (const [partition = '', offsetText = '', value = ''] of lines(file)) {
    read++;
    const offset = Number(offsetText);
    if (places.has(value)) doubled.push(value);
    places.set(value, { partition, offset });
    const before = last.get(partition);
    if (before && before.offset + 1 !== offset) gaps.push(`${partition} ${offsetText}`);
    if (before && before.value >= value) disordered.push(`${before.value} before ${value}`);
    last.set(partition, { offset, value });
  }
  return { read, places, doubled, gaps, disordered };
}

/**
 * The acknowledged: lines `partition offset value milliseconds`; the read: `partition offset value`. Each
 * value was produced once, and those of a partition in ascending order.
 */
export function compareHistory(ackedFile: string, readFile: string): HistoryReport {
  const { places, ...log } = checkLog(readFile);
  const missing: string[] = [];
  const moved: string[] = [];
  const lastMs = new Map<string, number>();
  const silenceMs = new Map<string, number>();
  let acked = 0;
  for (const [partition = '', offset = '', value = '', atMs = ''] of lines(ackedFile)) {
    acked++;
    const place = places.get(value);
    if (!place) missing.push(value);
    else if (place.partition !== partition || place.offset !== Number(offset))
      moved.push(`${value}: ${partition} ${offset} → ${place.partition} ${String(place.offset)}`);
    const silent = Number(atMs) - (lastMs.get(partition) ?? Number(atMs));
    silenceMs.set(partition, Math.max(silenceMs.get(partition) ?? 0, silent));
    lastMs.set(partition, Number(atMs));
  }
  return {
    acked,
    missing,
    moved,
    longestSilenceMs: [...silenceMs].sort(([a], [b]) => Number(a) - Number(b)).map(([, ms]) => ms),
    ...log,
  };
}
