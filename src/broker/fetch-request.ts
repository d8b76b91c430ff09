/**
 * Reading for a fetch: partition after partition within the limits of KIP-74, and the wait for
 * `minBytes` (`kafka.server.ReplicaManager.fetchMessages`, `DelayedFetch`).
 */
import { ProtocolError } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import { partitionKey } from '../protocol/topic-partition';
import type { FetchQuery, FetchReader, PartitionRead } from '../replication/fetch-query';
import type { Partition } from '../replication/partition';
import type { AbortedTransaction, LogRead } from '../storage/types';
import type { FetchPartition } from './fetch-session';
import { requirePartition } from './hosted-partition';
import type { BrokerServices } from './services';

export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Whether the first batch is sent even if it is larger than the limits. */
  readonly mustProgress: boolean;
}

/** What one partition answers. `data` is released once it is sent. */
export interface FetchResult {
  readonly request: FetchPartition;
  readonly error: ErrorName;
  readonly position: PartitionRead | undefined;
  readonly data: LogRead | undefined;
  readonly aborted: readonly AbortedTransaction[] | null;
}

export class FetchRequestReader {
  constructor(
    private readonly broker: BrokerServices,
    private readonly reader: FetchReader,
    private readonly usesTopicIds: boolean,
    private readonly limits: FetchLimits,
  ) {}

  /** Reads now, or, while there is less than `minBytes`, once there is enough or `maxWaitMs` is over. */
  async fetch(partitions: readonly FetchPartition[]): Promise<FetchResult[]> {
    const first = await this.#readAll(partitions, true);
    if (partitions.length === 0 || this.limits.maxWaitMs <= 0 || this.#isAnswer(first))
      return first;
    for (const { data } of first) data?.release();
    await this.#awaitBytes(partitions);
    return this.#readAll(partitions, false);
  }

  #isAnswer(results: readonly FetchResult[]): boolean {
    let bytes = 0;
    for (const { error, position, data } of results) {
      if (error !== 'NONE' || position?.divergingEpoch) return true;
      bytes += data?.sizeBytes ?? 0;
    }
    return bytes >= this.limits.minBytes;
  }

  async #readAll(partitions: readonly FetchPartition[], counts: boolean): Promise<FetchResult[]> {
    const results: FetchResult[] = [];
    let leftBytes = this.limits.maxBytes;
    let { mustProgress } = this.limits;
    for (const request of partitions) {
      const read = this.#start(request, { leftBytes, minOneBatch: mustProgress }, counts);
      const result = read instanceof Promise ? await read : read;
      results.push(result);
      if (!result.data) continue;
      leftBytes = Math.max(0, leftBytes - result.data.sizeBytes);
      if (result.data.sizeBytes > 0) mustProgress = false;
    }
    return results;
  }

  /** Reads one partition. `counts` says that a follower's position is taken from this read. */
  #start(
    request: FetchPartition,
    limits: { readonly leftBytes: number; readonly minOneBatch: boolean },
    counts: boolean,
  ): FetchResult | Promise<FetchResult> {
    try {
      const partition = this.#partition(request);
      const position = partition.read(this.#query(request), {
        maxBytes: Math.min(request.maxBytes, limits.leftBytes),
        minOneBatch: limits.minOneBatch,
      });
      if (counts && this.reader.kind === 'follower' && !position.divergingEpoch) {
        partition.recordFollowerFetch(this.reader.brokerId, {
          fetchOffset: request.fetchOffset,
          logStartOffset: request.logStartOffset,
          leaderEndOffset: position.endOffset,
        });
      }
      const { data } = position;
      if (!(data instanceof Promise)) return this.#result(request, partition, position, data);
      return data.then(
        (late) => this.#result(request, partition, position, late),
        (error: unknown) => refusal(request, error),
      );
    } catch (error) {
      return refusal(request, error);
    }
  }

  #result(
    request: FetchPartition,
    partition: Partition,
    position: PartitionRead,
    data: LogRead | undefined,
  ): FetchResult {
    const isCommittedOnly =
      this.reader.kind === 'consumer' && this.reader.isolation === 'read_committed';
    const aborted = isCommittedOnly
      ? (partition.log?.abortedTransactions(position.fetchOffset, position.upTo) ?? [])
      : null;
    return { request, error: 'NONE', position, data, aborted };
  }

  #partition(request: FetchPartition): Partition {
    if (request.topic === undefined) throw new ProtocolError('UNKNOWN_TOPIC_ID');
    const partition = requirePartition(this.broker, request.topic, request.partition);
    const isOtherTopic =
      this.usesTopicIds && partition.topicId !== undefined && partition.topicId !== request.topicId;
    if (isOtherTopic) throw new ProtocolError('INCONSISTENT_TOPIC_ID');
    return partition;
  }

  #query(request: FetchPartition): FetchQuery {
    return {
      reader: this.reader,
      fetchOffset: request.fetchOffset,
      currentLeaderEpoch: request.currentLeaderEpoch,
      lastFetchedEpoch: request.lastFetchedEpoch,
    };
  }

  #awaitBytes(partitions: readonly FetchPartition[]): Promise<void> {
    return new Promise((resolve) => {
      this.broker.delayedFetches.completeOrWatch(
        { isReady: () => this.#hasEnough(partitions), complete: () => resolve() },
        partitions.map(({ topic, partition }) => partitionKey(topic ?? '', partition)),
        this.limits.maxWaitMs,
      );
    });
  }

  /** Enough bytes, or anything that the client should hear of at once. */
  #hasEnough(partitions: readonly FetchPartition[]): boolean {
    let bytes = 0;
    for (const request of partitions) {
      try {
        const partition = this.#partition(request);
        const position = partition.locate(this.#query(request));
        if (position.divergingEpoch) return true;
        if (position.upTo <= request.fetchOffset) continue;
        bytes +=
          partition.log?.estimateBytes(request.fetchOffset, position.upTo, request.maxBytes) ?? 0;
      } catch (error) {
        if (error instanceof ProtocolError) return true;
        throw error;
      }
      if (bytes >= this.limits.minBytes) return true;
    }
    return false;
  }
}

function refusal(request: FetchPartition, error: unknown): FetchResult {
  if (!(error instanceof ProtocolError)) throw error;
  return { request, error: error.errorName, position: undefined, data: undefined, aborted: null };
}
