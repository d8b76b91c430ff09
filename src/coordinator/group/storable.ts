/**
 * Strings in records have a length of 16 bits, those of flexible requests do not: what cannot be
 * stored must be refused when it arrives, not found out when a timer writes it.
 */

const LONGEST_STRING_BYTES = 32_767;
/** No UTF-16 unit takes more bytes than this in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

export function isStorable(text: string): boolean {
  if (text.length * MOST_BYTES_PER_UNIT <= LONGEST_STRING_BYTES) return true;
  return Buffer.byteLength(text) <= LONGEST_STRING_BYTES;
}
