/**
 * The values that Kafka keeps in ZooKeeper, as the rest of the broker sees them. No paths, no JSON:
 * those are in `znodes.ts`.
 */

import type { TopicPartition } from '../protocol/topic-partition';
import type { ZooKeeperError } from './errors';

/** One listener of a broker. `securityProtocol` is PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL. */
export interface BrokerEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly securityProtocol: string;
}

/** What a broker says about itself when it registers. */
export interface BrokerRegistration {
  readonly id: number;
  readonly endpoints: readonly BrokerEndpoint[];
  readonly rack: string | null;
}

/** A registered broker. `epoch` is the czxid of its znode: higher means that it has come back. */
export interface BrokerInfo extends BrokerRegistration {
  readonly epoch: number;
}

/**
 * `registered`: the znode belongs to the current session. `owned-by-other`: another live session owns
 * it, perhaps the own one from before a restart; the caller closes that session or waits.
 */
export type RegistrationResult =
  | { readonly status: 'registered'; readonly epoch: number }
  | { readonly status: 'owned-by-other'; readonly ownerSession: bigint };

/** What every write of a controller is conditional on: the znode version of `/controller_epoch` it was elected with. */
export interface ControllerFence {
  readonly epochZkVersion: number;
}

export interface ControllerEpoch extends ControllerFence {
  readonly epoch: number;
}

export type ElectionResult =
  | ({ readonly won: true } & ControllerEpoch)
  | { readonly won: false; readonly controllerId: number | undefined };

/** Full replica list of a partition; while it moves, `adding` and `removing` are parts of `replicas`. */
export interface ReplicaAssignment {
  readonly replicas: readonly number[];
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

/** `topicId` is `null` for a topic made by a broker older than 2.8. */
export interface TopicAssignment {
  readonly topicId: string | null;
  readonly partitions: ReadonlyMap<number, ReplicaAssignment>;
}

/** What a state znode says. `leader` −1 = none. */
export interface PartitionStateData {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly isr: readonly number[];
  /** The epoch of the controller that wrote it. */
  readonly controllerEpoch: number;
  /** After an unclean election, until the new leader says otherwise (KIP-704). */
  readonly recovering: boolean;
}

/** `zkVersion`, the znode's version, is what the protocol calls the partition epoch. */
export interface PartitionState extends PartitionStateData {
  readonly zkVersion: number;
}

/** A state as it was read. */
export interface StoredPartitionState {
  readonly state: PartitionState;
  /** The zxid of the write that it comes from; comparable with broker epochs. */
  readonly mzxid: number;
}

export interface PartitionStateWrite extends TopicPartition {
  readonly state: PartitionStateData;
  /** The znode version that the decision was based on. */
  readonly expectedZkVersion: number;
}

export interface PartitionStateCreation extends TopicPartition {
  readonly state: PartitionStateData;
}

/** `conflict`: somebody wrote in between (BAD_VERSION) or the znode is gone; read again and decide again. */
export type StateWriteResult =
  | { readonly status: 'ok'; readonly zkVersion: number }
  | { readonly status: 'conflict' }
  | { readonly status: 'failed'; readonly error: ZooKeeperError };

export type StateCreateResult =
  | { readonly status: 'ok'; readonly zkVersion: number }
  | { readonly status: 'exists' }
  | { readonly status: 'failed'; readonly error: ZooKeeperError };

export type ConfigEntityType = 'topics' | 'brokers' | 'clients' | 'users' | 'ips';

/** Whose settings: `name` `null` is the default of that type; `client` only below users (`null` = default client). */
export interface ConfigEntity {
  readonly type: ConfigEntityType;
  readonly name: string | null;
  readonly client?: string | null;
}

export type ConfigValues = Readonly<Record<string, string>>;

/** A block of producer ids, both ends inclusive. */
export interface ProducerIdBlock {
  readonly start: number;
  readonly end: number;
}

/** `/feature`; `epoch` is the znode's version, the "finalized features epoch" of ApiVersions v3. */
export interface FinalizedFeatures {
  readonly enabled: boolean;
  /** Finalized version level of each feature. */
  readonly features: ReadonlyMap<string, number>;
  readonly epoch: number;
}

/** One entry of `/admin/reassign_partitions`. */
export interface PartitionReassignment extends TopicPartition {
  readonly replicas: readonly number[];
}
