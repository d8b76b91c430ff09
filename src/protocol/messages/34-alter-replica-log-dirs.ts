/**
 * AlterReplicaLogDirs (34), versions 0 to 2. Moves replicas between log directories of this broker.
 * Since v2 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const AlterReplicaLogDirsRequest = {
  apiKey: 34,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    dirs: {
      type: 'array',
      of: {
        path: { type: 'string' },
        topics: {
          type: 'array',
          of: {
            name: { type: 'string' },
            partitions: { type: 'array', of: 'int32' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterReplicaLogDirsRequest = TypeOf<typeof AlterReplicaLogDirsRequest>;

export const AlterReplicaLogDirsResponse = {
  apiKey: 34,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    results: {
      type: 'array',
      of: {
        topicName: { type: 'string' },
        partitions: {
          type: 'array',
          of: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type AlterReplicaLogDirsResponse = TypeOf<typeof AlterReplicaLogDirsResponse>;
