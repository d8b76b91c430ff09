/** Dumps any file that a broker keeps in a log directory; what it is, its name tells. */

import { basename, join } from 'node:path';

import { parseProperties } from '../../config/properties';
import type { Files } from '../../platform/ports';
import { CheckpointError, parseCheckpoint } from '../formats/checkpoint';
import {
  INDEX_SUFFIX,
  LEADER_EPOCH_FILE,
  LOG_SUFFIX,
  PARTITION_METADATA_FILE,
  SNAPSHOT_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
  parseOffsetFile,
} from '../formats/file-names';
import type { OffsetFile } from '../formats/file-names';
import { parsePartitionMetadata } from '../formats/partition-metadata';
import { parseProducerSnapshot } from '../formats/producer-snapshot';
import type { ProducerSnapshotEntry } from '../formats/producer-snapshot';
import {
  CLEANER_OFFSETS,
  CLEAN_SHUTDOWN_FILE,
  HIGH_WATERMARKS,
  LOG_STARTS,
  RECOVERY_POINTS,
} from '../log-directory';
import { META_PROPERTIES_FILE } from '../meta-properties';
import type { DumpItem, EntryItem } from './dump-items';
import { dumpSegment } from './dump-segment';
import { allOf, offsetEntries, timeEntries, transactionEntries } from './index-entries';
import type { Entries } from './index-entries';

export interface DumpOptions {
  /** Whether to look into the batches of segments. */
  readonly records: boolean;
}

type Parse = (content: Buffer) => Iterable<DumpItem>;

const OFFSET_CHECKPOINT = checkpoint(['topic', 'partition', 'offset']);

/** Kinds and readers of the files that are known by their whole name. */
const SMALL_FILES: Readonly<Record<string, readonly [kind: string, parse: Parse]>> = {
  [RECOVERY_POINTS]: ['recovery points: all below is flushed', OFFSET_CHECKPOINT],
  [LOG_STARTS]: ['log starts above the first segment', OFFSET_CHECKPOINT],
  [HIGH_WATERMARKS]: ['high watermarks', OFFSET_CHECKPOINT],
  [CLEANER_OFFSETS]: ['first offsets not yet compacted', OFFSET_CHECKPOINT],
  [LEADER_EPOCH_FILE]: ['leader epochs', checkpoint(['epoch', 'startOffset'])],
  [PARTITION_METADATA_FILE]: ['topic id', partitionMetadata],
  [META_PROPERTIES_FILE]: ['owner of the directory', properties],
  [CLEAN_SHUTDOWN_FILE]: ['marker of an orderly stop', text],
};

/** Kinds and readers of the files that begin with an offset, but for `.log`. */
const OFFSET_FILES: Readonly<
  Record<
    string,
    readonly [kind: string, parse: (content: Buffer, offset: number) => Iterable<DumpItem>]
  >
> = {
  [INDEX_SUFFIX]: ['offset index', (content, offset) => entryItems(offsetEntries(content, offset))],
  [TIME_INDEX_SUFFIX]: [
    'time index',
    (content, offset) => entryItems(timeEntries(content, offset)),
  ],
  [TRANSACTION_INDEX_SUFFIX]: [
    'aborted transactions',
    (content) => entryItems(transactionEntries(content)),
  ],
  [SNAPSHOT_SUFFIX]: ['producer state', snapshot],
};

/** Whether `dumpFile` knows such a file. */
export function isDumpable(name: string): boolean {
  return parseOffsetFile(name) !== undefined || Object.hasOwn(SMALL_FILES, name);
}

/** Rejects with `FileError`. */
export async function* dumpFile(
  files: Files,
  path: string,
  options: DumpOptions,
): AsyncGenerator<DumpItem> {
  const name = basename(path);
  const offsetFile = parseOffsetFile(name);
  if (offsetFile?.kind === LOG_SUFFIX) yield* dumpLog(files, path, { offsetFile, options });
  else {
    const small = Object.hasOwn(SMALL_FILES, name) ? SMALL_FILES[name] : undefined;
    const known = offsetFile ? OFFSET_FILES[offsetFile.kind] : small;
    if (!known) {
      yield { type: 'file', file: path, kind: 'unknown' };
      yield problem('the name is not that of a file that a broker keeps');
      return;
    }
    const [kind, parse] = known;
    yield { type: 'file', file: path, kind };
    const content = files.readFileSync(path);
    yield* content ? parse(content, offsetFile?.offset ?? 0) : [problem('it is gone')];
  }
}

async function* dumpLog(
  files: Files,
  path: string,
  { offsetFile, options }: { readonly offsetFile: OffsetFile; readonly options: DumpOptions },
): AsyncGenerator<DumpItem> {
  yield { type: 'file', file: path, kind: `segment from offset ${String(offsetFile.offset)} on` };
  const file = files.openSync(path, 'read');
  try {
    yield* dumpSegment(file, options.records);
  } finally {
    file.closeSync();
  }
}

/** The files to dump for a path: itself, or what is in the folder and, for a log directory, in the logs of it. */
export function filesToDump(files: Files, path: string): string[] {
  if (files.statSync(path)?.isDirectory !== true) return [path];
  return files
    .listSync(path)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap(({ name, isDirectory }) => {
      if (isDirectory) return filesToDump(files, join(path, name));
      return isDumpable(name) ? [join(path, name)] : [];
    });
}

function problem(what: string, position?: number): DumpItem {
  return { type: 'problem', position, problem: what };
}

function entry(fields: EntryItem['fields']): EntryItem {
  return { type: 'entry', fields };
}

function* entryItems<T extends { readonly [Name in keyof T]: number }>(
  entries: Entries<T>,
): Generator<DumpItem> {
  for (const fields of allOf(entries))
    yield entry(Object.fromEntries(Object.entries<number>(fields)));
  const { count, entrySize, extraBytes, spareBytes } = entries;
  const end = count * entrySize;
  if (extraBytes > 0) yield problem(`${String(extraBytes)} bytes that are no whole entry`, end);
  if (spareBytes > 0)
    yield problem(`${String(spareBytes)} bytes of zeros, allotted in advance`, end);
}

function* snapshot(content: Buffer): Generator<DumpItem> {
  const entries = parseProducerSnapshot(content);
  if (!entries) yield problem('its checksum does not fit, it is cut short, or of another version');
  for (const each of entries ?? []) yield entry(snapshotFields(each));
}

const SEQUENCES = 2 ** 31;

function snapshotFields(producer: ProducerSnapshotEntry): EntryItem['fields'] {
  const { producerId, producerEpoch, coordinatorEpoch, currentTxnFirstOffset, timestamp } =
    producer;
  const { lastOffset, lastSequence, offsetDelta } = producer;
  const own = {
    producerId,
    producerEpoch,
    coordinatorEpoch,
    currentTxnFirstOffset: currentTxnFirstOffset < 0 ? null : currentTxnFirstOffset,
    lastTimestamp: timestamp,
  };
  if (lastOffset < 0) return own;
  // After the largest sequence they begin at 0 again.
  const firstSequence = (lastSequence - offsetDelta + SEQUENCES) % SEQUENCES;
  return { ...own, firstSequence, lastSequence, lastOffset, offsetDelta, timestamp };
}

function checkpoint(names: readonly string[]): Parse {
  return function* (content) {
    try {
      for (const fields of parseCheckpoint(content, names.length)) {
        yield entry(Object.fromEntries(names.map((name, at) => [name, typed(name, fields[at])])));
      }
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      yield problem(error.message);
    }
  };
}

function typed(name: string, field = ''): string | number {
  return name !== 'topic' && /^-?\d+$/.test(field) ? Number(field) : field;
}

function* partitionMetadata(content: Buffer): Generator<DumpItem> {
  const id = parsePartitionMetadata(content);
  yield id === undefined
    ? problem('it is not the version and topic id of a partition')
    : entry({ version: 0, topic_id: id });
}

function* properties(content: Buffer): Generator<DumpItem> {
  yield entry(parseProperties(content.toString()));
}

function* text(content: Buffer): Generator<DumpItem> {
  yield entry({ content: content.toString() });
}
