/**
 * ControlledShutdown (7), versions 0 to 3. Broker to controller: move my leaders away, I am
 * stopping. Version 0 has a request header without client id.
 * Since v2 brokerEpoch · v3 flexible.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const ControlledShutdownRequest = {
  apiKey: 7,
  versions: [0, 3],
  flexibleSince: 3,
  fields: {
    brokerId: { type: 'int32' },
    brokerEpoch: { type: 'int64', since: 2, default: -1, ignorable: true },
  },
} as const satisfies MessageSpec;
export type ControlledShutdownRequest = TypeOf<typeof ControlledShutdownRequest>;

export const ControlledShutdownResponse = {
  apiKey: 7,
  versions: [0, 3],
  flexibleSince: 3,
  fields: {
    errorCode: { type: 'int16' },
    remainingPartitions: {
      type: 'array',
      of: {
        topicName: { type: 'string' },
        partitionIndex: { type: 'int32' },
      },
    },
  },
} as const satisfies MessageSpec;
export type ControlledShutdownResponse = TypeOf<typeof ControlledShutdownResponse>;
