/** `/consumers/[group]/offsets`: what OffsetCommit v0 and OffsetFetch v0 use. */
export declare class OffsetStore {
  offset(group: string, topic: string, partition: number): Promise<number | undefined>;
  setOffset(group: string, topic: string, partition: number, offset: number): Promise<void>;
}
