/** How much can be watched at once. */
import { entriesBelow, matchZnode } from '../../../zookeeper/reference';

/**
 * All watched paths go into one packet when a connection is made again, and a server refuses packets over its
 * jute.maxbuffer, 1 MiB: this leaves room.
 */
export const MAX_WATCH_BYTES = 900_000;
/** Length of a string, in a packet. */
const STRING_OVERHEAD_BYTES = 4;

/** What a path takes of that: once for its data, once for its children if they are watched. */
export function watchBytesOf(path: string, withChildren: boolean): number {
  return (Buffer.byteLength(path) + STRING_OVERHEAD_BYTES) * (withChildren ? 2 : 1);
}

/** What Kafka never gives children needs no watch for them. */
export function mayHaveChildren(path: string): boolean {
  const match = matchZnode(path);
  return match === undefined || entriesBelow(match).length > 0;
}
