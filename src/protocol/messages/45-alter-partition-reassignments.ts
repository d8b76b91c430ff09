/**
 * AlterPartitionReassignments (45), versions 0. Starts or cancels partition reassignments; on the
 * controller (KIP-455).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const AlterPartitionReassignmentsRequest = {
  apiKey: 45,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    timeoutMs: { type: 'int32', default: 60000 },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            replicas: { type: 'array', of: 'int32', nullable: true, default: null },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterPartitionReassignmentsRequest = TypeOf<typeof AlterPartitionReassignmentsRequest>;

export const AlterPartitionReassignmentsResponse = {
  apiKey: 45,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true },
    responses: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: true },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterPartitionReassignmentsResponse = TypeOf<
  typeof AlterPartitionReassignmentsResponse
>;
