/**
 * Markers that end a transaction: control batches of one record, which the transaction coordinator has
 * written into every partition of the transaction (org.apache.kafka.common.record.EndTransactionMarker).
 */
import { buildBatch } from './builder';

export type MarkerType = 'abort' | 'commit';

/** Control record types by number; others, such as the controller quorum's, are none of ours. */
const MARKER_TYPES: readonly MarkerType[] = ['abort', 'commit'];
const VERSION = 0;
const KEY_BYTES = 4;
const VALUE_BYTES = 6;

export interface EndTransactionMarker {
  readonly type: MarkerType;
  readonly coordinatorEpoch: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly timestamp: number;
}

/** The control batch that ends the transaction of a producer, ready to be appended. */
export function buildMarkerBatch(marker: EndTransactionMarker): Buffer {
  const { producerId, producerEpoch, timestamp } = marker;
  const records = [
    { key: markerKey(marker.type), value: markerValue(marker.coordinatorEpoch), timestamp },
  ];
  return buildBatch({ records, producerId, producerEpoch, isTransactional: true, isControl: true });
}

/** The marker that a control record's key names; `undefined` for other control records. */
export function parseMarker(key: Buffer): MarkerType | undefined {
  return key.length < KEY_BYTES ? undefined : MARKER_TYPES[key.readInt16BE(2)];
}

/** The epoch of the coordinator that ended the transaction; `undefined` if `value` is none of a marker. */
export function coordinatorEpochOf(value: Buffer): number | undefined {
  return value.length < VALUE_BYTES ? undefined : value.readInt32BE(2);
}

function markerKey(type: MarkerType): Buffer {
  const key = Buffer.alloc(KEY_BYTES);
  key.writeInt16BE(VERSION, 0);
  key.writeInt16BE(MARKER_TYPES.indexOf(type), 2);
  return key;
}

function markerValue(coordinatorEpoch: number): Buffer {
  const value = Buffer.alloc(VALUE_BYTES);
  value.writeInt16BE(VERSION, 0);
  value.writeInt32BE(coordinatorEpoch, 2);
  return value;
}
