/**
 * Where partitions end that other brokers lead, for the lag of the groups that are coordinated here: their leaders
 * are asked when somebody looks at the metrics, but not more often than every few seconds.
 */
import type { Clock } from '../platform/ports';
import { errorName } from '../protocol/errors';
import { ListOffsetsRequest, ListOffsetsResponse } from '../protocol/messages/02-list-offsets';
import { partitionKey } from '../protocol/topic-partition';
import type { TopicPartition } from '../protocol/topic-partition';
import type { PeerConnector, PeerTarget } from '../replication/ports';

/** An answer counts for so long. */
const MAX_AGE_MS = 5_000;
/** Who looks at metrics waits no longer than this for a leader. */
const TIMEOUT_MS = 1_000;
const PARTITIONS_PER_REQUEST = 2_000;

const LIST_OFFSETS_VERSION = 5;
const CONSUMER = -1;
const LATEST = -1;

export interface LeaderLookup {
  /** The other broker that leads the partition, and how to reach it; `undefined` if this one leads it, or none. */
  leaderOf(partition: TopicPartition): Omit<PeerTarget, 'timeoutMs' | 'clientId'> | undefined;
}

type Leader = Omit<PeerTarget, 'timeoutMs' | 'clientId'>;

export class EndOffsets {
  #offsets: ReadonlyMap<string, number> = new Map();
  #asking: Promise<void> | undefined;
  #askedMs = -Infinity;

  constructor(
    private readonly options: {
      readonly clock: Clock;
      readonly brokerId: number;
      readonly peers: PeerConnector;
      readonly lookup: LeaderLookup;
      /** Those that somebody wants to know of. */
      readonly wanted: () => Iterable<TopicPartition>;
    },
  ) {}

  /** Asks the leaders, unless they have been asked just now. Never rejects. */
  refresh(): Promise<void> {
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs - this.#askedMs < MAX_AGE_MS) return this.#asking ?? Promise.resolve();
    this.#askedMs = nowMs;
    this.#asking = this.#askAll().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** The high watermark as its leader told it; `undefined` if it did not. */
  get({ topic, partition }: TopicPartition): number | undefined {
    return this.#offsets.get(partitionKey(topic, partition));
  }

  async #askAll(): Promise<void> {
    const byLeader = new Map<number, { leader: Leader; partitions: TopicPartition[] }>();
    for (const each of this.options.wanted()) {
      const leader = this.options.lookup.leaderOf(each);
      if (!leader) continue;
      const asked = byLeader.get(leader.brokerId);
      if (asked) asked.partitions.push(each);
      else byLeader.set(leader.brokerId, { leader, partitions: [each] });
    }
    const offsets = new Map<string, number>();
    await Promise.all(
      Array.from(
        byLeader.values(),
        ({ leader, partitions }) => this.#ask(leader, partitions, offsets).catch(() => undefined), // No lag is shown then.
      ),
    );
    this.#offsets = offsets;
  }

  async #ask(
    leader: Leader,
    partitions: readonly TopicPartition[],
    offsets: Map<string, number>,
  ): Promise<void> {
    const clientId = `broker-${String(this.options.brokerId)}-metrics`;
    const connection = await this.options.peers.connect({
      ...leader,
      clientId,
      timeoutMs: TIMEOUT_MS,
    });
    try {
      for (let start = 0; start < partitions.length; start += PARTITIONS_PER_REQUEST) {
        const some = partitions.slice(start, start + PARTITIONS_PER_REQUEST);
        const response = await connection.request(
          ListOffsetsRequest,
          ListOffsetsResponse,
          LIST_OFFSETS_VERSION,
          { replicaId: CONSUMER, topics: requestedTopics(some) },
          TIMEOUT_MS,
        );
        takeOffsets(response, offsets);
      }
    } finally {
      connection.close();
    }
  }
}

type RequestedTopic = { name: string; partitions: { partitionIndex: number; timestamp: number }[] };

function requestedTopics(partitions: readonly TopicPartition[]): RequestedTopic[] {
  const topics = new Map<string, RequestedTopic>();
  for (const { topic: name, partition: partitionIndex } of partitions) {
    const asked = { partitionIndex, timestamp: LATEST };
    const topic = topics.get(name);
    if (topic) topic.partitions.push(asked);
    else topics.set(name, { name, partitions: [asked] });
  }
  return [...topics.values()];
}

function takeOffsets(response: ListOffsetsResponse, offsets: Map<string, number>): void {
  for (const { name, partitions } of response.topics) {
    for (const { partitionIndex, errorCode, offset } of partitions) {
      if (errorName(errorCode) === 'NONE') offsets.set(partitionKey(name, partitionIndex), offset);
    }
  }
}
