/** What the controller needs from others: the part of ZooKeeper it uses, settings, and connections to brokers. */
import type { BrokerValues } from '../config/settings/broker';
import type { TopicConfig } from '../config/settings/topic';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import type { KafkaZooKeeper } from '../zookeeper/store';

/** The operations on ZooKeeper that the controller uses; `KafkaZooKeeper` has them. */
export interface ControllerStore {
  readonly session: Pick<KafkaZooKeeper['session'], 'onSessionExpired' | 'onSessionEstablished'>;
  readonly election: Pick<
    KafkaZooKeeper['election'],
    | 'controllerId'
    | 'controllerEpoch'
    | 'elect'
    | 'resign'
    | 'watchController'
    | 'unwatchController'
  >;
  readonly cluster: Pick<KafkaZooKeeper['cluster'], 'features' | 'writeFeatures'>;
  readonly brokers: Pick<
    KafkaZooKeeper['brokers'],
    'all' | 'broker' | 'watchIds' | 'unwatchIds' | 'watchBroker' | 'unwatchBroker'
  >;
  readonly topics: Pick<
    KafkaZooKeeper['topics'],
    | 'names'
    | 'assignments'
    | 'setAssignment'
    | 'changeAssignment'
    | 'partitionNodes'
    | 'deletionMarks'
    | 'removeDeletionMarks'
    | 'completeDeletion'
    | 'watchNames'
    | 'unwatchNames'
    | 'watchTopic'
    | 'unwatchTopic'
    | 'watchDeletionMarks'
    | 'unwatchDeletionMarks'
  >;
  readonly partitions: Pick<
    KafkaZooKeeper['partitions'],
    'states' | 'storedStates' | 'createStates' | 'setStates'
  >;
  readonly configs: Pick<KafkaZooKeeper['configs'], 'topics'>;
  readonly producerIds: Pick<KafkaZooKeeper['producerIds'], 'allocate'>;
  readonly admin: Pick<
    KafkaZooKeeper['admin'],
    | 'preferredElection'
    | 'deletePreferredElection'
    | 'watchPreferredElection'
    | 'unwatchPreferredElection'
    | 'reassignment'
    | 'setReassignment'
    | 'watchReassignment'
    | 'unwatchReassignment'
    | 'logDirEvents'
    | 'deleteLogDirEvents'
    | 'watchLogDirEvents'
    | 'unwatchLogDirEvents'
    | 'isrNotifications'
    | 'deleteIsrNotifications'
    | 'watchIsrNotifications'
    | 'unwatchIsrNotifications'
  >;
}

/** The settings that the controller uses; `BrokerConfig` has them. */
export interface ControllerConfig {
  readonly values: Pick<
    BrokerValues,
    | 'auto.leader.rebalance.enable'
    | 'controller.socket.timeout.ms'
    | 'delete.topic.enable'
    | 'leader.imbalance.check.interval.seconds'
    | 'leader.imbalance.per.broker.percentage'
    | 'request.timeout.ms'
  >;
  readonly interBrokerListenerName: string;
  readonly controlPlaneListenerName: string | undefined;
  /** The values in force for a topic with these settings of its own. */
  topicConfig(
    overrides: Readonly<Record<string, string>>,
  ): Pick<TopicConfig, 'unclean.leader.election.enable'>;
}

/** One connection to a broker. Rejects when the connection ends or no answer comes in time. */
export interface PeerConnection {
  request<S extends MessageSpec, R extends MessageSpec>(
    requestSpec: S,
    responseSpec: R,
    version: number,
    message: InputOf<S>,
    timeoutMs: number,
  ): Promise<TypeOf<R>>;
  close(): void;
}

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly connectTimeoutMs: number;
}

export interface PeerConnector {
  connect(address: PeerAddress): Promise<PeerConnection>;
}
