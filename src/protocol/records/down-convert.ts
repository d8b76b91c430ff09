/**
 * Batches as clients of before 0.11 read them: message sets of magic 0 or 1 (org.apache.kafka.common.record.RecordsUtil).
 * Offsets and codec stay; headers and control batches, which those formats do not know, are left out.
 */
import { ProtocolError } from '../errors';
import { compressionCodecOf, hasLogAppendTime, isControl, magicOf, maxTimestampOf } from './batch';
import { compressAsync } from './compression-async';
import type { LegacyMagic } from './message';
import { isLegacyMagic } from './message';
import { MessageSetWriter, messageSetFormOf } from './message-set';
import type { MessageSetForm } from './message-set';
import { readRecords, readRecordsAsync } from './reader';

/** How many records are converted between two chances for others. */
const RECORDS_PER_BREATH = 64;

export interface DownConversion {
  readonly toMagic: LegacyMagic;
  /** Where the client reads on. Records before it are left out where they are messages of their own. */
  readonly firstOffset: number;
  /** Asked between pieces of work; what it returns is waited for. */
  breathe(): Promise<void> | undefined;
}

/**
 * One batch, converted; `undefined` if nothing of it is left. `batch` must keep its content until then. Rejects with
 * UNSUPPORTED_COMPRESSION_TYPE where the old formats do not know the codec.
 */
export async function downConvert(
  batch: Buffer,
  conversion: DownConversion,
): Promise<Buffer | undefined> {
  const { toMagic, firstOffset } = conversion;
  if (magicOf(batch, 0) <= toMagic) return Buffer.from(batch);
  const isLegacy = isLegacyMagic(magicOf(batch, 0));
  if (!isLegacy && isControl(batch, 0)) return undefined;
  const form = formOf(batch, toMagic);
  const writer = new MessageSetWriter(form);
  const records = isLegacy ? readRecords(batch) : await readRecordsAsync(batch);
  let count = 0;
  for (const record of records) {
    if (form.codec !== 'none' || record.offset >= firstOffset) writer.add(record);
    if (++count % RECORDS_PER_BREATH === 0) {
      const pause = conversion.breathe();
      if (pause) await pause;
    }
  }
  const { written } = writer;
  if (written.length === 0) return undefined;
  return form.codec === 'none' ? written : writer.wrap(await compressAsync(form.codec, written));
}

function formOf(batch: Buffer, magic: LegacyMagic): MessageSetForm {
  if (isLegacyMagic(magicOf(batch, 0))) return { ...messageSetFormOf(batch), magic };
  const codec = compressionCodecOf(batch, 0);
  if (codec === undefined) {
    throw new ProtocolError('CORRUPT_MESSAGE', 'an unknown compression codec');
  }
  if (codec === 'zstd') {
    throw new ProtocolError(
      'UNSUPPORTED_COMPRESSION_TYPE',
      'Down-conversion of zstandard-compressed batches is not supported',
    );
  }
  const isAppendTime = hasLogAppendTime(batch, 0);
  return { magic, codec, logAppendTimeMs: isAppendTime ? maxTimestampOf(batch, 0) : undefined };
}
