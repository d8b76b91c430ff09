/** Checks whole log directories: the files of the directory itself, the names in it, and every log. */

import { basename, dirname, join } from 'node:path';

import type { Files } from '../../platform/ports';
import { CheckpointError, parseOffsetCheckpoint } from '../formats/checkpoint';
import type { OffsetCheckpoint } from '../formats/checkpoint';
import { parseLogFolder, parseOffsetFile } from '../formats/file-names';
import type { LogFolder } from '../formats/file-names';
import {
  CLEANER_OFFSETS,
  CLEAN_SHUTDOWN_FILE,
  HIGH_WATERMARKS,
  LOCK_FILE,
  LOG_STARTS,
  RECOVERY_POINTS,
} from '../log-directory';
import {
  META_PROPERTIES_FILE,
  MetaPropertiesError,
  readIdentity,
  readMetaProperties,
} from '../meta-properties';
import type { Inspection } from './finding';
import { checkPartition } from './partition-check';
import { COUNTS_AS_EMPTY, IGNORED, NO_START, UNKNOWN_STATE } from './start-effects';
import type { StartState } from './start-effects';

const CHECKPOINTS = [RECOVERY_POINTS, LOG_STARTS, HIGH_WATERMARKS, CLEANER_OFFSETS] as const;
const OTHER_NAMES: ReadonlySet<string> = new Set([
  ...CHECKPOINTS,
  CLEAN_SHUTDOWN_FILE,
  LOCK_FILE,
  META_PROPERTIES_FILE,
]);

/** Topics that every broker compacts. */
const ALWAYS_COMPACTED = new Set(['__consumer_offsets', '__transaction_state']);

const FOLDER_TEXTS: Readonly<Record<Exclude<LogFolder['kind'], 'log'>, readonly [string, string]>> =
  {
    deleted: ['a log that waits for its removal', 'it is removed once the broker serves'],
    future: ['a replica on its way to another log directory', IGNORED],
    stray: ['a log that a broker under migration has set aside', IGNORED],
    'not of ZooKeeper mode': ['of tiered storage or KRaft', IGNORED],
  };

/** What a path stands for. */
export type PathKind = 'file' | 'log' | 'directory';

/**
 * `undefined` if nothing is there. What lies in a folder goes before its name: `kafka-1` is a good name for a log
 * directory too. Throws `FileError`.
 */
export function pathKindOf(files: Files, path: string): PathKind | undefined {
  const status = files.statSync(path);
  if (!status) return undefined;
  if (!status.isDirectory) return 'file';
  const names = files.listSync(path).map(({ name }) => name);
  if (names.some((name) => parseOffsetFile(name) !== undefined)) return 'log';
  if (names.some((name) => OTHER_NAMES.has(name) || parseLogFolder(name))) return 'directory';
  return parseLogFolder(basename(path))?.kind === 'log' ? 'log' : 'directory';
}

type Checkpoints = Readonly<Record<(typeof CHECKPOINTS)[number], OffsetCheckpoint>>;

/** Checks the folder of one log. Its directory is asked for what it knows. Rejects with `FileError`. */
export async function checkLogFolder(inspection: Inspection, folder: string): Promise<void> {
  const directory = dirname(folder);
  const named = parseLogFolder(basename(folder));
  const partition = named?.kind === 'log' ? named.partition : undefined;
  const isInDirectory = CHECKPOINTS.some(
    (name) => inspection.files.statSync(join(directory, name)) !== undefined,
  );
  if (!partition || !isInDirectory) {
    await checkPartition(inspection, { folder, partition, state: UNKNOWN_STATE });
    return;
  }
  const checkpoints = readCheckpoints(inspection, directory);
  const state = stateOf(inspection.files, { directory, checkpoints, folder: basename(folder) });
  await checkPartition(inspection, { folder, partition, state });
}

/** Checks log directories, of one broker or of several. Rejects with `FileError`. */
export async function checkDirectories(
  inspection: Inspection,
  directories: readonly string[],
): Promise<void> {
  for (const own of byOwner(inspection, directories)) {
    inspection.folders.clear();
    checkIdentity(inspection, own);
    for (const directory of own) await checkDirectory(inspection, directory);
  }
}

/** The directories of each broker; those that do not tell whose they are stay together. */
function byOwner({ files }: Inspection, directories: readonly string[]): string[][] {
  const groups = new Map<number | undefined, string[]>();
  for (const directory of directories) {
    const owner = ownerOf(files, directory);
    groups.set(owner, [...(groups.get(owner) ?? []), directory]);
  }
  return [...groups.values()];
}

function ownerOf(files: Files, directory: string): number | undefined {
  try {
    return readMetaProperties(files, directory)?.brokerId;
  } catch (error) {
    if (error instanceof MetaPropertiesError) return undefined;
    throw error;
  }
}

async function checkDirectory(inspection: Inspection, directory: string): Promise<void> {
  const { files } = inspection;
  const entries = files
    .listSync(directory)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  for (const { name } of entries.filter(({ isDirectory }) => !isDirectory)) {
    if (OTHER_NAMES.has(name)) continue;
    inspection.leftover(join(directory, name), 'no file of a log directory', IGNORED);
  }
  const checkpoints = readCheckpoints(inspection, directory);
  const found = new Set<string>();
  for (const { name } of entries.filter(({ isDirectory }) => isDirectory)) {
    if (await checkFolder(inspection, { directory, name, checkpoints })) found.add(name);
  }
  checkForgotten(inspection, directory, { checkpoints, found });
}

/** Returns whether the folder is that of a log. */
async function checkFolder(
  inspection: Inspection,
  place: { readonly directory: string; readonly name: string; readonly checkpoints: Checkpoints },
): Promise<boolean> {
  const { directory, name, checkpoints } = place;
  const path = join(directory, name);
  const folder = parseLogFolder(name);
  if (!folder) {
    const problem = 'its name is not that of any log';
    inspection.damage(path, { position: undefined, problem, atStart: NO_START });
    return false;
  }
  if (folder.kind !== 'log') {
    inspection.leftover(path, ...FOLDER_TEXTS[folder.kind]);
    return false;
  }
  const other = inspection.folders.get(name);
  if (other !== undefined) {
    const problem = `${other} is a log of the same partition`;
    inspection.damage(path, { position: undefined, problem, atStart: NO_START });
  }
  inspection.folders.set(name, path);
  const state = stateOf(inspection.files, { directory, checkpoints, folder: name });
  await checkPartition(inspection, { folder: path, partition: folder.partition, state });
  return true;
}

function stateOf(
  files: Files,
  place: { readonly directory: string; readonly folder: string; readonly checkpoints: Checkpoints },
): StartState {
  const { directory, folder: key, checkpoints } = place;
  const topic = key.slice(0, key.lastIndexOf('-'));
  return {
    wasClean: files.statSync(join(directory, CLEAN_SHUTDOWN_FILE)) !== undefined,
    recoveryPoint: checkpoints[RECOVERY_POINTS].get(key) ?? 0,
    logStartOffset: checkpoints[LOG_STARTS].get(key) ?? 0,
    highWatermark: checkpoints[HIGH_WATERMARKS].get(key),
    isCompacted: ALWAYS_COMPACTED.has(topic) || checkpoints[CLEANER_OFFSETS].has(key),
  };
}

function readCheckpoints(inspection: Inspection, directory: string): Checkpoints {
  const read = (name: string): OffsetCheckpoint =>
    readCheckpoint(inspection, join(directory, name));
  return {
    [RECOVERY_POINTS]: read(RECOVERY_POINTS),
    [LOG_STARTS]: read(LOG_STARTS),
    [HIGH_WATERMARKS]: read(HIGH_WATERMARKS),
    [CLEANER_OFFSETS]: read(CLEANER_OFFSETS),
  };
}

function readCheckpoint(inspection: Inspection, path: string): OffsetCheckpoint {
  try {
    return parseOffsetCheckpoint(inspection.files.readFileSync(path) ?? Buffer.alloc(0));
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    const found = { position: undefined, problem: error.message, atStart: COUNTS_AS_EMPTY };
    inspection.damage(path, found);
    return new Map();
  }
}

function checkForgotten(
  inspection: Inspection,
  directory: string,
  { checkpoints, found }: { checkpoints: Checkpoints; found: ReadonlySet<string> },
): void {
  for (const name of CHECKPOINTS) {
    const gone = [...checkpoints[name].keys()].filter((key) => !found.has(key));
    if (gone.length === 0) continue;
    const problem = `it tells of ${gone.join(', ')}, of which there is no log here`;
    inspection.leftover(
      join(directory, name),
      problem,
      'the entries are left out of the next checkpoint',
    );
  }
}

function checkIdentity(inspection: Inspection, directories: readonly string[]): void {
  const [first = ''] = directories;
  const path = join(first, META_PROPERTIES_FILE);
  try {
    const { unmarked } = readIdentity(inspection.files, directories);
    for (const directory of unmarked) {
      const atStart =
        'the directory counts as new, and is taken by whichever broker starts with it';
      inspection.leftover(join(directory, META_PROPERTIES_FILE), 'there is none', atStart);
    }
  } catch (error) {
    if (!(error instanceof MetaPropertiesError)) throw error;
    inspection.damage(path, { position: undefined, problem: error.message, atStart: NO_START });
  }
}
