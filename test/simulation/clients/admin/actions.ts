/** What an admin can ask a cluster for: the request of each action, and how its answer tells the error. */
import { errorName } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../../../src/protocol/messages/19-create-topics';
import {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../../../../src/protocol/messages/20-delete-topics';
import {
  DeleteRecordsRequest,
  DeleteRecordsResponse,
} from '../../../../src/protocol/messages/21-delete-records';
import {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../../../../src/protocol/messages/37-create-partitions';
import {
  ElectLeadersRequest,
  ElectLeadersResponse,
} from '../../../../src/protocol/messages/43-elect-leaders';
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../../../src/protocol/messages/44-incremental-alter-configs';
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../../../../src/protocol/messages/45-alter-partition-reassignments';
import type { InputOf, MessageSpec, TypeOf } from '../../../../src/protocol/schema';
import type { AdminAction } from '../../history';
import type { Asking, Connection } from '../connection';

export interface Action {
  readonly action: AdminAction['action'];
  readonly topic: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Who is to be asked: the controller, a partition's leader, or whoever answers. */
  readonly target: 'controller' | 'any' | { readonly leaderOf: number };
  /** Errors that may come besides those that every action may meet. */
  readonly allowed: readonly ErrorName[];
  readonly request: MessageSpec;
  /** Rejects with a `NetworkError`. */
  ask(connection: Connection, timing: { timeoutMs: number; serverMs: number }): Promise<ErrorName>;
}

const SET = 0;
const TOPIC = 2;
const PREFERRED = 0;
/** DeleteTopics by id, which came then, is not what is wanted here. */
const DELETE_BY_NAME = 5;
/** Also Apache Kafka says so when ZooKeeper cannot be reached: it may have been done nevertheless. */
const WITHOUT_ZOOKEEPER = 'UNKNOWN_SERVER_ERROR';
/** A deletion up to the high watermark, wherever that is. */
export const UP_TO_HIGH_WATERMARK = -1;

interface Asked<Q extends MessageSpec, R extends MessageSpec> {
  readonly request: Q;
  readonly response: R;
  readonly version: number;
  /** `version`: the one that is used. */
  message(serverMs: number, version: number): InputOf<Q>;
  codeOf(answer: TypeOf<R>): number | undefined;
}

type About = Pick<Action, 'action' | 'topic' | 'details' | 'target' | 'allowed'>;

function defineAction<Q extends MessageSpec, R extends MessageSpec>(
  about: About,
  { request, response, version, message, codeOf }: Asked<Q, R>,
): Action {
  return {
    ...about,
    request,
    ask: async (connection, { timeoutMs, serverMs }) => {
      const served = connection.served(request, version);
      const asking: Asking = { timeoutMs, version: served };
      const answer = await connection.ask(request, response, message(serverMs, served), asking);
      return errorName(codeOf(answer) ?? -1);
    },
  };
}

export function createTopic(
  topic: string,
  wanted: { readonly partitions: number; readonly replicas: number; readonly version: number },
): Action {
  const { partitions, replicas, version } = wanted;
  return defineAction(
    {
      action: 'createTopic',
      topic,
      details: { partitions, replicas },
      target: 'controller',
      // Too few brokers may be there just now.
      allowed: ['INVALID_REPLICATION_FACTOR', 'TOPIC_ALREADY_EXISTS', WITHOUT_ZOOKEEPER],
    },
    {
      ...{ request: CreateTopicsRequest, response: CreateTopicsResponse, version },
      message: (timeoutMs) => ({
        topics: [
          {
            ...{ name: topic, numPartitions: partitions, replicationFactor: replicas },
            ...{ assignments: [], configs: [] },
          },
        ],
        timeoutMs,
      }),
      codeOf: ({ topics }) => topics[0]?.errorCode,
    },
  );
}

export function deleteTopic(topic: string, version: number): Action {
  return defineAction(
    {
      ...{ action: 'deleteTopic', topic, details: {}, target: 'controller' },
      allowed: ['UNKNOWN_TOPIC_OR_PARTITION', WITHOUT_ZOOKEEPER],
    },
    {
      ...{ request: DeleteTopicsRequest, response: DeleteTopicsResponse },
      version: Math.min(version, DELETE_BY_NAME),
      message: (timeoutMs) => ({ topicNames: [topic], timeoutMs }),
      codeOf: ({ responses }) => responses[0]?.errorCode,
    },
  );
}

export function addPartitions(topic: string, count: number, version: number): Action {
  return defineAction(
    {
      ...{ action: 'addPartitions', topic, details: { count }, target: 'controller' },
      // Another admin may have been faster; a topic may be on its way out, or be moved just now.
      allowed: [
        ...([
          'INVALID_PARTITIONS',
          'INVALID_TOPIC_EXCEPTION',
          'INVALID_REPLICATION_FACTOR',
        ] as const),
        ...(['REASSIGNMENT_IN_PROGRESS', 'UNKNOWN_TOPIC_OR_PARTITION'] as const),
        WITHOUT_ZOOKEEPER,
      ],
    },
    {
      ...{ request: CreatePartitionsRequest, response: CreatePartitionsResponse, version },
      message: (timeoutMs) => ({
        topics: [{ name: topic, count, assignments: null }],
        ...{ timeoutMs, validateOnly: false },
      }),
      codeOf: ({ results }) => results[0]?.errorCode,
    },
  );
}

export function alterConfig(
  topic: string,
  config: { readonly name: string; readonly value: string },
  version: number,
): Action {
  const { name, value } = config;
  return defineAction(
    {
      ...{ action: 'alterConfigs', topic, details: { [name]: value }, target: 'any' },
      allowed: ['UNKNOWN_TOPIC_OR_PARTITION', WITHOUT_ZOOKEEPER],
    },
    {
      ...{ request: IncrementalAlterConfigsRequest, response: IncrementalAlterConfigsResponse },
      version,
      message: () => ({
        resources: [
          {
            ...{ resourceType: TOPIC, resourceName: topic },
            configs: [{ name, value, configOperation: SET }],
          },
        ],
        validateOnly: false,
      }),
      codeOf: ({ responses }) => responses[0]?.errorCode,
    },
  );
}

export function deleteRecords(
  topic: string,
  upTo: { readonly partition: number; readonly offset: number },
  version: number,
): Action {
  const { partition, offset } = upTo;
  return defineAction(
    {
      ...{ action: 'deleteRecords', topic, details: { partition, offset } },
      target: { leaderOf: partition },
      allowed: [
        ...(['KAFKA_STORAGE_ERROR', 'NOT_LEADER_OR_FOLLOWER', 'OFFSET_OUT_OF_RANGE'] as const),
        ...(['POLICY_VIOLATION', 'UNKNOWN_TOPIC_OR_PARTITION'] as const),
      ],
    },
    {
      ...{ request: DeleteRecordsRequest, response: DeleteRecordsResponse, version },
      message: (timeoutMs) => ({
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, offset }] }],
        timeoutMs,
      }),
      codeOf: ({ topics }) => topics[0]?.partitions[0]?.errorCode,
    },
  );
}

export function electPreferredLeader(topic: string, partition: number, version: number): Action {
  return defineAction(
    {
      ...{ action: 'elect', topic, details: { partition }, target: 'controller' },
      allowed: [
        ...(['ELECTION_NOT_NEEDED', 'PREFERRED_LEADER_NOT_AVAILABLE'] as const),
        ...(['UNKNOWN_TOPIC_OR_PARTITION', WITHOUT_ZOOKEEPER] as const),
        // The topic is being deleted.
        'INVALID_TOPIC_EXCEPTION',
      ],
    },
    {
      ...{ request: ElectLeadersRequest, response: ElectLeadersResponse, version },
      message: (timeoutMs, served) => ({
        ...(served >= 1 ? { electionType: PREFERRED } : {}),
        topicPartitions: [{ topic, partitions: [partition] }],
        timeoutMs,
      }),
      codeOf: ({ errorCode, replicaElectionResults }) =>
        errorCode === 0 ? replicaElectionResults[0]?.partitionResult[0]?.errorCode : errorCode,
    },
  );
}

export function reassign(
  topic: string,
  to: { readonly partition: number; readonly replicas: readonly number[] },
): Action {
  const { partition, replicas } = to;
  return defineAction(
    {
      ...{ action: 'reassign', topic, details: { partition, replicas }, target: 'controller' },
      // A broker that is down cannot be given a replica.
      allowed: ['INVALID_REPLICA_ASSIGNMENT', 'UNKNOWN_TOPIC_OR_PARTITION', WITHOUT_ZOOKEEPER],
    },
    {
      request: AlterPartitionReassignmentsRequest,
      response: AlterPartitionReassignmentsResponse,
      version: 0,
      message: (timeoutMs) => ({
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, replicas }] }],
        timeoutMs,
      }),
      codeOf: ({ errorCode, responses }) =>
        errorCode === 0 ? responses[0]?.partitions[0]?.errorCode : errorCode,
    },
  );
}
