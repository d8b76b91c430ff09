/** What a start does about damage, in words: docs/internals/damage.md is the rule behind each. */

/** What is known of the log from its directory; nothing if the folder was taken out of one. */
export interface StartState {
  /** An orderly stop was the last thing that happened; `undefined` if the directory is not known. */
  readonly wasClean: boolean | undefined;
  readonly recoveryPoint: number;
  readonly logStartOffset: number;
  readonly highWatermark: number | undefined;
  /** Compaction was at work: gaps between offsets are in order. */
  readonly isCompacted: boolean;
}

export const UNKNOWN_STATE: StartState = {
  wasClean: undefined,
  recoveryPoint: 0,
  logStartOffset: 0,
  highWatermark: undefined,
  isCompacted: false,
};

const REFUSED =
  'nothing is changed; whoever reads it gets CORRUPT_MESSAGE, what lies around it is served';
const CUT =
  'the log is cut before it, and what follows is gone from this replica; a follower takes it from the leader';

/** Of a batch at `offset` that is not what was written. */
export function effectOnBatch(offset: number, { wasClean, recoveryPoint }: StartState): string {
  if (wasClean === undefined) return `after an orderly stop: ${REFUSED}; after a crash: ${CUT}`;
  if (wasClean || offset < recoveryPoint) return REFUSED;
  return CUT;
}

/** Of bytes at the end of the last segment that are no batch: the log does not end where it should. */
export const EFFECT_ON_TAIL = 'the bytes are cut off, and the log ends before them';

export const EFFECT_OF_GAP = 'nothing: whoever asks for a missing offset gets the next one';

export const REBUILT = 'it is built anew from the log; until then reads walk along the log instead';
export const REBUILT_TRANSACTIONS = 'it is built anew from the batches of the log';
export const SNAPSHOT_IGNORED = 'an older one is used, and the log after it is read';
export const EPOCHS_MADE_ANEW = 'it is made anew from the batches of the log';
export const EPOCHS_USED =
  'the entries are used as they are: batches that carry another epoch are refused with CORRUPT_MESSAGE';
export const IGNORED = 'nothing: the file is passed over';
export const REMOVED = 'it is removed';
export const COUNTS_AS_EMPTY = 'it counts as empty, with a warning';
export const NO_START = 'the broker does not start with this directory until that is mended';
