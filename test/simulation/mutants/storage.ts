/** Bugs of the log: what a restart finds, what a truncation leaves, producers and their sequences. */
import type { Mutant } from './mutant';

export const STORAGE_MUTANTS: readonly Mutant[] = [
  {
    name: 'high-watermark-is-log-end-at-start',
    breaks: 'A log that is opened counts as committed to its end.',
    patches: [
      {
        file: 'src/storage/log-loader.ts',
        find: 'highWatermark: known.highWatermark,',
        replace: 'highWatermark: range.endOffset,',
      },
    ],
    foundBy: ['replica-agreement'],
    seedsNeeded: 100,
  },
  {
    name: 'producers-of-truncated-records',
    breaks: 'After a truncation producers keep the sequences of records that are gone.',
    patches: [
      {
        file: 'src/storage/log.ts',
        find: 'this.local.writer.attempt(() => this.producerState.rebuild(this.segments, range));',
        replace: 'void range;',
      },
    ],
    foundBy: ['producer-order'],
    seedsNeeded: undefined,
  },
  {
    name: 'followers-forget-producers',
    breaks:
      'A follower does not keep account of producers, so that it recognises no repetition once it leads.',
    patches: [
      {
        file: 'src/storage/log.ts',
        find: 'if (producer) this.#follow({ ...producer, lastOffset });',
        replace: 'void producer;',
      },
    ],
    foundBy: ['producer-order', 'written-record'],
    seedsNeeded: 60,
  },
  {
    name: 'producers-not-rebuilt-at-start',
    breaks: 'What producers wrote after the last snapshot is forgotten by a restart.',
    patches: [
      {
        file: 'src/storage/producers/log-producers.ts',
        find: 'if (from >= range.endOffset) return [];',
        replace: 'if (from <= range.endOffset) return [];',
      },
      {
        file: 'src/storage/log-recovery.ts',
        find: 'const aborted = producers.follow(batch);',
        replace: 'const aborted = undefined;',
      },
    ],
    foundBy: ['written-record', 'producer-order'],
    seedsNeeded: 60,
  },
  {
    name: 'repetitions-not-recognised',
    breaks: 'A batch of an idempotent producer that is there already is appended again.',
    patches: [
      {
        file: 'src/storage/producers/producer-states.ts',
        find: 'return entry.findBatch(batch.firstSequence, batch.lastSequence);',
        replace: 'return undefined;',
      },
      {
        file: 'src/storage/producers/producer-states.ts',
        find: 'if (batch.firstSequence === incrementSequence(lastSequence, 1)) return;',
        replace: 'if (batch.firstSequence <= incrementSequence(lastSequence, 1)) return;',
      },
    ],
    foundBy: ['written-record', 'producer-order'],
    seedsNeeded: 30,
  },
  {
    name: 'sequence-gaps-accepted',
    breaks: 'A batch of an idempotent producer is appended although one before it is missing.',
    patches: [
      {
        file: 'src/storage/producers/producer-states.ts',
        find: 'if (batch.firstSequence === incrementSequence(lastSequence, 1)) return;',
        replace: 'if (batch.firstSequence > lastSequence) return;',
      },
    ],
    foundBy: ['producer-order'],
    seedsNeeded: 60,
  },
  {
    name: 'epochs-not-truncated',
    breaks: 'A truncated log still knows of epochs that began after its end.',
    patches: [
      {
        file: 'src/storage/log.ts',
        find: `this.local.writer.attempt(() => this.epochs.truncateFromEnd(offset));
    if (offset >= this.logEndOffset) return;`,
        replace: 'if (offset >= this.logEndOffset) return;',
      },
    ],
    foundBy: ['liveness'],
    seedsNeeded: 30,
  },
  {
    name: 'epoch-start-not-noted',
    breaks: 'A new leader does not note where its epoch begins before it has records of it.',
    patches: [
      {
        file: 'src/replication/partition.ts',
        find: 'log.assignEpochStart(state.leaderEpoch, log.logEndOffset);',
        replace: '',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'strict-does-not-wait-for-the-device',
    breaks: 'Where durability is strict, what is only written counts as durable.',
    patches: [
      {
        file: 'src/storage/log-writer.ts',
        find: `return this.#isStrict
      ? Math.min(this.#recoveryPoint, this.#writtenEndOffset)`,
        replace: `return this.#isStrict
      ? this.#writtenEndOffset`,
      },
    ],
    foundBy: ['replica-agreement'],
    seedsNeeded: 100,
  },
  {
    name: 'recovery-point-too-high',
    breaks: 'The checkpoint says that the log is on the device to its end.',
    patches: [
      {
        file: 'src/storage/log-directory.ts',
        find: 'name === HIGH_WATERMARKS ? log.highWatermark : log.recoveryPoint;',
        replace: 'name === HIGH_WATERMARKS ? log.highWatermark : log.logEndOffset;',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
];
