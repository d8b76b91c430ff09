/**
 * The controller's requests as the wire has them, in the versions of inter-broker protocol 3.9: these are
 * fixed by it and not negotiated.
 */
import { LeaderAndIsrRequest, LeaderAndIsrResponse } from '../protocol/messages/04-leader-and-isr';
import { StopReplicaRequest, StopReplicaResponse } from '../protocol/messages/05-stop-replica';
import {
  UpdateMetadataRequest,
  UpdateMetadataResponse,
} from '../protocol/messages/06-update-metadata';
import type { InputOf } from '../protocol/schema';
import type { BrokerInfo } from '../zookeeper/types';
import type { ControllerContext, PartitionContext, TopicContext } from './state/context';
import { leadersOf } from './state/request-batch';
import type {
  LeaderAndIsrPartition,
  StopReplicaPartition,
  UpdateMetadataPartition,
} from './state/request-batch';

export const LEADER_AND_ISR = {
  request: LeaderAndIsrRequest,
  response: LeaderAndIsrResponse,
  version: 7,
} as const;
export const UPDATE_METADATA = {
  request: UpdateMetadataRequest,
  response: UpdateMetadataResponse,
  version: 8,
} as const;
export const STOP_REPLICA = {
  request: StopReplicaRequest,
  response: StopReplicaResponse,
  version: 4,
} as const;

/** What every request of a controller to a broker carries. */
export interface ControlHeader {
  readonly controllerId: number;
  readonly controllerEpoch: number;
  readonly brokerEpoch: number;
}

/** `org.apache.kafka.common.security.auth.SecurityProtocol`, by name. */
const SECURITY_PROTOCOL_IDS: Readonly<Record<string, number>> = {
  PLAINTEXT: 0,
  SSL: 1,
  SASL_PLAINTEXT: 2,
  SASL_SSL: 3,
};

const RECOVERED = 0;
const RECOVERING = 1;

export function recoveryStateCode(recovering: boolean): number {
  return recovering ? RECOVERING : RECOVERED;
}

export function isRecoveringCode(code: number): boolean {
  return code === RECOVERING;
}

export function leaderAndIsrRequest(
  header: ControlHeader,
  partitions: readonly LeaderAndIsrPartition[],
  context: ControllerContext,
  listener: string,
): InputOf<typeof LeaderAndIsrRequest> {
  return {
    ...header,
    isKRaftController: false,
    type: 0,
    topicStates: groupByTopic(partitions, leaderAndIsrState).map(([topic, partitionStates]) => ({
      topicName: topic.name,
      topicId: topic.id,
      partitionStates,
    })),
    liveLeaders: [...leadersOf(partitions)].flatMap((id) => {
      const endpoint = context.brokers.get(id)?.endpoints.find(({ name }) => name === listener);
      return endpoint ? [{ brokerId: id, hostName: endpoint.host, port: endpoint.port }] : [];
    }),
  };
}

type TopicMetadata = NonNullable<InputOf<typeof UpdateMetadataRequest>['topicStates']>;
type LiveBrokers = InputOf<typeof UpdateMetadataRequest>['liveBrokers'];

/** The part of UpdateMetadata that is the same for all brokers of a batch. */
export interface ClusterMetadata {
  readonly topicStates: TopicMetadata;
  readonly liveBrokers: LiveBrokers;
}

export function clusterMetadata(
  partitions: readonly UpdateMetadataPartition[],
  brokers: Iterable<BrokerInfo>,
): ClusterMetadata {
  return {
    topicStates: groupByTopic(partitions, metadataState).map(([topic, partitionStates]) => ({
      topicName: topic.name,
      topicId: topic.id,
      partitionStates,
    })),
    liveBrokers: [...brokers].map(({ id, endpoints, rack }) => ({
      id,
      rack,
      endpoints: endpoints.map(({ name, host, port, securityProtocol }) => ({
        listener: name,
        host,
        port,
        securityProtocol: SECURITY_PROTOCOL_IDS[securityProtocol] ?? 0,
      })),
    })),
  };
}

export function updateMetadataRequest(
  header: ControlHeader,
  metadata: ClusterMetadata,
): InputOf<typeof UpdateMetadataRequest> {
  return { ...header, isKRaftController: false, ...metadata };
}

export function stopReplicaRequest(
  header: ControlHeader,
  partitions: readonly StopReplicaPartition[],
): InputOf<typeof StopReplicaRequest> {
  const state = ({ partition, leaderEpoch, deletePartition }: StopReplicaPartition) => ({
    partitionIndex: partition.partition,
    leaderEpoch,
    deletePartition,
  });
  return {
    ...header,
    isKRaftController: false,
    topicStates: groupByTopic(partitions, state).map(([topic, partitionStates]) => ({
      topicName: topic.name,
      partitionStates,
    })),
  };
}

function leaderAndIsrState({ partition, leadership, isNew }: LeaderAndIsrPartition) {
  const { replicas, adding, removing } = partition.assignment;
  return {
    partitionIndex: partition.partition,
    controllerEpoch: leadership.controllerEpoch,
    leader: leadership.leader,
    leaderEpoch: leadership.leaderEpoch,
    isr: leadership.isr,
    partitionEpoch: leadership.zkVersion,
    replicas,
    addingReplicas: adding,
    removingReplicas: removing,
    isNew,
    leaderRecoveryState: recoveryStateCode(leadership.recovering),
  };
}

function metadataState({ partition, leadership, offlineReplicas }: UpdateMetadataPartition) {
  return {
    partitionIndex: partition.partition,
    controllerEpoch: leadership.controllerEpoch,
    leader: leadership.leader,
    leaderEpoch: leadership.leaderEpoch,
    isr: leadership.isr,
    zkVersion: leadership.zkVersion,
    replicas: partition.assignment.replicas,
    offlineReplicas,
  };
}

/** The wire lists partitions under their topics. */
function groupByTopic<T extends { readonly partition: PartitionContext }, S>(
  items: readonly T[],
  stateOf: (item: T) => S,
): [TopicContext, S[]][] {
  const topics = new Map<TopicContext, S[]>();
  for (const item of items) {
    const states = topics.get(item.partition.topic);
    if (states) states.push(stateOf(item));
    else topics.set(item.partition.topic, [stateOf(item)]);
  }
  return [...topics];
}
