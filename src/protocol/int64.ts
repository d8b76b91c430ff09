/**
 * 64-bit integers as numbers, without BigInt. Offsets, timestamps and producer ids stay far below
 * 2^53; a value beyond it comes back rounded, and whoever reads untrusted input refuses it.
 */

const HIGH = 0x1_0000_0000;

/** The signed big-endian integer at `position`; exact within ±(2^53 − 1). */
export function readInt64(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position) * HIGH + buffer.readUInt32BE(position + 4);
}

/** Writes `value`, which must be a safe integer. */
export function writeInt64(buffer: Buffer, value: number, position: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${String(value)}`);
  const high = Math.floor(value / HIGH);
  buffer.writeInt32BE(high, position);
  buffer.writeUInt32BE(value - high * HIGH, position + 4);
}
