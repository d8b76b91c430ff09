/** What was acknowledged over all turns of a swap, and hence what any broker must serve. */
export interface SwapRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
  readonly timestamp: number;
}

/** Topic, partition, offset and metadata of each committed offset, by group. */
export type Committed = Record<string, [string, number, number, string | null][]>;

/** What the client answers to `write`. */
export interface Written {
  readonly records: readonly SwapRecord[];
  /** Where the subscribed group began in this turn, by partition. */
  readonly firstOfGroup: Record<string, number>;
  readonly committed: Committed;
}

type Instant = [topic: string, partition: number, timestamp: number];

const SHARES_OF_A_LOG = [0.1, 0.5, 0.9];

export class SwapHistory {
  #records: readonly SwapRecord[] = [];
  /** Below this, the records of partition 0 of `codec-gzip` are deleted. */
  deletedBefore = 0;
  committed: Committed = {};

  add({ records, committed }: Written): void {
    this.#records = [...this.#records, ...records];
    this.committed = committed;
  }

  /** A topic's records that were not deleted, in order. */
  recordsOf(topic: string): SwapRecord[] {
    return inOrder(this.#records, topic).filter(
      ({ partition, offset }) =>
        topic !== 'codec-gzip' || partition !== 0 || offset >= this.deletedBefore,
    );
  }

  /** Where the subscribed group must go on, by partition. */
  positionOfGroup(): Record<string, number> {
    const committed = this.committed['subscribed'] ?? [];
    return Object.fromEntries(
      committed.map(([, partition, offset]) => [String(partition), Math.max(0, offset)]),
    );
  }

  /** Some times of a topic's records. */
  instantsOf(topic: string): Instant[] {
    const records = this.recordsOf(topic);
    return SHARES_OF_A_LOG.flatMap((share): Instant[] => {
      const record = records[Math.floor(records.length * share)];
      return record ? [[topic, record.partition, record.timestamp]] : [];
    });
  }

  /** The first offset whose record is not older. */
  offsetAt([topic, partition, time]: Instant): number {
    const found = this.recordsOf(topic)
      .filter((record) => record.partition === partition && record.timestamp >= time)
      .map(({ offset }) => offset);
    return Math.min(...found);
  }
}

export function inOrder(records: readonly SwapRecord[], topic: string): SwapRecord[] {
  return records
    .filter((record) => record.topic === topic)
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
