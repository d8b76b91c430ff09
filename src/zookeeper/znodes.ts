/**
 * The table of znodes: path, format and purpose of everything a Kafka 3.9 cluster keeps in ZooKeeper
 * (Kafka's `ZkData`). No other file spells a path. Readers look fields up by name and ignore unknown ones;
 * what cannot be read is a `ZnodeFormatError`.
 */

import type { TopicPartition } from '../protocol/topic-partition';
import { brokerFromJson, brokerToJson } from './broker-json';
import { entityPath, parseEntityPath } from './entity-path';
import { ZnodeFormatError } from './errors';
import { JsonFields } from './json-fields';
import type {
  BrokerRegistration,
  ConfigEntity,
  ConfigEntityType,
  ConfigValues,
  FinalizedFeatures,
  PartitionReassignment,
  PartitionStateData,
  ProducerIdBlock,
  ReplicaAssignment,
  TopicAssignment,
} from './types';

/** A kind of node without data. What operators are told of it beyond this is in `reference/`. */
export interface ContainerZnode<Key extends readonly unknown[]> {
  /** For people: the path with its variable parts in brackets. */
  readonly pattern: string;
  readonly purpose: string;
  readonly path: (...key: Key) => string;
}

/** A kind of node with data. */
export interface Znode<Key extends readonly unknown[], Value> extends ContainerZnode<Key> {
  readonly encode: (value: Value) => Buffer;
  /** `path` is the node's, for the error. */
  readonly decode: (data: Buffer | null, path: string) => Value;
}

interface JsonFormat<Key extends readonly unknown[], Value> extends ContainerZnode<Key> {
  readonly toJson: (value: Value) => object;
  readonly fromJson: (json: JsonFields, path: string) => Value;
}

function jsonZnode<Key extends readonly unknown[], Value>({
  toJson,
  fromJson,
  ...node
}: JsonFormat<Key, Value>): Znode<Key, Value> {
  return {
    ...node,
    encode: (value) => Buffer.from(JSON.stringify(toJson(value))),
    decode: (data, path) => fromJson(JsonFields.parse(path, data), path),
  };
}

/** A node that holds a decimal number as text. */
function numberZnode<Key extends readonly unknown[]>(
  node: ContainerZnode<Key>,
): Znode<Key, number> {
  return {
    ...node,
    encode: (value) => Buffer.from(String(value)),
    decode: (data, path) => {
      const text = data?.toString('utf8').trim() ?? '';
      const value = Number(text);
      if (text === '' || !Number.isSafeInteger(value)) {
        throw new ZnodeFormatError(path, 'not a decimal number');
      }
      return value;
    },
  };
}

/** Created by every broker at its start, in this order, with their parents. */
export const PERSISTENT_ROOTS = [
  '/consumers',
  '/brokers/ids',
  '/brokers/topics',
  '/config/changes',
  '/admin/delete_topics',
  '/brokers/seqid',
  '/isr_change_notification',
  '/latest_producer_id_block',
  '/log_dir_event_notification',
  '/config/topics',
  '/config/clients',
  '/config/users',
  '/config/brokers',
  '/config/ips',
] as const;

export const controller = jsonZnode<
  [],
  { brokerId: number; timestampMs: number; kraftControllerEpoch: number }
>({
  pattern: '/controller',
  purpose: 'Ephemeral; who is controller.',
  path: () => '/controller',
  toJson: ({ brokerId, timestampMs, kraftControllerEpoch }) => ({
    version: 2,
    brokerid: brokerId,
    timestamp: String(timestampMs),
    kraftControllerEpoch,
  }),
  fromJson: (json) => ({
    brokerId: json.int('brokerid'),
    timestampMs: json.has('timestamp') ? Number(json.text('timestamp')) : -1,
    kraftControllerEpoch: json.has('kraftControllerEpoch') ? json.int('kraftControllerEpoch') : -1,
  }),
});

export const controllerEpoch = numberZnode<[]>({
  pattern: '/controller_epoch',
  purpose: 'Counts controllers; every write of a controller checks its znode version.',
  path: () => '/controller_epoch',
});

export const clusterId = jsonZnode<[], string>({
  pattern: '/cluster/id',
  purpose: 'The id of the cluster, written by the first broker ever.',
  path: () => '/cluster/id',
  toJson: (id) => ({ version: '1', id }),
  fromJson: (json) => json.string('id'),
});

export const brokerIds: ContainerZnode<[]> = {
  pattern: '/brokers/ids',
  purpose: 'One ephemeral child for each live broker.',
  path: () => '/brokers/ids',
};

export const broker = {
  pattern: '/brokers/ids/[id]',
  purpose: "Ephemeral; a live broker's addresses. Its czxid is the broker epoch.",
  path: (id: number) => `/brokers/ids/${String(id)}`,
  encode: (registration: BrokerRegistration, nowMs: number) =>
    Buffer.from(JSON.stringify(brokerToJson(registration, nowMs))),
  decode: (id: number, data: Buffer | null): BrokerRegistration =>
    brokerFromJson(id, JsonFields.parse(broker.path(id), data)),
};

export const brokerSequence: ContainerZnode<[]> = {
  pattern: '/brokers/seqid',
  purpose: 'Its znode version yields ids for brokers that have none.',
  path: () => '/brokers/seqid',
};

export const topics: ContainerZnode<[]> = {
  pattern: '/brokers/topics',
  purpose: 'One child for each topic.',
  path: () => '/brokers/topics',
};

export const topic = jsonZnode<[topic: string], TopicAssignment>({
  pattern: '/brokers/topics/[topic]',
  purpose: "The topic's id and the replicas of its partitions.",
  path: (name) => `/brokers/topics/${name}`,
  toJson: ({ topicId, partitions }) => ({
    partitions: byPartition(partitions, (each) => each.replicas),
    ...(topicId === null ? {} : { topic_id: topicId }),
    adding_replicas: byPartition(partitions, (each) => each.adding, isNotEmpty),
    removing_replicas: byPartition(partitions, (each) => each.removing, isNotEmpty),
    version: topicId === null ? 2 : 3,
  }),
  fromJson: (json) => {
    const replicas = json.object('partitions');
    const adding = optionalObject(json, 'adding_replicas');
    const removing = optionalObject(json, 'removing_replicas');
    const partitions = new Map<number, ReplicaAssignment>();
    for (const name of replicas.names().sort((a, b) => Number(a) - Number(b))) {
      if (!/^\d+$/.test(name)) throw json.wrong(`"${name}" is not a partition`);
      partitions.set(Number(name), {
        replicas: replicas.ints(name),
        adding: adding?.has(name) ? adding.ints(name) : [],
        removing: removing?.has(name) ? removing.ints(name) : [],
      });
    }
    return { topicId: json.has('topic_id') ? json.string('topic_id') : null, partitions };
  },
});

export const partitions: ContainerZnode<[topic: string]> = {
  pattern: '/brokers/topics/[topic]/partitions',
  purpose: 'One child for each partition that has, or had, a leader.',
  path: (name) => `${topic.path(name)}/partitions`,
};

export const partition: ContainerZnode<[TopicPartition]> = {
  pattern: '/brokers/topics/[topic]/partitions/[partition]',
  purpose: 'Holds the state node.',
  path: (id) => `${partitions.path(id.topic)}/${String(id.partition)}`,
};

const RECOVERING = 1;

export const partitionState = jsonZnode<[TopicPartition], PartitionStateData>({
  pattern: '/brokers/topics/[topic]/partitions/[partition]/state',
  purpose: "Leader, ISR and epochs. Its znode version is the partition's epoch.",
  path: (id) => `${partition.path(id)}/state`,
  toJson: (state) => ({
    controller_epoch: state.controllerEpoch,
    leader: state.leader,
    version: 1,
    leader_epoch: state.leaderEpoch,
    isr: state.isr,
    ...(state.recovering ? { leader_recovery_state: RECOVERING } : {}),
  }),
  fromJson: (json) => ({
    leader: json.int('leader'),
    leaderEpoch: json.int('leader_epoch'),
    isr: json.ints('isr'),
    controllerEpoch: json.int('controller_epoch'),
    recovering:
      json.has('leader_recovery_state') && json.int('leader_recovery_state') === RECOVERING,
  }),
});

export const configEntities: ContainerZnode<[ConfigEntityType]> = {
  pattern: '/config/[type]',
  purpose: 'One child for each topic, broker, client, user or address with settings.',
  path: (type) => `/config/${type}`,
};

/** The clients below one user. */
export const userClients: ContainerZnode<[user: string | null]> = {
  pattern: '/config/users/[user]/clients',
  purpose: 'One child for each client id with settings of its own for this user.',
  path: (user) => `/config/${entityPath({ type: 'users', name: user })}/clients`,
};

export const config = jsonZnode<[ConfigEntity], ConfigValues>({
  pattern: '/config/[type]/[name]',
  purpose: 'Settings that override the defaults; all values are strings.',
  path: (entity) => `/config/${entityPath(entity)}`,
  toJson: (values) => ({ version: 1, config: values }),
  fromJson: (json) => {
    if (json.int('version') !== 1) throw json.wrong('unknown version');
    const values = json.object('config');
    return Object.fromEntries(values.names().map((name) => [name, values.text(name)]));
  },
});

export const configChanges: ContainerZnode<[]> = {
  pattern: '/config/changes',
  purpose: 'One sequential child for each change of settings.',
  path: () => '/config/changes',
};

export const configChange = jsonZnode<[], ConfigEntity>({
  pattern: '/config/changes/config_change_[number]',
  purpose:
    'Whose settings have changed; every broker then reads them again. Removed after 15 minutes.',
  path: () => `${configChanges.path()}/config_change_`,
  toJson: (entity) => ({ version: 2, entity_path: entityPath(entity) }),
  fromJson: (json, path) => {
    const version = json.int('version');
    if (version === 2) return parseEntityPath(json.string('entity_path'), path);
    if (version !== 1) throw json.wrong(`unknown version ${String(version)}`);
    return parseEntityPath(`${json.string('entity_type')}/${json.string('entity_name')}`, path);
  },
});

export const deleteTopics: ContainerZnode<[]> = {
  pattern: '/admin/delete_topics',
  purpose: 'One child for each topic being deleted.',
  path: () => '/admin/delete_topics',
};

export const deleteTopic: ContainerZnode<[topic: string]> = {
  pattern: '/admin/delete_topics/[topic]',
  purpose: 'Marks a topic for deletion.',
  path: (name) => `${deleteTopics.path()}/${name}`,
};

export const reassignPartitions = jsonZnode<[], readonly PartitionReassignment[]>({
  pattern: '/admin/reassign_partitions',
  purpose: "Replica moves asked for by an operator's tool.",
  path: () => '/admin/reassign_partitions',
  toJson: (moves) => ({
    version: 1,
    partitions: moves.map((each) => ({
      topic: each.topic,
      partition: each.partition,
      replicas: each.replicas,
    })),
  }),
  fromJson: (json) =>
    json.objects('partitions').map((each) => ({
      topic: each.string('topic'),
      partition: each.int('partition'),
      replicas: each.ints('replicas'),
    })),
});

export const preferredReplicaElection = jsonZnode<[], readonly TopicPartition[]>({
  pattern: '/admin/preferred_replica_election',
  purpose: "Preferred-leader elections asked for by an operator's tool.",
  path: () => '/admin/preferred_replica_election',
  toJson: writePartitions,
  fromJson: readPartitions,
});

export const isrChangeNotifications: ContainerZnode<[]> = {
  pattern: '/isr_change_notification',
  purpose: 'Sequential children written by leaders older than 2.7.',
  path: () => '/isr_change_notification',
};

export const isrChangeNotification = jsonZnode<[], readonly TopicPartition[]>({
  pattern: '/isr_change_notification/isr_change_[number]',
  purpose: 'Partitions whose ISR has changed.',
  path: () => `${isrChangeNotifications.path()}/isr_change_`,
  toJson: writePartitions,
  fromJson: readPartitions,
});

export const logDirEvents: ContainerZnode<[]> = {
  pattern: '/log_dir_event_notification',
  purpose: 'Sequential children written by brokers that lost a log directory.',
  path: () => '/log_dir_event_notification',
};

const LOG_DIR_FAILURE = 1;

export const logDirEvent = jsonZnode<[], number>({
  pattern: '/log_dir_event_notification/log_dir_event_[number]',
  purpose: 'The broker whose log directory failed.',
  path: () => `${logDirEvents.path()}/log_dir_event_`,
  toJson: (brokerId) => ({ version: 1, broker: brokerId, event: LOG_DIR_FAILURE }),
  fromJson: (json) => json.int('broker'),
});

export const producerIdBlock = jsonZnode<[], { brokerId: number; block: ProducerIdBlock }>({
  pattern: '/latest_producer_id_block',
  purpose: 'The last block of producer ids that was given out, and to which broker.',
  path: () => '/latest_producer_id_block',
  toJson: ({ brokerId, block }) => ({
    version: 1,
    broker: brokerId,
    block_start: String(block.start),
    block_end: String(block.end),
  }),
  fromJson: (json) => ({
    brokerId: json.int('broker'),
    block: { start: json.decimalString('block_start'), end: json.decimalString('block_end') },
  }),
});

export const features = jsonZnode<[], Omit<FinalizedFeatures, 'epoch'>>({
  pattern: '/feature',
  purpose: 'Finalized feature levels of the cluster.',
  path: () => '/feature',
  toJson: ({ enabled, features: levels }) => ({
    features: Object.fromEntries(
      [...levels].map(([name, level]) => [name, { max_version_level: level }]),
    ),
    version: 2,
    status: enabled ? 1 : 0,
  }),
  fromJson: (json) => {
    const levels = json.object('features');
    return {
      enabled: json.int('status') === 1,
      features: new Map(
        levels.names().map((name) => [name, levels.object(name).int('max_version_level')]),
      ),
    };
  },
});

export const consumers: ContainerZnode<[]> = {
  pattern: '/consumers',
  purpose: 'One child for each group whose clients commit with OffsetCommit version 0.',
  path: () => '/consumers',
};

export const consumerOffset = numberZnode<[group: string, TopicPartition]>({
  pattern: '/consumers/[group]/offsets/[topic]/[partition]',
  purpose: 'An offset committed with OffsetCommit version 0.',
  path: (group, id) => `/consumers/${group}/offsets/${id.topic}/${String(id.partition)}`,
});

function writePartitions(list: readonly TopicPartition[]): object {
  const named = list.map((each) => ({ topic: each.topic, partition: each.partition }));
  return { version: 1, partitions: named };
}

function readPartitions(json: JsonFields): TopicPartition[] {
  return json
    .objects('partitions')
    .map((each) => ({ topic: each.string('topic'), partition: each.int('partition') }));
}

function byPartition(
  assignment: ReadonlyMap<number, ReplicaAssignment>,
  pick: (each: ReplicaAssignment) => readonly number[],
  isWanted: (list: readonly number[]) => boolean = () => true,
): Record<string, readonly number[]> {
  const entries = [...assignment].map(([id, each]) => [String(id), pick(each)] as const);
  return Object.fromEntries(entries.filter(([, list]) => isWanted(list)));
}

function isNotEmpty(list: readonly number[]): boolean {
  return list.length > 0;
}

function optionalObject(json: JsonFields, name: string): JsonFields | undefined {
  return json.has(name) ? json.object(name) : undefined;
}
