/** CRC-32 (IEEE 802.3), the checksum of messages of magic 0 and 1, in native code. */
import { crc32 as nativeCrc32 } from '@node-rs/crc32';

/** The checksum of `bytes` as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  return nativeCrc32(bytes);
}
