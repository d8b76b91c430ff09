/**
 * Fetch (1), versions 0 to 17. Reads record batches, for consumers and for followers.
 * Since v1 throttleTimeMs · v2 message format 1 · v3 maxBytes, partitions are read in request order
 * · v4 isolationLevel, lastStableOffset, abortedTransactions, record batches v2 · v5 logStartOffset
 * · v7 sessionId, sessionEpoch, forgottenTopicsData, errorCode, incremental sessions (KIP-227) · v9
 * currentLeaderEpoch · v10 zstd (KIP-110) · v11 rackId, preferredReadReplica · v12 clusterId,
 * lastFetchedEpoch, divergingEpoch, currentLeader, snapshotId, flexible · v13 topicId, topic ids
 * for names (KIP-516) · v14 OFFSET_MOVED_TO_TIERED_STORAGE · v15 replicaState (KIP-903) · v16
 * nodeEndpoints (KIP-951) · v17 replicaDirectoryId (KIP-853).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const FetchRequest = {
  apiKey: 1,
  versions: [0, 17],
  flexibleSince: 12,
  fields: {
    clusterId: {
      type: 'string',
      since: 12,
      nullable: true,
      default: null,
      ignorable: true,
      tag: 0,
    },
    replicaId: { type: 'int32', until: 14, default: -1 },
    replicaState: {
      type: 'struct',
      since: 15,
      tag: 1,
      of: {
        replicaId: { type: 'int32', default: -1 },
        replicaEpoch: { type: 'int64', default: -1 },
      },
    },
    maxWaitMs: { type: 'int32' },
    minBytes: { type: 'int32' },
    maxBytes: { type: 'int32', since: 3, default: 2147483647, ignorable: true },
    isolationLevel: { type: 'int8', since: 4, default: 0, ignorable: true },
    sessionId: { type: 'int32', since: 7, default: 0, ignorable: true },
    sessionEpoch: { type: 'int32', since: 7, default: -1, ignorable: true },
    topics: {
      type: 'array',
      of: {
        topic: { type: 'string', until: 12, ignorable: true },
        topicId: { type: 'uuid', since: 13, ignorable: true },
        partitions: {
          type: 'array',
          of: {
            partition: { type: 'int32' },
            currentLeaderEpoch: { type: 'int32', since: 9, default: -1, ignorable: true },
            fetchOffset: { type: 'int64', saturated: true },
            lastFetchedEpoch: { type: 'int32', since: 12, default: -1 },
            logStartOffset: { type: 'int64', since: 5, default: -1, ignorable: true },
            partitionMaxBytes: { type: 'int32' },
            replicaDirectoryId: { type: 'uuid', since: 17, ignorable: true, tag: 0 },
          },
        },
      },
    },
    forgottenTopicsData: {
      type: 'array',
      since: 7,
      of: {
        topic: { type: 'string', until: 12, ignorable: true },
        topicId: { type: 'uuid', since: 13, ignorable: true },
        partitions: { type: 'array', of: 'int32' },
      },
    },
    rackId: { type: 'string', since: 11, default: '', ignorable: true },
  },
} as const satisfies MessageSpec;
export type FetchRequest = TypeOf<typeof FetchRequest>;

export const FetchResponse = {
  apiKey: 1,
  versions: [0, 17],
  flexibleSince: 12,
  fields: {
    throttleTimeMs: { type: 'int32', since: 1, ignorable: true },
    errorCode: { type: 'int16', since: 7, ignorable: true },
    sessionId: { type: 'int32', since: 7, default: 0 },
    responses: {
      type: 'array',
      of: {
        topic: { type: 'string', until: 12, ignorable: true },
        topicId: { type: 'uuid', since: 13, ignorable: true },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            highWatermark: { type: 'int64' },
            lastStableOffset: { type: 'int64', since: 4, default: -1, ignorable: true },
            logStartOffset: { type: 'int64', since: 5, default: -1, ignorable: true },
            divergingEpoch: {
              type: 'struct',
              since: 12,
              tag: 0,
              of: {
                epoch: { type: 'int32', default: -1 },
                endOffset: { type: 'int64', default: -1 },
              },
            },
            currentLeader: {
              type: 'struct',
              since: 12,
              tag: 1,
              of: {
                leaderId: { type: 'int32', default: -1 },
                leaderEpoch: { type: 'int32', default: -1 },
              },
            },
            snapshotId: {
              type: 'struct',
              since: 12,
              tag: 2,
              of: {
                endOffset: { type: 'int64', default: -1 },
                epoch: { type: 'int32', default: -1 },
              },
            },
            abortedTransactions: {
              type: 'array',
              since: 4,
              nullable: true,
              ignorable: true,
              of: {
                producerId: { type: 'int64' },
                firstOffset: { type: 'int64' },
              },
            },
            preferredReadReplica: { type: 'int32', since: 11, default: -1 },
            records: { type: 'records', nullable: true },
          },
        },
      },
    },
    nodeEndpoints: {
      type: 'array',
      since: 16,
      tag: 0,
      of: {
        nodeId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        rack: { type: 'string', nullable: true, default: null },
      },
    },
  },
} as const satisfies MessageSpec;
export type FetchResponse = TypeOf<typeof FetchResponse>;
