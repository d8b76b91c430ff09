/** What replication needs from its neighbours; the composition root hands in the real ones. */

import type { BrokerEndpoint } from '../metadata/state/cluster-image';
import type { ErrorName } from '../protocol/errors';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import type { TopicPartition } from '../protocol/topic-partition';
import type { Log } from '../storage/log';
import type { DirFailureListener, LogConfig, LogCreation } from '../storage/types';
import type { Clock, Log as EventLog } from '../platform/ports';
import type { JoiningReplica } from './state/isr';

/** One connection to another broker, as a client. */
export interface PeerConnection {
  readonly isClosed: boolean;
  /**
   * Rejects with a `NetworkError` when the connection ends or no answer comes in time; it is closed then.
   * `records` in the response are views that are valid only until the continuation's first await.
   */
  request<S extends MessageSpec, R extends MessageSpec>(
    requestSpec: S,
    responseSpec: R,
    version: number,
    message: InputOf<S>,
    timeoutMs: number,
  ): Promise<TypeOf<R>>;
  close(): void;
}

export interface PeerTarget {
  readonly brokerId: number;
  readonly endpoint: BrokerEndpoint;
  readonly clientId: string;
  readonly timeoutMs: number;
}

export interface PeerConnector {
  /** Rejects with a `NetworkError`. */
  connect(target: PeerTarget): Promise<PeerConnection>;
}

/** A leader's proposal of a new ISR, valid for exactly these epochs (KIP-497). */
export interface IsrChange {
  readonly topic: string;
  readonly topicId: string | undefined;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly isr: readonly number[];
  /** The new member, with the broker epoch under which it was found in sync (KIP-903). */
  readonly joining?: JoiningReplica;
}

export type IsrChangeResult =
  | { readonly error: Exclude<ErrorName, 'NONE'> }
  | {
      readonly error: 'NONE';
      readonly leaderEpoch: number;
      readonly partitionEpoch: number;
      readonly isr: readonly number[];
    };

/** Carries proposals to the controller, as long as it takes; an unsent one is superseded by a newer one of its partition. */
export interface IsrUpdater {
  submit(change: IsrChange): Promise<IsrChangeResult>;
}

/** `offline`: its log directory failed. */
export type ReplicaRole = 'leader' | 'follower' | 'deleted' | 'offline';

/** Told synchronously, in the midst of the change: it may look at partitions but must not change them. */
export interface ReplicaListener {
  /** The high watermark moved, on a leader or on a follower. */
  onHighWatermark(topic: string, partition: number): void;
  /** The log of a follower, of a partition led here, starts elsewhere. */
  onFollowerLogStart(topic: string, partition: number): void;
  /** The controller confirmed another ISR of a partition led here. */
  onIsrChanged(topic: string, partition: number, change: 'expanded' | 'shrunk'): void;
  /**
   * Comes after all partitions of the controller's request have changed: `leader` only if the partition was
   * not led here before, `follower` for each new leader epoch.
   */
  onLeadershipChanged(
    topic: string,
    partition: number,
    role: ReplicaRole,
    leaderEpoch: number,
  ): void;
}

/** The settings that replication reads, anew at every use. */
export interface ReplicationValues {
  readonly 'num.replica.fetchers': number;
  readonly 'replica.fetch.backoff.ms': number;
  readonly 'replica.fetch.max.bytes': number;
  readonly 'replica.fetch.min.bytes': number;
  readonly 'replica.fetch.response.max.bytes': number;
  readonly 'replica.fetch.wait.max.ms': number;
  readonly 'replica.high.watermark.checkpoint.interval.ms': number;
  readonly 'replica.lag.time.max.ms': number;
  readonly 'replica.socket.timeout.ms': number;
}

/** The topic settings that replication reads, with those of the log that it hands on. */
export interface TopicSettings extends LogConfig {
  readonly 'min.insync.replicas': number;
}

export interface ReplicationPlatform {
  readonly clock: Clock;
  readonly log: EventLog;
}

/** The logs of this broker, as replication uses them; storage's `LogManager` is one. */
export interface Logs {
  get(partition: TopicPartition): Log | undefined;
  /** Throws `StorageError`. */
  getOrCreate(partition: TopicPartition, creation: LogCreation): Log;
  deleteAsync(partition: TopicPartition): void;
  updateTopicConfig(topic: string, config: LogConfig): void;
  onDirFailure(listener: DirFailureListener): void;
  checkpointHighWatermarks(): void;
}

export interface PartitionOutcome {
  readonly topic: string;
  readonly topicId: string | undefined;
  readonly partition: number;
  readonly error: ErrorName;
}

/** The answer to LeaderAndIsr or StopReplica, before it takes the form of a version. */
export interface ControlOutcome {
  readonly error: ErrorName;
  readonly partitions: readonly PartitionOutcome[];
}
