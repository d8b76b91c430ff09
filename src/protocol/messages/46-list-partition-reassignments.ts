/**
 * ListPartitionReassignments (46), versions 0. Lists running partition reassignments; on the
 * controller (KIP-455).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ListPartitionReassignmentsRequest = {
  apiKey: 46,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    timeoutMs: { type: 'int32', default: 60000 },
    topics: {
      type: 'array',
      nullable: true,
      default: null,
      of: {
        name: { type: 'string' },
        partitionIndexes: { type: 'array', of: 'int32' },
      },
    },
  },
} as const satisfies MessageSpec;
export type ListPartitionReassignmentsRequest = TypeOf<typeof ListPartitionReassignmentsRequest>;

export const ListPartitionReassignmentsResponse = {
  apiKey: 46,
  versions: [0, 0],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true },
    topics: {
      type: 'array',
      of: {
        name: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            replicas: { type: 'array', of: 'int32' },
            addingReplicas: { type: 'array', of: 'int32' },
            removingReplicas: { type: 'array', of: 'int32' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type ListPartitionReassignmentsResponse = TypeOf<typeof ListPartitionReassignmentsResponse>;
