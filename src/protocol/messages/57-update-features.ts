/**
 * UpdateFeatures (57), versions 0 to 1. Changes finalized features; on the controller (KIP-584).
 * Since v1 upgradeType, validateOnly.
 */
import type { MessageSpec, TypeOf } from '../schema';

export const UpdateFeaturesRequest = {
  apiKey: 57,
  versions: [0, 1],
  flexibleSince: 0,
  fields: {
    timeoutMs: { type: 'int32', default: 60000 },
    featureUpdates: {
      type: 'array',
      of: {
        feature: { type: 'string' },
        maxVersionLevel: { type: 'int16' },
        allowDowngrade: { type: 'bool', until: 0 },
        upgradeType: { type: 'int8', since: 1, default: 1 },
      },
    },
    validateOnly: { type: 'bool', since: 1, default: false },
  },
} as const satisfies MessageSpec;
export type UpdateFeaturesRequest = TypeOf<typeof UpdateFeaturesRequest>;

export const UpdateFeaturesResponse = {
  apiKey: 57,
  versions: [0, 1],
  flexibleSince: 0,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: true },
    results: {
      type: 'array',
      of: {
        feature: { type: 'string' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: true },
      },
    },
  },
} as const satisfies MessageSpec;
export type UpdateFeaturesResponse = TypeOf<typeof UpdateFeaturesResponse>;
