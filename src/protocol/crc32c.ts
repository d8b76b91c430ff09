/** CRC-32C (Castagnoli), the checksum of record batches and producer snapshots, in native code. */
import { crc32c as nativeCrc32c } from '@node-rs/crc32';

/** The checksum of `bytes` as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  return nativeCrc32c(bytes);
}
