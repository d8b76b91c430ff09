/**
 * How large a Fetch answer may be (KIP-74 lets a broker send less than it was asked for). The records of an
 * answer stay in memory until its client has read them, and some clients never do. So an answer takes a
 * bounded share, and a smaller one while others hold much: whoever reads goes on at full speed, and all that
 * do not read hold no more than `limitBytes`, and one batch or FLOOR_BYTES each beyond that.
 */

/** Memory of which readers hold a part. */
export interface ReadMemory {
  /** What readers hold now. */
  readonly lentBytes: number;
  readonly limitBytes: number;
}

/** Of the limit, for one answer. */
const SHARE = 1 / 8;
/** What clients ask of one partition by default: less would cost them more fetches. */
const PARTITION_BYTES = 1024 * 1024;
const FLOOR_BYTES = 64 * 1024;

export function maxAnswerBytes(askedBytes: number, { lentBytes, limitBytes }: ReadMemory): number {
  const share = Math.max(limitBytes * SHARE, FLOOR_BYTES);
  let most = share;
  if (lentBytes >= limitBytes) most = FLOOR_BYTES;
  else if (lentBytes >= limitBytes / 2) most = Math.min(share, PARTITION_BYTES);
  return Math.min(askedBytes, most);
}
