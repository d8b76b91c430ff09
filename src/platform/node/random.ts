import { randomBytes, randomInt } from 'node:crypto';

import type { Random } from '../ports';

export const nodeRandom: Random = {
  below: (limit) => randomInt(limit),
  bytes: (count) => randomBytes(count),
};
