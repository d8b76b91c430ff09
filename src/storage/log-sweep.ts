/**
 * Tidies the folder of a log before it is loaded: removes what was deleted or never completed, and finishes the
 * replacement of segments that a crash interrupted (Kafka's `LogLoader.removeTempFilesAndCollectSwapFiles`).
 */

import { join } from 'node:path';

import type { Files } from '../platform/ports';
import {
  CLEANED_SUFFIX,
  DELETED_SUFFIX,
  LOG_SUFFIX,
  SWAP_SUFFIX,
  parseOffsetFile,
} from './formats/file-names';
import type { OffsetFile } from './formats/file-names';
import { hasSaneIndexes } from './segment/index-checks';
import type { OpenFiles } from './segment/open-files';
import { Segment } from './segment/segment';

/** Returns the files of segments and the snapshots that are left, all of them live. Throws `FileError`. */
export function sweepFolder(openFiles: OpenFiles, folder: string): OffsetFile[] {
  const { files } = openFiles;
  const found = listOffsetFiles(files, folder);
  const cleaned = found.filter(({ state }) => state === CLEANED_SUFFIX);
  const leastCleaned = Math.min(...cleaned.map(({ offset }) => offset));
  const isWorthless = ({ state, offset }: OffsetFile): boolean =>
    state === DELETED_SUFFIX ||
    state === CLEANED_SUFFIX ||
    (state === SWAP_SUFFIX && offset >= leastCleaned);
  remove(files, folder, found.filter(isWorthless));
  const kept = found.filter((file) => !isWorthless(file));
  if (!kept.some(({ state }) => state === SWAP_SUFFIX)) return removeOrphans(files, folder, kept);
  finishSwap(openFiles, folder, kept);
  return removeOrphans(files, folder, listOffsetFiles(files, folder));
}

/** Complete output of the cleaner takes the place of the segments it was made from. */
function finishSwap(openFiles: OpenFiles, folder: string, found: readonly OffsetFile[]): void {
  const { files } = openFiles;
  const swapped = found.filter(({ state }) => state === SWAP_SUFFIX);
  const logs = swapped.filter(({ kind }) => kind === LOG_SUFFIX);
  const from = Math.min(...logs.map(({ offset }) => offset));
  const to = Math.max(...logs.map(({ offset }) => swapEndOffset(openFiles, folder, offset)));
  const isReplaced = ({ state, offset }: OffsetFile): boolean =>
    state === '' && offset >= from && offset < to;
  remove(files, folder, found.filter(isReplaced));
  for (const { name } of swapped) {
    files.renameSync(join(folder, name), join(folder, name.slice(0, -SWAP_SUFFIX.length)));
  }
}

function swapEndOffset(openFiles: OpenFiles, folder: string, baseOffset: number): number {
  const place = { openFiles, folder, baseOffset, createdMs: 0, state: SWAP_SUFFIX };
  const { files } = openFiles;
  const segment = Segment.open(place);
  const endOffset = segment.readEndOffset(hasSaneIndexes(files, segment)) ?? baseOffset;
  segment.closeFiles();
  return endOffset;
}

/** Indexes whose log is gone. */
function removeOrphans(files: Files, folder: string, found: readonly OffsetFile[]): OffsetFile[] {
  const bases = new Set(
    found.filter(({ kind }) => kind === LOG_SUFFIX).map(({ offset }) => offset),
  );
  const isOrphan = ({ kind, offset }: OffsetFile): boolean =>
    kind.endsWith('index') && !bases.has(offset);
  remove(files, folder, found.filter(isOrphan));
  return found.filter((file) => !isOrphan(file));
}

function listOffsetFiles(files: Files, folder: string): OffsetFile[] {
  return files
    .listSync(folder)
    .map(({ name }) => parseOffsetFile(name))
    .filter((file) => file !== undefined);
}

function remove(files: Files, folder: string, unwanted: readonly OffsetFile[]): void {
  for (const { name } of unwanted) files.removeSync(join(folder, name));
}
