/** From the wire's UpdateMetadata, in any of its versions, to the image's `ClusterUpdate`. */

import type { UpdateMetadataRequest } from '../protocol/messages/06-update-metadata';
import { ZERO_UUID } from '../protocol/schema';
import type {
  BrokerEndpoint,
  BrokerImage,
  ClusterUpdate,
  PartitionImage,
  TopicUpdate,
} from './state/cluster-image';

type WireBroker = UpdateMetadataRequest['liveBrokers'][number];
type WirePartition = UpdateMetadataRequest['topicStates'][number]['partitionStates'][number];

/** `org.apache.kafka.common.security.auth.SecurityProtocol`, by id. */
const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];

export function clusterUpdateOf(request: UpdateMetadataRequest): ClusterUpdate {
  return {
    controllerId: request.controllerId,
    brokers: request.liveBrokers.map(brokerImage),
    topics: [...request.topicStates.map(topicUpdate), ...ungroupedTopicUpdates(request)],
  };
}

function topicUpdate(topic: UpdateMetadataRequest['topicStates'][number]): TopicUpdate {
  return {
    name: topic.topicName,
    topicId: topic.topicId === ZERO_UUID ? undefined : topic.topicId,
    partitions: topic.partitionStates.map(partitionImage),
  };
}

/** Versions below 5 list each partition with its topic's name, and know no topic ids. */
function ungroupedTopicUpdates(request: UpdateMetadataRequest): TopicUpdate[] {
  const byTopic = new Map<string, PartitionImage[]>();
  for (const partition of request.ungroupedPartitionStates) {
    const partitions = byTopic.get(partition.topicName);
    if (partitions) partitions.push(partitionImage(partition));
    else byTopic.set(partition.topicName, [partitionImage(partition)]);
  }
  return [...byTopic].map(([name, partitions]) => ({ name, topicId: undefined, partitions }));
}

function partitionImage(state: WirePartition): PartitionImage {
  return {
    partition: state.partitionIndex,
    controllerEpoch: state.controllerEpoch,
    leader: state.leader,
    leaderEpoch: state.leaderEpoch,
    isr: state.isr,
    partitionEpoch: state.zkVersion,
    replicas: state.replicas,
    offlineReplicas: state.offlineReplicas,
  };
}

function brokerImage(broker: WireBroker): BrokerImage {
  return { id: broker.id, endpoints: endpointsOf(broker), rack: broker.rack };
}

/** Version 0 knows one endpoint, always PLAINTEXT; below version 3 a listener is named like its protocol. */
function endpointsOf(broker: WireBroker): BrokerEndpoint[] {
  if (broker.endpoints.length === 0 && broker.v0Host !== '') {
    const listener = 'PLAINTEXT';
    return [{ listener, host: broker.v0Host, port: broker.v0Port, securityProtocol: listener }];
  }
  return broker.endpoints.map(({ listener, host, port, securityProtocol: id }) => {
    const securityProtocol = SECURITY_PROTOCOLS[id] ?? `UNKNOWN(${String(id)})`;
    return {
      listener: listener === '' ? securityProtocol : listener,
      host,
      port,
      securityProtocol,
    };
  });
}
