/** A fetcher's position in one partition, for one leader epoch: a later epoch gets a new object. */

import type { Partition } from './partition';

/** "No epoch": the log has no record that carries one. */
const NO_EPOCH = -1;

export class FollowedPartition {
  readonly key: string;
  readonly leaderEpoch: number;
  /** What the request names the topic by; `undefined` forces the whole fetcher back to names. */
  topicId: string | undefined;
  fetchOffset: number;
  /** Epoch of the last record before `fetchOffset`, by which the leader finds where histories part. */
  lastFetchedEpoch: number;
  /** The position that the leader's fetch session holds; `undefined` if it holds none. */
  sentOffset: number | undefined;
  /** Set while the partition waits after an error; replaced by each new wait. */
  delay: object | undefined;
  /** Errors since the last good answer. */
  failures = 0;
  /** As the leader last told it. */
  leaderHighWatermark = 0;

  constructor(
    readonly replica: Partition,
    fetchOffset: number,
  ) {
    this.key = replica.key;
    this.leaderEpoch = replica.leaderEpoch;
    this.topicId = replica.topicId;
    this.fetchOffset = fetchOffset;
    this.lastFetchedEpoch = replica.requireLog().latestEpoch ?? NO_EPOCH;
  }

  /** Whether an answer to the last request is about the present position. */
  get isExpected(): boolean {
    return this.delay === undefined && this.sentOffset === this.fetchOffset;
  }

  /** Whether the replica may tell its leader that it has everything below the present position. */
  get isDurable(): boolean {
    return this.replica.requireLog().durableEndOffset >= this.fetchOffset;
  }

  /** Records that the leader has committed and this replica does not have. */
  get lag(): number {
    return Math.max(0, this.leaderHighWatermark - this.fetchOffset);
  }

  moveTo(fetchOffset: number): void {
    this.fetchOffset = fetchOffset;
    this.lastFetchedEpoch = this.replica.requireLog().latestEpoch ?? NO_EPOCH;
  }
}
