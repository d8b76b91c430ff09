import { codecOf } from '../../src/protocol/codec';
import { LeaderAndIsrRequest } from '../../src/protocol/messages/04-leader-and-isr';
import { StopReplicaRequest } from '../../src/protocol/messages/05-stop-replica';

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';

interface LeaderAndIsrOptions {
  readonly topic?: string;
  readonly topicId?: string;
  readonly partition?: number;
  readonly leader?: number;
  readonly leaderEpoch?: number;
  readonly partitionEpoch?: number;
  readonly isr?: readonly number[];
  readonly replicas?: readonly number[];
  readonly adding?: readonly number[];
  readonly isNew?: boolean;
}

interface ControlOptions {
  readonly controllerEpoch?: number;
  readonly brokerEpoch?: number;
  readonly version?: number;
}

/** LeaderAndIsr for one partition, `t-0`, led by broker 1, if nothing else is said. */
export function aLeaderAndIsr(
  options: LeaderAndIsrOptions & ControlOptions = {},
): LeaderAndIsrRequest {
  return aLeaderAndIsrOf([options], options);
}

export function aLeaderAndIsrOf(
  partitions: readonly LeaderAndIsrOptions[],
  { controllerEpoch = 1, brokerEpoch = -1, version = 7 }: ControlOptions = {},
): LeaderAndIsrRequest {
  const codec = codecOf(LeaderAndIsrRequest);
  const states = partitions.map((options) => {
    const { topic = 't', topicId = TOPIC_ID, replicas = [1, 2, 3], leader = 1 } = options;
    const partitionState = {
      topicName: topic,
      partitionIndex: options.partition ?? 0,
      controllerEpoch,
      leader,
      leaderEpoch: options.leaderEpoch ?? 0,
      isr: options.isr ?? replicas,
      partitionEpoch: options.partitionEpoch ?? options.leaderEpoch ?? 0,
      replicas,
      addingReplicas: options.adding ?? [],
      isNew: options.isNew ?? true,
    };
    return { topicName: topic, topicId, partitionStates: [partitionState] };
  });
  const message = {
    controllerId: 1,
    controllerEpoch,
    brokerEpoch,
    type: 0,
    topicStates: states,
    ungroupedPartitionStates: states.flatMap(({ partitionStates }) => partitionStates),
    liveLeaders: [],
  };
  return codec.decode(Buffer.concat(codec.encode(message, version)), version).message;
}

interface StopReplicaOptions extends ControlOptions {
  readonly topic?: string;
  readonly partition?: number;
  readonly leaderEpoch?: number;
  readonly isDelete?: boolean;
}

export function aStopReplica(options: StopReplicaOptions = {}): StopReplicaRequest {
  const { topic = 't', partition = 0, leaderEpoch = 0, isDelete = false, version = 4 } = options;
  const codec = codecOf(StopReplicaRequest);
  const message = {
    controllerId: 1,
    controllerEpoch: options.controllerEpoch ?? 1,
    brokerEpoch: options.brokerEpoch ?? -1,
    deletePartitions: isDelete,
    ungroupedPartitions: [{ topicName: topic, partitionIndex: partition }],
    topics: [{ name: topic, partitionIndexes: [partition] }],
    topicStates: [
      {
        topicName: topic,
        partitionStates: [{ partitionIndex: partition, leaderEpoch, deletePartition: isDelete }],
      },
    ],
  };
  return codec.decode(Buffer.concat(codec.encode(message, version)), version).message;
}
