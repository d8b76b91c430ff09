/**
 * What checkers see of a live cluster. Looking takes no simulated time, draws no chance and changes nothing, so a run
 * is the same whether it is looked at or not.
 */
import type { RecordId } from '../history';

export interface StoredRecord {
  readonly offset: number;
  /** `undefined`: it has no value, or is none of a client. */
  readonly id: RecordId | undefined;
}

/** A batch as it lies in a log's file. */
export interface StoredBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  /** Covers all but base offset and leader epoch: two batches that agree in the three are the same. */
  readonly checksum: number;
  /** Whether the checksum fits the content. */
  readonly isIntact: boolean;
  readonly isControl: boolean;
  /** −1: not of an idempotent producer. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** To be asked for while nothing has happened since the batch was got. */
  records(): readonly StoredRecord[];
}

/** One partition's replica on a living broker, its log at hand. */
export interface ReplicaView {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
  /** Another one after a restart of the broker, or when the topic was made anew. */
  readonly logId: number;
  /** How often that log was cut. */
  readonly truncations: number;
  readonly isLeader: boolean;
  readonly leaderEpoch: number;
  /** As the leader knows it; empty on a follower. */
  readonly isr: readonly number[];
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  /** What is written, in log order, from the batch that holds `offset` on. */
  batchesFrom(offset: number): readonly StoredBatch[];
}

/** What waits, or is held, in a broker. */
export interface BrokerHoldings {
  /** Produce and DeleteRecords requests that wait for replicas. */
  readonly delayedAppends: number;
  readonly delayedDeletions: number;
  /** Fetches that wait for data, those of followers too. */
  readonly delayedFetches: number;
  readonly timers: number;
  readonly fetchSessions: number;
  /** Those that came in, of other brokers too. */
  readonly connections: number;
  /** Bytes of requests that have not been handled. */
  readonly requestBytes: number;
  /** Bytes that answers hold which nobody has read. */
  readonly lentBytes: number;
}

/** What a broker tells clients of a partition: its metadata cache. */
export interface MetadataView {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly isr: readonly number[];
  readonly partitionEpoch: number;
  readonly topicId: string | undefined;
}

export interface GroupView {
  readonly id: string;
  readonly state: string;
}

export interface BrokerView {
  readonly id: number;
  /** Its process lives and its parts are there; it may be held. */
  readonly isAlive: boolean;
  /** Counts its processes. */
  readonly life: number;
  /** Its disk was made to lie: what it has need not be what was written. */
  readonly mayBeDamaged: boolean;
  replicas(): Iterable<ReplicaView>;
  replicaOf(topic: string, partition: number): ReplicaView | undefined;
  /** What it believes of a partition, whether it has a replica or not. */
  metadataOf(topic: string, partition: number): MetadataView | undefined;
  /** The brokers that it believes to be alive. */
  knownBrokers(): readonly number[];
  /** Groups that it coordinates. */
  groups(): readonly GroupView[];
  holdings(): BrokerHoldings | undefined;
}

export interface ClusterUnderTest {
  /** All brokers there are, whether they live or not. */
  brokers(): readonly BrokerView[];
}
