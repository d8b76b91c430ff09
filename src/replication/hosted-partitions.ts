/** The partitions that have a replica on this broker, found by topic and number without building a key. */

import type { Partition } from './partition';

/** Offline: its log directory failed. */
export type HostedPartition =
  | { readonly kind: 'online'; readonly partition: Partition }
  | { readonly kind: 'offline' };

const OFFLINE: HostedPartition = { kind: 'offline' };

export class HostedPartitions {
  readonly #topics = new Map<string, Map<number, HostedPartition>>();

  get(topic: string, partition: number): HostedPartition | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  host(partition: Partition): void {
    this.#set(partition.topic, partition.partition, { kind: 'online', partition });
  }

  markOffline(topic: string, partition: number): void {
    this.#set(topic, partition, OFFLINE);
  }

  remove(topic: string, partition: number): void {
    const partitions = this.#topics.get(topic);
    partitions?.delete(partition);
    if (partitions?.size === 0) this.#topics.delete(topic);
  }

  *online(): Iterable<Partition> {
    for (const partitions of this.#topics.values()) yield* onlineOf(partitions);
  }

  *onlineOfTopic(topic: string): Iterable<Partition> {
    const partitions = this.#topics.get(topic);
    if (partitions) yield* onlineOf(partitions);
  }

  get offlineCount(): number {
    let count = 0;
    for (const partitions of this.#topics.values()) {
      for (const hosted of partitions.values()) if (hosted.kind === 'offline') count++;
    }
    return count;
  }

  #set(topic: string, partition: number, hosted: HostedPartition): void {
    const partitions = this.#topics.get(topic);
    if (partitions) partitions.set(partition, hosted);
    else this.#topics.set(topic, new Map([[partition, hosted]]));
  }
}

function* onlineOf(partitions: ReadonlyMap<number, HostedPartition>): Iterable<Partition> {
  for (const hosted of partitions.values()) if (hosted.kind === 'online') yield hosted.partition;
}
