/**
 * Message sets of magic 0 and 1, as producers before 0.11 send them: checked, and made into one record batch,
 * which is all that is stored now (`LogValidator.convertAndAssignOffsetsNonCompressed`,
 * `validateMessagesAndAssignOffsetsCompressed`).
 */

import { ProtocolError } from '../protocol/errors';
import { magicOf } from '../protocol/records/batch';
import type { CompressionCodec } from '../protocol/records/batch';
import { buildBatch } from '../protocol/records/builder';
import {
  isLegacyMagic,
  isMessageCrcValid,
  messageCodecOf,
  messageHasLogAppendTime,
} from '../protocol/records/message';
import { readMessages } from '../protocol/records/message-set';
import type { Message } from '../protocol/records/message-set';
import { MAX_DECOMPRESSED_BYTES, batches } from '../protocol/records/reader';
import { checkBatchSize } from './batch-size';
import { compressionFor } from './recompress';
import { RecordCheck } from './record-check';
import type { BatchChecks } from './record-check';
import { InvalidBatchError } from './types';

/** The records of a whole message set as one batch. Throws `ProtocolError` if any of them cannot be accepted. */
export function convertMessageSet(set: Buffer, checks: BatchChecks): Buffer {
  const messages = wholeMessages(set, checks);
  const codec = messages.reduce<CompressionCodec>((last, message) => {
    const own = codecOf(message);
    return own === 'none' ? last : own;
  }, 'none');
  if (codec !== 'none' && messages.length > 1) {
    refuse('Compressed outer record has more than one batch');
  }
  const magic = magicOf(set, 0);
  const records: Message[] = [];
  for (const message of messages) {
    if (magicOf(message, 0) !== magic) {
      refuseMagic(
        `Batch magic ${String(magicOf(message, 0))} is not the same as the first batch's magic ` +
          `${String(magic)} in topic partition ${checks.key}`,
      );
    }
    for (const record of acceptable(message, checks)) records.push(record);
  }
  return buildBatch({ records, ...compressionFor(codec, checks.config) });
}

/** Every message that is there whole, each of a size and with a checksum that fit. */
function wholeMessages(set: Buffer, checks: BatchChecks): Buffer[] {
  const messages: Buffer[] = [];
  for (const { position, size } of batches(set)) {
    const message = set.subarray(position, position + size);
    checkBatchSize(message, checks.config);
    // What else is in here is refused for being of another magic.
    if (isLegacyMagic(magicOf(message, 0)) && !isMessageCrcValid(message, 0)) {
      throw new ProtocolError(
        'CORRUPT_MESSAGE',
        `Record is corrupt: wrong CRC (partition ${checks.key})`,
      );
    }
    messages.push(message);
  }
  return messages;
}

function codecOf(message: Buffer): CompressionCodec {
  return messageCodecOf(message, 0) ?? refuse('Unknown compression type');
}

/** The records of a message, or of what it wraps. */
function acceptable(message: Buffer, checks: BatchChecks): Message[] {
  const check = new RecordCheck(checks);
  const isAppendTime = messageHasLogAppendTime(message, 0);
  const magic = magicOf(message, 0);
  const records: Message[] = [];
  const options = { limit: MAX_DECOMPRESSED_BYTES, checksInner: true };
  for (const record of readMessages(message, options)) {
    if (record.magic !== magic) {
      refuseMagic(
        `Record's magic ${String(record.magic)} does not match outer magic ${String(magic)} ` +
          `in topic partition ${checks.key}`,
      );
    }
    check.look(record, isAppendTime);
    requireTimestamp(record);
    records.push(record);
  }
  check.finish();
  return records;
}

function requireTimestamp({ timestamp }: Message): void {
  if (Number.isSafeInteger(timestamp) && timestamp >= -1) return;
  throw new ProtocolError('INVALID_TIMESTAMP', `Timestamp ${String(timestamp)} is out of range`);
}

function refuseMagic(message: string): never {
  throw new InvalidBatchError('magic', message);
}

function refuse(message: string): never {
  throw new ProtocolError('INVALID_RECORD', message);
}
