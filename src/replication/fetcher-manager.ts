/** Spreads the followed partitions over fetchers, one for each leader broker and fetcher id. */

import { NetworkError } from '../platform/ports';
import { javaHash } from '../protocol/java-hash';
import { partitionKey, type TopicPartition } from '../protocol/topic-partition';
import type { MetadataCache } from '../metadata/metadata-cache';
import { StorageError } from '../storage/types';
import { present } from '../base/assert';
import { Fetcher } from './fetcher';
import { FollowedPartition } from './followed-partition';
import type { Partition } from './partition';
import type {
  PeerConnection,
  PeerConnector,
  ReplicationPlatform,
  ReplicationValues,
} from './ports';

export interface FetcherManagerOptions {
  readonly platform: ReplicationPlatform;
  readonly brokerId: number;
  readonly brokerEpoch: () => number;
  readonly config: { readonly values: ReplicationValues };
  readonly interBrokerListener: string;
  readonly metadata: MetadataCache;
  readonly peers: PeerConnector;
  readonly onFatal?: ((error: unknown) => void) | undefined;
}

export class FetcherManager {
  readonly #fetchers = new Map<string, Fetcher>();
  /** Which fetcher has which partition. */
  readonly #byPartition = new Map<string, Fetcher>();
  readonly #failed = new Set<string>();

  constructor(private readonly options: FetcherManagerOptions) {}

  get fetchers(): Iterable<Fetcher> {
    return this.#fetchers.values();
  }

  get failedPartitions(): ReadonlySet<string> {
    return this.#failed;
  }

  /** Starts to follow, from each replica's present position, whatever leader and epoch it has now. */
  add(partitions: readonly Partition[]): void {
    const byFetcher = new Map<Fetcher, FollowedPartition[]>();
    for (const partition of partitions) {
      const followed = this.#positioned(partition);
      if (!followed) continue;
      const fetcher = this.#fetcherFor(partition);
      this.#byPartition.set(partition.key, fetcher);
      const list = byFetcher.get(fetcher);
      if (list) list.push(followed);
      else byFetcher.set(fetcher, [followed]);
    }
    for (const [fetcher, followed] of byFetcher) fetcher.add(followed);
  }

  /** When it returns, nothing writes to these logs any more. */
  remove(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const key = partitionKey(topic, partition);
      this.#failed.delete(key);
      this.#byPartition.get(key)?.remove(key);
      this.#byPartition.delete(key);
    }
  }

  assignTopicId(partition: Partition, topicId: string): void {
    this.#byPartition.get(partition.key)?.assignTopicId(partition.key, topicId);
  }

  /** `num.replica.fetchers` is another: each of `partitions` that is fetched goes to the fetcher it belongs to now. */
  redistribute(partitions: Iterable<Partition>): void {
    const moved = [...partitions].filter((partition) => {
      const fetcher = this.#byPartition.get(partition.key);
      return fetcher !== undefined && fetcher !== this.#fetcherFor(partition);
    });
    this.remove(moved);
    this.add(moved);
    this.closeIdle();
  }

  closeIdle(): void {
    for (const [name, fetcher] of this.#fetchers) {
      if (!fetcher.isIdle) continue;
      fetcher.close();
      this.#fetchers.delete(name);
    }
  }

  close(): void {
    for (const fetcher of this.#fetchers.values()) fetcher.close();
    this.#fetchers.clear();
    this.#byPartition.clear();
  }

  #positioned(partition: Partition): FollowedPartition | undefined {
    this.#failed.delete(partition.key);
    try {
      return new FollowedPartition(partition, initialOffset(partition));
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#failed.add(partition.key);
      return undefined;
    }
  }

  #fetcherFor(partition: Partition): Fetcher {
    const leaderId = present(partition.leaderId, `leader of ${partition.key}`);
    const fetcherId = this.#fetcherId(partition);
    const name = `${String(leaderId)}-${String(fetcherId)}`;
    const existing = this.#fetchers.get(name);
    if (existing) return existing;
    const { platform, brokerId, brokerEpoch, config, onFatal = rethrow } = this.options;
    const fetcher = new Fetcher({
      platform,
      brokerId,
      brokerEpoch,
      config,
      leaderId,
      name: `ReplicaFetcherThread-${String(fetcherId)}-${String(leaderId)}`,
      connect: () => this.#connect(leaderId, fetcherId),
      onFailed: (followed) => this.#onFailed(followed),
      onFatal,
    });
    this.#fetchers.set(name, fetcher);
    return fetcher;
  }

  #fetcherId({ topic, partition }: TopicPartition): number {
    const hash = (Math.imul(31, javaHash(topic)) + partition) | 0;
    return Math.abs(hash) % this.options.config.values['num.replica.fetchers'];
  }

  #connect(leaderId: number, fetcherId: number): Promise<PeerConnection> {
    const { metadata, interBrokerListener, brokerId, config, peers } = this.options;
    const endpoint = metadata.endpoint(leaderId, interBrokerListener);
    if (!endpoint)
      return Promise.reject(
        new NetworkError('EHOSTUNREACH', `broker ${String(leaderId)} is not alive`),
      );
    const clientId = `broker-${String(brokerId)}-fetcher-${String(fetcherId)}`;
    const timeoutMs = config.values['replica.socket.timeout.ms'];
    return peers.connect({ brokerId: leaderId, endpoint, clientId, timeoutMs });
  }

  #onFailed({ key }: FollowedPartition): void {
    this.#byPartition.delete(key);
    this.#failed.add(key);
    this.options.platform.log.warn(`${key} is not fetched until the controller speaks again`);
  }
}

/**
 * The end of the log; whether it is also a point of the leader's history, the leader finds out by epoch. A
 * log without epochs cannot be compared and goes back to its high watermark.
 */
function initialOffset(partition: Partition): number {
  const log = partition.requireLog();
  if (log.latestEpoch === undefined && log.highWatermark < log.logEndOffset) {
    partition.truncate({ offset: log.highWatermark, isComplete: true });
  }
  return log.logEndOffset;
}

function rethrow(error: unknown): never {
  throw error;
}
