/** Member ids as Kafka makes them: who it is, a dash, and a version 4 UUID. */

import type { Random } from '../../platform/ports';

/** A longer name is cut, so that the id fits wherever ids are stored. */
const LONGEST_PREFIX = 255;

export function newMemberId(prefix: string, random: Random): string {
  return `${prefix.slice(0, LONGEST_PREFIX)}-${uuid(random)}`;
}

function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `${parts.join('-')}-${hex.slice(20)}`;
}
