/**
 * Kafka's checkpoint files (`CheckpointFile`): line 1 the version 0, line 2 the number of entries, then one
 * entry a line, its fields separated by blanks. A file of 0 bytes has no entries.
 */

import type { Files } from '../../platform/ports';

const VERSION = '0';

/** The content of a checkpoint file is not what its format says; the message names the line. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

export function formatCheckpoint(entries: readonly (readonly (string | number)[])[]): Buffer {
  const lines = [VERSION, String(entries.length), ...entries.map((fields) => fields.join(' '))];
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** Parses entries of `fieldCount` fields. Throws `CheckpointError`. */
export function parseCheckpoint(content: Buffer, fieldCount: number): string[][] {
  if (content.length === 0) return [];
  const [version, count, ...lines] = content.toString().split('\n');
  // Of a number that a power failure has cut, the beginning is a number too.
  if (lines.at(-1) !== '') throw new CheckpointError('the last line is not complete');
  if (version !== VERSION) throw new CheckpointError(`line 1: version ${String(version)}, not 0`);
  if (!/^\d+$/.test(count ?? '')) throw new CheckpointError('line 2: not a number of entries');
  const entries = lines.filter((line) => line !== '').map((line) => line.split(/\s+/));
  entries.forEach((fields, index) => {
    if (fields.length !== fieldCount) {
      throw new CheckpointError(`line ${String(index + 3)}: not ${String(fieldCount)} fields`);
    }
  });
  if (entries.length !== Number(count)) {
    throw new CheckpointError(
      `${String(entries.length)} entries, but line 2 says ${String(count)}`,
    );
  }
  return entries;
}

/** A non-negative integer field. Throws `CheckpointError`. */
export function parseCheckpointNumber(text: string | undefined): number {
  const value = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new CheckpointError(`not a number: ${String(text)}`);
  return value;
}

/** One offset per partition, by `topic-partition`. */
export type OffsetCheckpoint = ReadonlyMap<string, number>;

export function formatOffsetCheckpoint(offsets: OffsetCheckpoint): Buffer {
  return formatCheckpoint(
    [...offsets].map(([key, offset]) => {
      const dash = key.lastIndexOf('-');
      return [key.slice(0, dash), key.slice(dash + 1), offset];
    }),
  );
}

/** Throws `CheckpointError`. */
export function parseOffsetCheckpoint(content: Buffer): Map<string, number> {
  return new Map(
    parseCheckpoint(content, 3).map(([topic, partition, offset]) => [
      `${String(topic)}-${String(parseCheckpointNumber(partition))}`,
      parseCheckpointNumber(offset),
    ]),
  );
}

interface NewCheckpoint {
  readonly path: string;
  readonly content: Buffer;
  /** Asked when all is written: false if the file was replaced meanwhile by what is newer. */
  readonly isWanted: () => boolean;
}

/**
 * Replaces a checkpoint that is written again and again: temporary file, fdatasync in the background, rename.
 * The directory is not synced: after a power failure an older checkpoint only means more to recover.
 */
export async function writeCheckpoint(
  files: Files,
  { path, content, isWanted }: NewCheckpoint,
): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = files.openSync(temporary, 'create');
  try {
    file.truncateSync(0);
    file.writeSync([content], 0);
    await file.sync();
  } finally {
    file.closeSync();
  }
  if (isWanted()) files.renameSync(temporary, path);
}
