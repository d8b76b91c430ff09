/**
 * DescribeLogDirs (35), versions 0 to 4. Sizes of log directories and of their replicas.
 * Since v2 flexible · v3 errorCode (KIP-784) · v4 totalBytes, usableBytes (KIP-827).
 */
import type { MessageSpec, TypeOf } from '../schema';

export const DescribeLogDirsRequest = {
  apiKey: 35,
  versions: [0, 4],
  flexibleSince: 2,
  fields: {
    topics: {
      type: 'array',
      nullable: true,
      of: {
        topic: { type: 'string' },
        partitions: { type: 'array', of: 'int32' },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeLogDirsRequest = TypeOf<typeof DescribeLogDirsRequest>;

export const DescribeLogDirsResponse = {
  apiKey: 35,
  versions: [0, 4],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16', since: 3, ignorable: true },
    results: {
      type: 'array',
      of: {
        errorCode: { type: 'int16' },
        logDir: { type: 'string' },
        topics: {
          type: 'array',
          of: {
            name: { type: 'string' },
            partitions: {
              type: 'array',
              of: {
                partitionIndex: { type: 'int32' },
                partitionSize: { type: 'int64' },
                offsetLag: { type: 'int64' },
                isFutureKey: { type: 'bool' },
              },
            },
          },
        },
        totalBytes: { type: 'int64', since: 4, default: -1, ignorable: true },
        usableBytes: { type: 'int64', since: 4, default: -1, ignorable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type DescribeLogDirsResponse = TypeOf<typeof DescribeLogDirsResponse>;
