/**
 * `java.lang.String.hashCode`: a signed 32-bit number. Kafka chooses the partition of internal topics by
 * it, so that a group or transactional id keeps its coordinator whichever broker computes it.
 */
export function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  }
  return hash;
}
