/**
 * What a dump of a file gives, one item after the other. Names and order of the fields are those that Kafka's own
 * inspection (kafka.tools.DumpLogSegments) prints.
 */

export type TimestampType = 'CreateTime' | 'LogAppendTime' | 'NoTimestampType';

/** A file begins. */
export interface FileItem {
  readonly type: 'file';
  readonly file: string;
  readonly kind: string;
}

/** A record batch (magic 2), or a message or wrapper of messages of magic 0 or 1, which has only `offset`. */
export interface BatchItem {
  readonly type: 'batch';
  readonly fields: BatchFields | MessageFields;
  readonly position: number;
  readonly timestampType: TimestampType;
  readonly timestamp: number;
  readonly size: number;
  readonly magic: number;
  readonly compresscodec: string;
  readonly crc: number;
  readonly isvalid: boolean;
}

export interface MessageFields {
  readonly offset: number;
}

export interface BatchFields {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly count: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitionLeaderEpoch: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly deleteHorizonMs: number | null;
}

export interface RecordItem {
  readonly type: 'record';
  readonly offset: number;
  readonly timestampType: TimestampType;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[];
  /** Only of records in batches of magic 2. */
  readonly sequence: number | undefined;
  /** Only of control records. */
  readonly control: ControlFields | undefined;
}

export type ControlFields =
  | { readonly endTxnMarker: 'COMMIT' | 'ABORT'; readonly coordinatorEpoch: number }
  | { readonly controlType: number };

/** An entry of an index, a snapshot or a checkpoint. */
export interface EntryItem {
  readonly type: 'entry';
  readonly fields: Readonly<Record<string, number | string | null>>;
}

/** What cannot be read. */
export interface ProblemItem {
  readonly type: 'problem';
  readonly position: number | undefined;
  readonly problem: string;
}

export type DumpItem = FileItem | BatchItem | RecordItem | EntryItem | ProblemItem;
