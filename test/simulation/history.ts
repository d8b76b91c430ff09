/** What the clients of a simulation did and were told, in order: what the checkers judge a run by. */

/** A record is known by its value alone: no two records of a run have the same. */
export type RecordId = string;

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

interface At {
  /** The world's time, milliseconds. */
  readonly atMs: number;
  readonly client: string;
}

/** A producer has handed a record to its client; exactly one `acked` or `failed` follows, or the run ends before. */
export interface Sent extends At, TopicPartition {
  readonly kind: 'sent';
  readonly record: RecordId;
  readonly acks: 0 | 1 | -1;
  readonly isIdempotent: boolean;
}

export interface Acked extends At, TopicPartition {
  readonly kind: 'acked';
  readonly record: RecordId;
  /** As the broker told it; −1 where it told none (acks=0, or a duplicate whose offset is gone). */
  readonly offset: number;
  /** How many times the record may be in the log, by what its producer has sent; 1 if absent. */
  readonly copies?: number;
}

/** `isSure`: the record is certainly in no log. Otherwise it may be, or may come to be. */
export interface Failed extends At, TopicPartition {
  readonly kind: 'failed';
  readonly record: RecordId;
  /** The name of the last error; EXPIRED: it was too old before it could be sent again. */
  readonly error: string;
  readonly isSure: boolean;
  /** As of `Acked`; 0 if `isSure`. */
  readonly copies?: number;
}

/** A consumer has read a record. That it lies below the high watermark of its answer is the client's to check. */
export interface Consumed extends At, TopicPartition {
  readonly kind: 'consumed';
  readonly record: RecordId;
  readonly offset: number;
  readonly leaderEpoch: number;
}

/** A fetch was answered, with records or without. */
export interface Fetched extends At, TopicPartition {
  readonly kind: 'fetched';
  readonly broker: number;
  readonly highWatermark: number;
  /** −1 in versions that do not tell it. */
  readonly logStartOffset: number;
  /** The epoch in which the broker was asked as leader, and answered as such; −1 if the request named none. */
  readonly leaderEpoch?: number;
  /** −1 in versions that do not tell it. */
  readonly lastStableOffset?: number;
  readonly isolation?: 'readUncommitted' | 'readCommitted';
}

/**
 * A member of a group has partitions in a generation, and works on them from now on: `partitions` are all that it has,
 * those among them that it had before and kept.
 */
export interface Assigned extends At {
  readonly kind: 'assigned';
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
  readonly partitions: readonly TopicPartition[];
  readonly protocol: 'eager' | 'cooperative';
}

/** A member has let go of partitions (some of them, or all if it left or was thrown out). */
export interface Revoked extends At {
  readonly kind: 'revoked';
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
  readonly partitions: readonly TopicPartition[];
}

/** The coordinator has confirmed an offset. */
export interface Committed extends At, TopicPartition {
  readonly kind: 'committed';
  /** When the member sent the commit, milliseconds. */
  readonly askedMs: number;
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
  readonly offset: number;
}

/** An offset was to be committed, and nobody knows whether it was, or still will be. */
export interface CommitUnknown extends At, TopicPartition {
  readonly kind: 'commitUnknown';
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
  readonly offset: number;
}

/** The coordinator has told what is committed; −1: nothing. */
export interface OffsetRead extends At, TopicPartition {
  readonly kind: 'offsetRead';
  /** The host that answered. */
  readonly broker: string;
  /** When the question was sent, milliseconds. */
  readonly askedMs: number;
  readonly group: string;
  readonly offset: number;
}

/** An admin action was asked for (`asked`), then answered. `error` is `NONE` or the name of the error, or of the network's. */
export interface AdminAction extends At {
  readonly kind: 'admin';
  readonly action:
    | 'createTopic'
    | 'deleteTopic'
    | 'addPartitions'
    | 'reassign'
    | 'elect'
    | 'alterConfigs'
    | 'deleteRecords';
  readonly step: 'asked' | 'answered';
  readonly topic: string;
  readonly error?: string;
  /** What was asked for, for the trace. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export type HistoryEvent =
  | Sent
  | Acked
  | Failed
  | Consumed
  | Fetched
  | Assigned
  | Revoked
  | Committed
  | CommitUnknown
  | OffsetRead
  | AdminAction;

type Listener = (event: HistoryEvent) => void;

export class History {
  readonly events: HistoryEvent[] = [];
  readonly #listeners = new Set<Listener>();

  add(event: HistoryEvent): void {
    this.events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** For whoever judges each event as it comes, or acts on it. Gives what ends it. */
  onEvent(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
