/** How large what is appended may be. */

import { ProtocolError } from '../protocol/errors';
import type { LogConfig } from './types';

/** Throws MESSAGE_TOO_LARGE beyond `max.message.bytes`. */
export function checkBatchSize(batch: Buffer, config: LogConfig): void {
  if (batch.length <= config['max.message.bytes']) return;
  throw new ProtocolError(
    'MESSAGE_TOO_LARGE',
    `The record batch size is ${String(batch.length)} bytes, ` +
      `which exceeds the maximum configured value of ${String(config['max.message.bytes'])}.`,
  );
}

/** Throws RECORD_LIST_TOO_LARGE if no segment of the log may hold the batch. */
export function checkFitsSegment(batch: Buffer, config: LogConfig, key: string): void {
  if (batch.length <= config['segment.bytes']) return;
  throw new ProtocolError(
    'RECORD_LIST_TOO_LARGE',
    `Message batch size is ${String(batch.length)} bytes in append to partition ${key}, ` +
      `which exceeds the maximum configured segment size of ${String(config['segment.bytes'])}.`,
  );
}
