/** Checks the folder of one log: the names in it, its segments, and the small files beside them. */

import { join } from 'node:path';

import { partitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';
import {
  DELETED_SUFFIX,
  LEADER_EPOCH_FILE,
  LOG_SUFFIX,
  PARTITION_METADATA_FILE,
  SNAPSHOT_SUFFIX,
  SWAP_SUFFIX,
  parseOffsetFile,
} from '../formats/file-names';
import type { OffsetFile } from '../formats/file-names';
import { CheckpointError } from '../formats/checkpoint';
import { parseEpochs } from '../formats/epoch-checkpoint';
import type { EpochStart } from '../formats/epoch-checkpoint';
import { parsePartitionMetadata } from '../formats/partition-metadata';
import { parseProducerSnapshot } from '../formats/producer-snapshot';
import type { Inspection } from './finding';
import { Gaps } from './gaps';
import { checkSegment } from './segment-check';
import {
  EFFECT_OF_GAP,
  EPOCHS_MADE_ANEW,
  EPOCHS_USED,
  IGNORED,
  REMOVED,
  SNAPSHOT_IGNORED,
} from './start-effects';
import type { StartState } from './start-effects';
import { OpenTransactions } from './transaction-check';

export interface PartitionPlace {
  readonly folder: string;
  /** `undefined` if the folder's name does not tell. */
  readonly partition: TopicPartition | undefined;
  readonly state: StartState;
}

/** Kafka's own names beside those of the segments. */
const OTHER_NAMES: ReadonlySet<string> = new Set([LEADER_EPOCH_FILE, PARTITION_METADATA_FILE]);
const SEGMENT_LIKE = /\.(log|index|timeindex|txnindex|snapshot)(\.(deleted|cleaned|swap))?$/;

/** Rejects with `FileError`. */
export async function checkPartition(inspection: Inspection, place: PartitionPlace): Promise<void> {
  inspection.extent.logs += 1;
  const names = inspection.files
    .listSync(place.folder)
    .map(({ name }) => name)
    .sort();
  const files = names.map(parseOffsetFile).filter((file) => file !== undefined);
  checkNames(inspection, place.folder, names);
  const live = files.filter(({ state }) => state === '');
  checkOrphans(inspection, place.folder, live);
  const epochs = readEpochs(inspection, place.folder);
  const endOffset = await checkSegments(inspection, place, { live, epochs });
  checkSnapshots(inspection, place.folder, { live, endOffset });
  checkEpochs(inspection, place.folder, { epochs, endOffset });
  checkMetadata(inspection, place);
  checkOffsets(inspection, place, endOffset);
}

function checkNames(inspection: Inspection, folder: string, names: readonly string[]): void {
  for (const name of names) {
    const path = join(folder, name);
    const file = parseOffsetFile(name);
    if (file) {
      if (file.state !== '') inspection.leftover(path, ...explain(file));
      continue;
    }
    if (OTHER_NAMES.has(name)) continue;
    if (SEGMENT_LIKE.test(name)) {
      const problem = 'the name is not 20 digits and a suffix, so that no broker knows the file';
      inspection.damage(path, { position: undefined, problem, atStart: IGNORED });
    } else if (name.endsWith('.tmp')) {
      inspection.leftover(path, 'a file that was being written', IGNORED);
    } else inspection.leftover(path, 'no file of a log', IGNORED);
  }
}

function explain({ state }: OffsetFile): [problem: string, atStart: string] {
  if (state === DELETED_SUFFIX) {
    return [
      'it waits for its removal: a running broker keeps it for file.delete.delay.ms',
      REMOVED,
    ];
  }
  if (state === SWAP_SUFFIX) {
    return [
      'complete output of the cleaner, not yet in the place of what it was made from',
      'it takes that place, unless a .cleaned file shows that it is not complete; then it is removed',
    ];
  }
  return ['output of the cleaner that is not complete: one is at work, or was killed', REMOVED];
}

function checkOrphans(inspection: Inspection, folder: string, live: readonly OffsetFile[]): void {
  const logs = live.filter(({ kind }) => kind === LOG_SUFFIX);
  const bases = new Set(logs.map(({ offset }) => offset));
  for (const { name, kind, offset } of live) {
    const isIndex = kind !== LOG_SUFFIX && kind !== SNAPSHOT_SUFFIX;
    if (!isIndex || bases.has(offset)) continue;
    const problem = 'an index without its log';
    inspection.damage(join(folder, name), { position: undefined, problem, atStart: REMOVED });
  }
}

/** Returns where the log ends; `undefined` if that is not known, or there is no segment. */
async function checkSegments(
  inspection: Inspection,
  { folder, state }: PartitionPlace,
  found: { readonly live: readonly OffsetFile[]; readonly epochs: readonly EpochStart[] },
): Promise<number | undefined> {
  const { live, epochs } = found;
  const bases = live.filter(({ kind }) => kind === LOG_SUFFIX).map(({ offset }) => offset);
  bases.sort((one, other) => one - other);
  const open = new OpenTransactions();
  const gaps = new Gaps(state.isCompacted);
  // Transactions may have begun in segments that are gone.
  if ((bases[0] ?? 0) > 0) open.skip();
  const epochAt = (offset: number): number | undefined =>
    epochs.findLast(({ startOffset }) => startOffset <= offset)?.epoch;
  let endOffset = bases[0];
  for (const [index, baseOffset] of bases.entries()) {
    const dueOffset = endOffset ?? baseOffset;
    if (baseOffset > dueOffset)
      gaps.note(() => tellJoint(inspection, { folder, state, dueOffset, baseOffset }));
    endOffset = await checkSegment(inspection, {
      folder,
      baseOffset,
      nextBase: bases[index + 1],
      dueOffset,
      state,
      open,
      gaps,
      epochAt,
    });
  }
  gaps.end();
  return endOffset;
}

/** Of offsets that are missing between two segments. */
function tellJoint(
  inspection: Inspection,
  joint: {
    readonly folder: string;
    readonly state: StartState;
    readonly dueOffset: number;
    readonly baseOffset: number;
  },
): void {
  const { folder, state, dueOffset, baseOffset } = joint;
  const missing = `${String(dueOffset)} to ${String(baseOffset - 1)}`;
  const problem = `the offsets ${missing} before this segment are missing, as only compaction may leave it`;
  const isRecovered = state.wasClean !== true && baseOffset >= state.recoveryPoint;
  const atStart = isRecovered
    ? 'after a crash the segment and all after it are removed; a follower takes them from the leader'
    : EFFECT_OF_GAP;
  const path = join(folder, `${String(baseOffset).padStart(20, '0')}${LOG_SUFFIX}`);
  inspection.damage(path, { position: undefined, problem, atStart });
}

function checkSnapshots(
  inspection: Inspection,
  folder: string,
  found: { readonly live: readonly OffsetFile[]; readonly endOffset: number | undefined },
): void {
  const endOffset = found.endOffset ?? Infinity;
  for (const { name, offset } of found.live.filter(({ kind }) => kind === SNAPSHOT_SUFFIX)) {
    const path = join(folder, name);
    const content = inspection.files.readFileSync(path);
    if (!content) continue;
    const complain = (problem: string, atStart = SNAPSHOT_IGNORED): void =>
      inspection.damage(path, { position: undefined, problem, atStart });
    const entries = parseProducerSnapshot(content);
    if (!entries) {
      complain('its checksum does not fit, it is cut short, or of another version');
      continue;
    }
    const late = entries.find(({ lastOffset }) => lastOffset >= offset);
    if (late) {
      complain(
        `producer ${String(late.producerId)} has offset ${String(late.lastOffset)} in it, which is not below the snapshot's`,
      );
    }
    if (offset > endOffset) {
      complain(`it lies above the end of the log, which is ${String(endOffset)}`, REMOVED);
    }
  }
}

function readEpochs(inspection: Inspection, folder: string): readonly EpochStart[] {
  const path = join(folder, LEADER_EPOCH_FILE);
  const content = inspection.files.readFileSync(path);
  if (!content) return [];
  try {
    return parseEpochs(content);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    const found = { position: undefined, problem: error.message, atStart: EPOCHS_MADE_ANEW };
    inspection.damage(path, found);
    return [];
  }
}

function checkEpochs(
  inspection: Inspection,
  folder: string,
  {
    epochs,
    endOffset = Infinity,
  }: { epochs: readonly EpochStart[]; endOffset: number | undefined },
): void {
  const complain = (problem: string, atStart: string): void =>
    inspection.damage(join(folder, LEADER_EPOCH_FILE), { position: undefined, problem, atStart });
  epochs.forEach(({ epoch, startOffset }, index) => {
    const before = epochs[index - 1];
    const text = `epoch ${String(epoch)} from offset ${String(startOffset)} on`;
    if (before && (epoch <= before.epoch || startOffset <= before.startOffset)) {
      complain(`${text} is not above the entry before it`, EPOCHS_USED);
    } else if (startOffset > endOffset) {
      complain(
        `${text} lies above the end of the log, which is ${String(endOffset)}`,
        'the entry is removed',
      );
    }
  });
}

function checkMetadata(inspection: Inspection, { folder, partition }: PartitionPlace): void {
  const path = join(folder, PARTITION_METADATA_FILE);
  const content = inspection.files.readFileSync(path);
  if (!content) {
    const atStart = 'it is written when the controller tells the topic id';
    inspection.leftover(
      path,
      'there is none: the log is as old as Kafka 2.7, or was never led',
      atStart,
    );
    return;
  }
  const id = parsePartitionMetadata(content);
  const complain = (problem: string, atStart: string): void =>
    inspection.damage(path, { position: undefined, problem, atStart });
  if (id === undefined) {
    complain('it is not the version and topic id of a partition', 'it is written anew');
    return;
  }
  if (!partition) return;
  const other = inspection.topicIds.get(partition.topic);
  if (!other) inspection.topicIds.set(partition.topic, { id, file: path });
  else if (other.id !== id) {
    complain(
      `topic id ${id}, but ${other.file} has ${other.id} for the same topic`,
      'the partition whose id is not the one in ZooKeeper is refused with INCONSISTENT_TOPIC_ID',
    );
  }
}

const START_IGNORED = 'it is ignored: an orderly stop leaves no log that ends below its start';
const START_ANEW = 'the log begins anew at that offset, empty';

/** What the checkpoints of the directory say, beside what is there. */
function checkOffsets(
  inspection: Inspection,
  { folder, partition, state }: PartitionPlace,
  endOffset: number | undefined,
): void {
  if (endOffset === undefined || !partition) return;
  const key = partitionKey(partition.topic, partition.partition);
  const { recoveryPoint, logStartOffset, highWatermark = 0, wasClean } = state;
  const claims = [
    [
      'recovery-point-offset-checkpoint',
      recoveryPoint,
      'the log is recovered from its last segment on',
    ],
    ['log-start-offset-checkpoint', logStartOffset, wasClean === true ? START_IGNORED : START_ANEW],
    [
      'replication-offset-checkpoint',
      highWatermark,
      'the high watermark is taken back to the end of the log',
    ],
  ] as const;
  for (const [name, offset, atStart] of claims) {
    if (offset <= endOffset) continue;
    const problem = `it says ${String(offset)} for ${key}, whose log ends at ${String(endOffset)}`;
    inspection.damage(join(folder, '..', name), { position: undefined, problem, atStart });
  }
  if (wasClean !== true || recoveryPoint >= endOffset) return;
  const problem = `after an orderly stop it says ${String(recoveryPoint)} for ${key}, whose log ends at ${String(endOffset)}`;
  const atStart = 'the log is recovered from there on';
  const path = join(folder, '..', 'recovery-point-offset-checkpoint');
  inspection.damage(path, { position: undefined, problem, atStart });
}
