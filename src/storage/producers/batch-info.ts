/** Reads from a batch what producer state needs to know of it. */

import {
  baseSequenceOf,
  batchSizeAt,
  isControl,
  isTransactional,
  lastOffsetDelta,
  lastSequenceOf,
  maxTimestampOf,
  producerEpochOf,
  producerIdOf,
} from '../../protocol/records/batch';
import { coordinatorEpochOf, parseMarker } from '../../protocol/records/markers';
import { readRecords } from '../../protocol/records/reader';
import type { EndMarker, ProducerBatchInfo } from './producer-states';

/** `undefined` if the batch (magic 2) at `at`, which will begin at `firstOffset`, names no producer. */
export function producerBatchInfo(
  buffer: Buffer,
  at: number,
  firstOffset: number,
): ProducerBatchInfo | undefined {
  const producerId = producerIdOf(buffer, at);
  if (producerId < 0) return undefined;
  return {
    producerId,
    producerEpoch: producerEpochOf(buffer, at),
    firstSequence: baseSequenceOf(buffer, at),
    lastSequence: lastSequenceOf(buffer, at),
    firstOffset,
    lastOffset: firstOffset + lastOffsetDelta(buffer, at),
    maxTimestamp: Math.min(maxTimestampOf(buffer, at), Number.MAX_SAFE_INTEGER),
    isTransactional: isTransactional(buffer, at),
    isControl: isControl(buffer, at),
    marker: isControl(buffer, at) ? markerOf(buffer, at) : undefined,
  };
}

/** The marker in a control batch; `undefined` if it is of another kind, or emptied by compaction. */
export function markerOf(buffer: Buffer, at: number): EndMarker | undefined {
  const batch = buffer.subarray(at, at + batchSizeAt(buffer, at));
  for (const { key, value } of readRecords(batch)) {
    const type = key ? parseMarker(key) : undefined;
    if (type === undefined) return undefined;
    const coordinatorEpoch = (value && coordinatorEpochOf(value)) ?? -1;
    return { isAbort: type === 'abort', coordinatorEpoch };
  }
  return undefined;
}
