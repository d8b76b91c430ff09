/** `leader-epoch-checkpoint` of a log: which leader epoch began at which offset. */

import { formatCheckpoint, parseCheckpoint, parseCheckpointNumber } from './checkpoint';

export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

export function formatEpochs(entries: readonly EpochStart[]): Buffer {
  return formatCheckpoint(entries.map(({ epoch, startOffset }) => [epoch, startOffset]));
}

/** In the order of the file. Throws `CheckpointError`. */
export function parseEpochs(content: Buffer): EpochStart[] {
  return parseCheckpoint(content, 2).map(([epoch, startOffset]) => ({
    epoch: parseCheckpointNumber(epoch),
    startOffset: parseCheckpointNumber(startOffset),
  }));
}
