/** The parts of a running broker, as its request handlers see them. Put together in `broker.ts`. */
import type { BrokerConfig } from '../config/broker-config';
import type { Controller } from '../controller/controller';
import type { GroupCoordinator } from '../coordinator/group/group-coordinator';
import type { MetadataCache } from '../metadata/metadata-cache';
import type { LogLevels } from '../platform/log-levels';
import type { Platform } from '../platform/ports';
import type { ReplicaManager } from '../replication/replica-manager';
import type { LogDirectory } from '../storage/log-directory';
import type { KafkaZooKeeper } from '../zookeeper/store';
import type { BrokerMetrics } from './broker-metrics';
import type { ReadMemory } from './answer-size';
import type { DelayedAppends } from './delayed-appends';
import type { DelayedDeletions } from './delayed-deletions';
import type { DelayedElections } from './delayed-elections';
import type { FetchSessionCache } from './fetch-session-cache';
import type { ProducerIdManager } from './producer-id-manager';
import type { Purgatory } from './purgatory';
import type { TopicConfigs } from './topic-configs';
import type { TopicAdmin } from './topic-admin';

export interface ServedApi {
  readonly apiKey: number;
  readonly versions: readonly [number, number];
}

export interface BrokerServices {
  readonly platform: Platform;
  readonly logLevels: LogLevels;
  readonly config: BrokerConfig;
  readonly metrics: BrokerMetrics;
  readonly brokerId: number;
  /** The czxid of the broker's registration: what requests of the controller are checked against. */
  brokerEpoch(): number;
  /** Resolves once `brokerEpoch` is that of this run. What the controller sends before has to wait for it. */
  whenRegistered(): Promise<void>;
  readonly clusterId: string;
  /** The version of `/feature`, 0 while there is none. */
  finalizedFeaturesEpoch(): number;
  /** What ApiVersions answers: the list of handlers. */
  readonly servedApis: readonly ServedApi[];
  readonly zookeeper: KafkaZooKeeper;
  readonly metadata: MetadataCache;
  readonly replicas: ReplicaManager;
  /** All of `log.dirs`, offline ones too. */
  readonly logDirectories: readonly LogDirectory[];
  readonly controller: Controller;
  readonly groups: GroupCoordinator;
  readonly topicConfigs: TopicConfigs;
  readonly topicAdmin: TopicAdmin;
  readonly producerIds: ProducerIdManager;
  readonly fetchSessions: FetchSessionCache;
  /** What the records of Fetch answers are held in until they are sent. */
  readonly readMemory: ReadMemory;
  readonly delayedAppends: DelayedAppends;
  readonly delayedDeletions: DelayedDeletions;
  readonly delayedElections: DelayedElections;
  /** Fetches that wait for bytes. Their partitions tell them of changes, so they are watched under no key. */
  readonly delayedFetches: Purgatory;
}
