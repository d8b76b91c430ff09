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
}

/** `isSure`: the record is certainly in no log. Otherwise it may be, or may come to be. */
export interface Failed extends At, TopicPartition {
  readonly kind: 'failed';
  readonly record: RecordId;
  readonly error: string;
  readonly isSure: boolean;
}

/** A consumer has read a record; `highWatermark` and `lastStableOffset` are those of the answer it came in. */
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
  readonly logStartOffset: number;
}

/** A member of a group has been given partitions in a generation, and works on them from now on. */
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
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
  readonly offset: number;
}

/** The coordinator has told what is committed; −1: nothing. */
export interface OffsetRead extends At, TopicPartition {
  readonly kind: 'offsetRead';
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
  | OffsetRead
  | AdminAction;

type Listener = (event: HistoryEvent) => void;

export class History {
  readonly events: HistoryEvent[] = [];
  readonly #listeners: Listener[] = [];

  add(event: HistoryEvent): void {
    this.events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** For checkers that judge each event as it comes. */
  onEvent(listener: Listener): void {
    this.#listeners.push(listener);
  }
}
