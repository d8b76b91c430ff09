/** What compaction is to leave, said as plainly as can be. */

import type { ModelBatch, ModelRecord, ModelTransaction } from './log-model';

/** The latest committed record of each key below `upTo`, among those that `isThere`. */
export function latestOf(
  batches: readonly ModelBatch[],
  transactions: readonly ModelTransaction[],
  isThere: (offset: number) => boolean = () => true,
): Map<string, ModelRecord> {
  const latest = new Map<string, ModelRecord>();
  for (const batch of batches) {
    if (batch.marker || !isCommitted(batch, transactions)) continue;
    for (const record of batch.records)
      if (record.key !== null && isThere(record.offset)) latest.set(record.key, record);
  }
  return latest;
}

/** Which offsets no cleaning may take that compacts what lies below `upTo`. */
export function mustStay(
  batches: readonly ModelBatch[],
  transactions: readonly ModelTransaction[],
  upTo: number,
): (offset: number) => boolean {
  const latest = latestOf(
    batches.filter(({ last }) => last < upTo),
    transactions,
  );
  const values = [...latest.values()].filter(({ value }) => value !== null);
  const offsets = new Set(values.map(({ offset }) => offset));
  return (offset) => offset >= upTo || offsets.has(offset);
}

/** Records of an open transaction are not committed, nor are those of an aborted one. */
function isCommitted(
  { producer, base }: ModelBatch,
  transactions: readonly ModelTransaction[],
): boolean {
  if (!producer?.isTransactional) return true;
  return transactions.some(
    ({ producerId, firstOffset, lastOffset, isAborted }) =>
      producerId === producer.id &&
      base >= firstOffset &&
      lastOffset !== undefined &&
      base < lastOffset &&
      !isAborted,
  );
}
