/**
 * Produce (0), versions 0 to 11. Appends record batches to partitions that this broker leads; with
 * acks = 0 there is no response.
 * Since v1 throttleTimeMs · v2 logAppendTimeMs · v3 transactionalId, record batches v2 · v5
 * logStartOffset · v7 zstd (KIP-110) · v8 recordErrors, errorMessage · v9 flexible · v10
 * currentLeader, nodeEndpoints (KIP-951) · v11 TRANSACTION_ABORTABLE (KIP-890).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ProduceRequest = {
  apiKey: 0,
  versions: [0, 11],
  flexibleSince: 9,
  fields: {
    transactionalId: { type: 'string', since: 3, nullable: true, default: null },
    acks: { type: 'int16' },
    timeoutMs: { type: 'int32' },
    topicData: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitionData: {
          type: 'array',
          of: {
            index: { type: 'int32' },
            records: { type: 'records', nullable: true },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type ProduceRequest = TypeOf<typeof ProduceRequest>;

export const ProduceResponse = {
  apiKey: 0,
  versions: [0, 11],
  flexibleSince: 9,
  fields: {
    responses: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitionResponses: {
          type: 'array',
          of: {
            index: { type: 'int32' },
            errorCode: { type: 'int16' },
            baseOffset: { type: 'int64' },
            logAppendTimeMs: { type: 'int64', since: 2, default: -1, ignorable: true },
            logStartOffset: { type: 'int64', since: 5, default: -1, ignorable: true },
            recordErrors: {
              type: 'array',
              since: 8,
              ignorable: true,
              of: {
                batchIndex: { type: 'int32' },
                batchIndexErrorMessage: { type: 'string', nullable: true, default: null },
              },
            },
            errorMessage: {
              type: 'string',
              since: 8,
              nullable: true,
              default: null,
              ignorable: true,
            },
            currentLeader: {
              type: 'struct',
              since: 10,
              tag: 0,
              of: {
                leaderId: { type: 'int32', default: -1 },
                leaderEpoch: { type: 'int32', default: -1 },
              },
            },
          },
        },
      },
    },
    throttleTimeMs: { type: 'int32', since: 1, default: 0, ignorable: true },
    nodeEndpoints: {
      type: 'array',
      since: 10,
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
export type ProduceResponse = TypeOf<typeof ProduceResponse>;
