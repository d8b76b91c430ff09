/**
 * ElectLeaders (43), versions 0 to 2. Elects preferred or unclean leaders; on the controller.
 * Since v1 electionType, errorCode (KIP-460) · v2 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ElectLeadersRequest = {
  apiKey: 43,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    electionType: { type: 'int8', since: 1 },
    topicPartitions: {
      type: 'array',
      nullable: true,
      of: {
        topic: { type: 'string' },
        partitions: { type: 'array', of: 'int32' },
      },
    },
    timeoutMs: { type: 'int32', default: 60000 },
  },
} as const satisfies MessageSpec;
export type ElectLeadersRequest = TypeOf<typeof ElectLeadersRequest>;

export const ElectLeadersResponse = {
  apiKey: 43,
  versions: [0, 2],
  flexibleSince: 2,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16', since: 1 },
    replicaElectionResults: {
      type: 'array',
      of: {
        topic: { type: 'string' },
        partitionResult: {
          type: 'array',
          of: {
            partitionId: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: true },
          },
        },
      },
    },
  },
} as const satisfies MessageSpec;
export type ElectLeadersResponse = TypeOf<typeof ElectLeadersResponse>;
