/**
 * One partition's log (Kafka's `UnifiedLog`): what may be appended, what consumers may see, and what must be
 * known of epochs and producers. The bytes are `LocalLog`'s.
 */

import {
  hasLogAppendTime,
  lastOffsetDelta,
  maxTimestampOf,
  patchBaseOffset,
  patchLeaderEpoch,
  patchTimestamps,
} from '../protocol/records/batch';
import { ProtocolError } from '../protocol/errors';
import { isLegacyMagic } from '../protocol/records/message';
import { checkBatch } from './batch-check';
import { checkFollowerBatches } from './follower-batches';
import { writePartitionMetadata } from './formats/partition-metadata';
import type { NewBatch } from './local-log';
import { LogView, clamp } from './log-view';
import { producerBatchInfo } from './producers/batch-info';
import type { ProducerBatchInfo } from './producers/producer-states';
import type { Segment } from './segment/segment';
import { StorageError } from './types';
import type { AppendOptions, AppendResult } from './types';

/** What an append of no whole batch gives: old producers may send such, and hear of no error. */
const NOTHING = { firstOffset: -1, lastOffset: -1, maxTimestamp: -1 };

export class Log extends LogView {
  /**
   * Validates one batch, gives it offsets and the leader epoch, and copies it; it is in the file once `written`
   * settles. A batch of an idempotent producer that was appended before gives its old offsets, a message set of
   * an old format becomes a batch, and without a whole batch nothing is appended. Throws `ProtocolError`, and
   * `StorageError` if the directory is offline.
   */
  appendAsLeader(records: Buffer, { leaderEpoch, origin }: AppendOptions): AppendResult {
    this.checkUsable();
    const nowMs = this.environment.clock.nowMs();
    const checks = { config: this.config, origin, nowMs, key: this.key };
    const bytes = checkBatch(records, checks);
    if (!bytes) return this.#result(NOTHING, { sizeBytes: 0 });
    const firstOffset = this.logEndOffset;
    const producer = producerBatchInfo(bytes, 0, firstOffset);
    const duplicate = producer && origin === 'client' && this.producers.findDuplicate(producer);
    const usesAppendTime = this.config['message.timestamp.type'] === 'LogAppendTime';
    if (duplicate) {
      const logAppendTimeMs = usesAppendTime ? duplicate.timestamp : -1;
      return this.#result({ ...duplicate, maxTimestamp: duplicate.timestamp }, { logAppendTimeMs });
    }
    if (producer) this.producers.check(producer, origin);
    const maxTimestamp = usesAppendTime ? nowMs : maxTimestampOf(bytes, 0);
    const lastOffset = firstOffset + lastOffsetDelta(bytes, 0);
    const batch = { bytes, firstOffset, lastOffset, maxTimestamp };
    if (this.latestEpoch !== leaderEpoch) this.assignEpochStart(leaderEpoch, firstOffset);
    this.#rollFor(batch);
    const { buffer, at } = this.local.append(batch);
    patchBaseOffset(buffer, at, firstOffset);
    patchLeaderEpoch(buffer, at, leaderEpoch);
    if (usesAppendTime || hasLogAppendTime(buffer, at)) {
      patchTimestamps(buffer, at, { isLogAppendTime: usesAppendTime, maxTimestamp });
    }
    if (producer) this.#follow({ ...producer, maxTimestamp });
    const logAppendTimeMs = usesAppendTime ? nowMs : -1;
    return this.#result(batch, { logAppendTimeMs, sizeBytes: bytes.length });
  }

  /**
   * Appends batches as the leader stored them; an incomplete last one is left out. Throws `ProtocolError`
   * CORRUPT_MESSAGE, or OFFSET_OUT_OF_RANGE if they begin below the log's end, before anything is appended.
   */
  appendAsFollower(records: Buffer): AppendResult {
    this.checkUsable();
    const batches = checkFollowerBatches(records, this.logEndOffset);
    const firstOffset = batches[0]?.header.baseOffset ?? this.logEndOffset;
    let maxTimestamp = -1;
    let sizeBytes = 0;
    for (const { header, position } of batches) {
      const { baseOffset, lastOffset, leaderEpoch } = header;
      const isLegacy = isLegacyMagic(header.magic);
      const bytes = records.subarray(position, position + header.sizeBytes);
      // A wrapper does not tell the offset of its first message: any one from the log's end on may be.
      const batch = { ...header, bytes, firstOffset: isLegacy ? this.logEndOffset : baseOffset };
      this.#noteEpoch(leaderEpoch, baseOffset);
      this.#rollFor(batch);
      this.local.append(batch);
      const producer = isLegacy ? undefined : producerBatchInfo(bytes, 0, baseOffset);
      if (producer) this.#follow({ ...producer, lastOffset });
      maxTimestamp = Math.max(maxTimestamp, header.maxTimestamp);
      sizeBytes += header.sizeBytes;
    }
    return this.#result(
      { firstOffset, lastOffset: this.logEndOffset - 1, maxTimestamp },
      { sizeBytes },
    );
  }

  /** Moves the high watermark, within the bounds of the log; returns where it is now. */
  updateHighWatermark(offset: number): number {
    this.watermark = clamp(offset, this.startOffset, this.logEndOffset);
    this.producers.forgetReplicated(this.watermark);
    return this.watermark;
  }

  /** Records below `offset` are no longer served; their segments go at the next retention run. */
  raiseLogStart(offset: number): void {
    this.checkUsable();
    if (offset > this.watermark) {
      throw new ProtocolError(
        'OFFSET_OUT_OF_RANGE',
        `Cannot raise the log start offset of ${this.key} to ${String(offset)}: ` +
          `it is above the high watermark ${String(this.watermark)}`,
      );
    }
    if (offset <= this.startOffset) return;
    this.startOffset = offset;
    this.local.writer.attempt(() => this.epochs.truncateFromStart(offset));
    this.producers.forgetReplicated(offset);
    this.onStartMoved?.();
  }

  /** Cuts the log so that it ends at `offset`, or keeps it if it ends there or earlier. */
  truncateTo(offset: number): void {
    this.checkUsable();
    this.local.writer.attempt(() => this.epochs.truncateFromEnd(offset));
    if (offset >= this.logEndOffset) return;
    if (offset < this.segments.first.baseOffset) {
      this.truncateFullyAndStartAt(offset);
      return;
    }
    this.local.truncateTo(offset);
    this.startOffset = Math.min(this.startOffset, offset);
    this.watermark = Math.min(this.watermark, offset);
    this.home.noteTruncation(this.key, offset);
    const range = { logStartOffset: this.startOffset, endOffset: offset };
    this.local.writer.attempt(() => this.producerState.rebuild(this.segments, range));
    this.local.writer.hasNewFiles = true; // Removed snapshots must not come back: others take their names.
    this.producers.forgetReplicated(this.watermark);
  }

  /** Drops all records; the next one gets `offset`. */
  truncateFullyAndStartAt(offset: number): void {
    this.checkUsable();
    this.local.restartAt(offset);
    this.startOffset = offset;
    this.watermark = offset;
    this.home.noteTruncation(this.key, offset);
    this.local.writer.attempt(() => {
      this.epochs.clear();
      this.producerState.snapshots.removeWhere(() => true);
    });
    this.producers.clear();
  }

  /** Notes that `epoch` begins at `offset`; on disk when this returns. */
  assignEpochStart(epoch: number, offset: number): void {
    this.checkUsable();
    const { writer } = this.local;
    writer.attempt(() => this.epochs.assign(epoch, offset));
    if (!this.epochs.isSynced) writer.hasNewFiles = true;
  }

  /** Brings everything written so far to the device. */
  flush(): Promise<void> {
    return this.local.writer.flush();
  }

  /**
   * Flushes the log up to `offset` at least, and notes on the device that it did, so that a start after a power failure
   * takes nothing below for undecided.
   */
  async secure(offset: number): Promise<void> {
    while (this.recoveryPoint < Math.min(offset, this.logEndOffset)) await this.flush();
    await this.home.saveRecoveryPoints();
  }

  /** The topic's id became known; it is written to the log's folder. */
  nameTopic(topicId: string): void {
    this.topicId = topicId;
    const { writer } = this.local;
    writer.attempt(() => writePartitionMetadata(this.environment.files, this.folder, topicId));
    writer.hasNewFiles = true;
  }

  /** Removes the oldest `count` segments; a new empty one is begun first if none would be left. */
  removeOldest(count: number): void {
    this.checkUsable();
    if (count === 0) return;
    const removed = this.segments.all.slice(0, count);
    if (removed.length === this.segments.all.length) this.#roll(this.logEndOffset);
    this.local.removeSegments(removed);
    this.#removeSnapshots(removed);
    this.startOffset = Math.max(this.startOffset, this.segments.first.baseOffset);
    this.watermark = Math.max(this.watermark, this.startOffset);
    this.local.writer.attempt(() => this.epochs.truncateFromStart(this.startOffset));
    this.onStartMoved?.();
  }

  /** Compaction made `cleaned` of the segments `replaced`. */
  replaceSegments(cleaned: Segment, replaced: readonly Segment[]): void {
    this.checkUsable();
    this.local.replaceSegments(cleaned, replaced);
    this.#removeSnapshots(replaced.filter((old) => old.baseOffset !== cleaned.baseOffset));
  }

  /** Writes and syncs everything, so that the next start has nothing to recover, and closes the files. */
  async close(): Promise<void> {
    if (this.isOffline) {
      this.release();
      return;
    }
    this.isClosed = true;
    const { writer } = this.local;
    this.local.finish();
    writer.attempt(() => this.producerState.takeSnapshot(this.logEndOffset));
    await writer.flush();
    this.release();
  }

  /** Closes the files without writing anything: the log is deleted, or its directory is offline. */
  release(): void {
    this.fail(new StorageError(`The log ${this.key} is closed`));
  }

  /** The directory went offline. */
  fail(failure: StorageError): void {
    this.local.writer.fail(failure);
    this.local.release();
  }

  /** Forgets idle producers. */
  expireProducers(): void {
    this.producerState.expire();
  }

  /** Batches of old message formats carry no epoch, and make what is known of epochs useless. */
  #noteEpoch(leaderEpoch: number, baseOffset: number): void {
    if (leaderEpoch === (this.latestEpoch ?? -1)) return;
    if (leaderEpoch >= 0) this.assignEpochStart(leaderEpoch, baseOffset);
    else this.local.writer.attempt(() => this.epochs.clear());
  }

  #rollFor(batch: NewBatch): void {
    if (this.local.mustRoll(batch, batch.bytes.length)) this.#roll(batch.firstOffset);
  }

  #roll(baseOffset: number): void {
    const { writer } = this.local;
    const hasGap = writer.attempt(() => this.segments.active.endOffset !== baseOffset);
    this.local.roll(baseOffset);
    writer.attempt(() => this.producerState.takeSnapshot(baseOffset));
    if (!hasGap || this.config['cleanup.policy'].includes('compact')) return;
    // Recovery takes a gap between segments for lost records, but below the recovery point it does not look.
    writer.flushSync(baseOffset);
    this.home.noteFlush();
  }

  #follow(batch: ProducerBatchInfo): void {
    const aborted = this.producers.update(batch);
    if (!aborted) return;
    const { writer } = this.local;
    const { transactionIndex } = this.segments.active;
    writer.attempt(() => {
      // The first entry makes the file.
      if (!transactionIndex.exists) writer.hasNewFiles = true;
      transactionIndex.append(aborted);
    });
  }

  #removeSnapshots(removed: readonly Segment[]): void {
    const { snapshots } = this.producerState;
    this.local.writer.attempt(() => {
      const paths = removed.map((segment) => snapshots.markDeleted(segment.baseOffset));
      this.local.removeLater(paths.filter((path) => path !== undefined));
    });
  }

  #result(
    batch: { firstOffset: number; lastOffset: number; maxTimestamp: number },
    appended: { logAppendTimeMs?: number; sizeBytes?: number },
  ): AppendResult {
    return {
      firstOffset: batch.firstOffset,
      lastOffset: batch.lastOffset,
      maxTimestamp: batch.maxTimestamp,
      logAppendTimeMs: appended.logAppendTimeMs ?? -1,
      logStartOffset: this.startOffset,
      isDuplicate: appended.sizeBytes === undefined,
      sizeBytes: appended.sizeBytes ?? 0,
    };
  }
}
