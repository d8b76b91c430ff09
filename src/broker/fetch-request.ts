/**
 * Reading for a fetch: partition after partition within the limits of KIP-74, and the wait for
 * `minBytes` (`kafka.server.ReplicaManager.fetchMessages`).
 */
import { ProtocolError } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type {
  FetchPosition,
  FetchQuery,
  FetchReader,
  PartitionRead,
} from '../replication/fetch-query';
import type { Partition } from '../replication/partition';
import type { AbortedTransaction, LogRead } from '../storage/types';
import type { FetchPartition } from './fetch-partition';
import type { FetchScope } from './fetch-session-cache';
import { FetchWait } from './fetch-wait';
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
  /** `undefined` where it could not be read. */
  readonly partition: Partition | undefined;
  readonly error: ErrorName;
  readonly position: PartitionRead | undefined;
  readonly data: LogRead | undefined;
  readonly aborted: readonly AbortedTransaction[] | null;
  /** Unless something happens, the next fetch at this position finds the same: nothing. */
  readonly isAtRest: boolean;
}

/** What readers have to expect; anything else counts as a failure (`kafka.server.ReplicaManager.readFromLog`). */
const EXPECTED: ReadonlySet<ErrorName> = new Set([
  'FENCED_LEADER_EPOCH',
  'INCONSISTENT_TOPIC_ID',
  'KAFKA_STORAGE_ERROR',
  'NOT_LEADER_OR_FOLLOWER',
  'OFFSET_OUT_OF_RANGE',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_ID',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

export class FetchRequestReader {
  constructor(
    private readonly broker: BrokerServices,
    private readonly reader: FetchReader,
    private readonly usesTopicIds: boolean,
    private readonly limits: FetchLimits,
  ) {}

  /** Reads now, or, while there is less than `minBytes`, once there is enough or `maxWaitMs` is over. */
  async fetch(scope: FetchScope): Promise<FetchResult[]> {
    const partitions = scope.partitions();
    const first = await this.#readAll(partitions, true);
    const isEmpty = partitions.length === 0 && !scope.session;
    if (isEmpty || this.limits.maxWaitMs <= 0 || this.#isAnswer(first)) return first;
    for (const { data } of first) data?.release();
    await this.#awaitBytes(scope);
    return this.#readAll(scope.partitions(), false);
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
    request.hasChanged = false;
    try {
      const partition = this.#partition(request);
      this.broker.metrics.traffic.noteFetch(partition.topic);
      const position = partition.read(this.#query(request), {
        maxBytes: Math.min(request.start.maxBytes, limits.leftBytes),
        minOneBatch: limits.minOneBatch,
      });
      if (counts && this.reader.kind === 'follower' && !position.divergingEpoch) {
        partition.recordFollowerFetch(this.reader.brokerId, {
          brokerEpoch: this.reader.brokerEpoch,
          fetchOffset: request.start.fetchOffset,
          logStartOffset: request.start.logStartOffset,
          leaderEndOffset: position.endOffset,
        });
      }
      const { data } = position;
      if (!(data instanceof Promise)) return this.#result(request, partition, position, data);
      return data.then(
        (late) => this.#result(request, partition, position, late),
        (error: unknown) => this.#refusal(request, error),
      );
    } catch (error) {
      return this.#refusal(request, error);
    }
  }

  #refusal(request: FetchPartition, error: unknown): FetchResult {
    if (!(error instanceof ProtocolError)) throw error;
    const { errorName } = error;
    const { topic } = request;
    if (topic !== undefined && !EXPECTED.has(errorName)) {
      this.broker.metrics.traffic.noteFailedFetch(topic);
    }
    return refusedFetch(request, errorName);
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
    const isAtRest = this.#isAtRest(partition, position);
    return { request, partition, error: 'NONE', position, data, aborted, isAtRest };
  }

  /** A follower outside the ISR may join it with any of its fetches, so each of them must count. */
  #isAtRest(partition: Partition, { fetchOffset, upTo, divergingEpoch }: FetchPosition): boolean {
    if (divergingEpoch || fetchOffset < upTo) return false;
    if (this.reader.kind !== 'follower') return true;
    return partition.leadership?.isSettledInSync(this.reader.brokerId) ?? false;
  }

  #partition(request: FetchPartition): Partition {
    // The id may have become known since the partition came into its session.
    if (this.usesTopicIds) request.topic ??= this.broker.metadata.topicName(request.topicId);
    if (request.topic === undefined) throw new ProtocolError('UNKNOWN_TOPIC_ID');
    const partition = requirePartition(this.broker, request.topic, request.partition);
    const isOtherTopic =
      this.usesTopicIds && partition.topicId !== undefined && partition.topicId !== request.topicId;
    request.watch(partition);
    if (isOtherTopic) throw new ProtocolError('INCONSISTENT_TOPIC_ID');
    return partition;
  }

  #query({ start }: FetchPartition): FetchQuery {
    return {
      reader: this.reader,
      fetchOffset: start.fetchOffset,
      currentLeaderEpoch: start.currentLeaderEpoch,
      lastFetchedEpoch: start.lastFetchedEpoch,
    };
  }

  async #awaitBytes({ session, partitions }: FetchScope): Promise<void> {
    const wait = new FetchWait({
      purgatory: this.broker.delayedFetches,
      readerKind: this.reader.kind,
      minBytes: this.limits.minBytes,
      maxWaitMs: this.limits.maxWaitMs,
      bytesOf: (partition) => this.#availableBytes(partition),
      onExpired: () => this.broker.metrics.expires.noteFetch(this.reader.kind),
    });
    if (session) {
      session.waiting = wait;
      await wait.begin(partitions());
      if (session.waiting === wait) session.waiting = undefined;
      return;
    }
    for (const partition of partitions()) partition.owner = wait;
    await wait.begin(partitions());
    for (const partition of partitions()) partition.release();
  }

  /** About what a read would bring; `undefined` for anything else that the client should hear of at once. */
  #availableBytes(request: FetchPartition): number | undefined {
    const { fetchOffset, maxBytes } = request.start;
    try {
      const partition = this.#partition(request);
      const { divergingEpoch, upTo } = partition.locate(this.#query(request));
      if (divergingEpoch) return undefined;
      return partition.log?.estimateBytes(fetchOffset, upTo, maxBytes) ?? 0;
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }
}

/** What a partition answers that cannot be read. */
export function refusedFetch(request: FetchPartition, error: ErrorName): FetchResult {
  return {
    request,
    partition: undefined,
    error,
    position: undefined,
    data: undefined,
    aborted: null,
    isAtRest: false,
  };
}
