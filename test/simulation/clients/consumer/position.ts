import type { Leader } from '../cluster-view';

/**
 * Where a consumer is in a partition. `reset`: the leader must be asked where the partition begins or ends;
 * `validate`: the leader has changed, and must be asked whether it has what was read before (KIP-320).
 */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  state: 'reset' | 'validate' | 'fetching';
  /** Of the next record to be read. */
  offset: number;
  /** Leader epoch of the record before; −1 if it is not known. */
  offsetEpoch: number;
  /** Who was leader when this was last looked at. */
  leader: Leader | undefined;
  /** The topic as it was known then: one made anew under the same name is another one. */
  topicId: string;
}

export function nameOf({ topic, partition }: Pick<Position, 'topic' | 'partition'>): string {
  return `${topic}-${String(partition)}`;
}
