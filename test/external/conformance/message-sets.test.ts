/** Message sets of magic 0 and 1, and their conversion both ways, beside Kafka's own classes. */
import type { CompressionCodec } from '../../../src/protocol/records/batch';
import { patchBaseOffset, patchLeaderEpoch } from '../../../src/protocol/records/batch';
import { buildBatch } from '../../../src/protocol/records/builder';
import { downConvert } from '../../../src/protocol/records/down-convert';
import type { LegacyMagic } from '../../../src/protocol/records/message';
import { buildMessageSet } from '../../../src/protocol/records/message-set';
import { batches } from '../../../src/protocol/records/reader';
import { convertMessageSet } from '../../../src/storage/message-set-check';
import { askKafka, someRecords, toldAll } from '../../builders/kafka-records';
import { aLogConfig } from '../../builders/storage';

const COUNTS = [1, 50, 3000];
const FORMS = ([0, 1] as const).flatMap((magic) =>
  (['none', 'gzip', 'snappy', 'lz4'] as const).map((codec) => ({ magic, codec })),
);

/** What Kafka's side makes of the same numbers. */
function aSet(magic: LegacyMagic, codec: CompressionCodec, count: number): Buffer {
  const messages = someRecords(count).map((record, index) => ({ ...record, offset: 1000 + index }));
  return buildMessageSet(messages, { magic, codec });
}

async function down(records: Buffer, toMagic: LegacyMagic, firstOffset: number): Promise<Buffer> {
  const converted: Buffer[] = [];
  for (const { position, size } of batches(records)) {
    const batch = records.subarray(position, position + size);
    const conversion = { toMagic, firstOffset, breathe: () => undefined };
    converted.push((await downConvert(batch, conversion)) ?? Buffer.alloc(0));
  }
  return Buffer.concat(converted);
}

/** As the log would store it: at offset 1000, by the leader of epoch 3. */
function up(set: Buffer): Buffer {
  const checks = { config: aLogConfig(), origin: 'client', nowMs: Date.now(), key: 'k' } as const;
  const batch = convertMessageSet(set, checks);
  patchBaseOffset(batch, 0, 1000);
  patchLeaderEpoch(batch, 0, 3);
  return batch;
}

/** The same bytes; where a compressor has its own way, the same records. */
function same(codec: CompressionCodec, bytes: Buffer): string {
  return codec === 'none' ? bytes.toString('hex') : toldAll(bytes);
}

describe.each(FORMS)('magic $magic, $codec', ({ magic, codec }) => {
  test('is read by Kafka, and Kafka’s is read here', async () => {
    const ours = COUNTS.map((count) => aSet(magic, codec, count));
    const read = await askKafka(ours.map((set) => `read ${set.toString('hex')}`));
    expect(read).toEqual(ours.map(toldAll));
    const theirs = await askKafka(COUNTS.map((n) => `set ${String(magic)} ${codec} ${String(n)}`));
    const sets = theirs.map((hex) => Buffer.from(hex, 'hex'));
    expect(sets.map((set) => same(codec, set))).toEqual(ours.map((set) => same(codec, set)));
  });

  test('is what batches become for old clients, as in Kafka', async () => {
    const records = Buffer.concat(
      COUNTS.map((count, index) =>
        buildBatch({
          records: someRecords(count),
          codec,
          baseOffset: 10_000 * index,
          ...(index === 1 ? { isLogAppendTime: true, maxTimestamp: 1_700_000_000_000 } : {}),
        }),
      ),
    );
    const from = [0, 10_020, 20_001];
    const questions = from.map(
      (offset) => `down ${String(magic)} ${String(offset)} ${records.toString('hex')}`,
    );
    const answers = (await askKafka(questions)).map((hex) => Buffer.from(hex, 'hex'));
    const ours = await Promise.all(from.map((offset) => down(records, magic, offset)));
    expect(ours.map((set) => same(codec, set))).toEqual(answers.map((set) => same(codec, set)));
    const [read] = await askKafka([`read ${(ours[1] ?? Buffer.alloc(0)).toString('hex')}`]);
    expect(read).toBe(toldAll(ours[1] ?? Buffer.alloc(0)));
  });

  test('becomes the batch that Kafka stores', async () => {
    const sets = COUNTS.map((count) => aSet(magic, codec, count));
    const answers = await askKafka(sets.map((set) => `up ${set.toString('hex')}`));
    const theirs = answers.map((hex) => Buffer.from(hex, 'hex'));
    expect(sets.map((set) => same(codec, up(set)))).toEqual(theirs.map((set) => same(codec, set)));
  });

  test('is converted from magic 1 to 0 for the oldest clients', async () => {
    const set = aSet(1, codec, 50);
    const [answer] = await askKafka([`down 0 1010 ${set.toString('hex')}`]);
    const ours = await down(set, 0, 1010);
    expect(same(codec, ours)).toBe(same(codec, Buffer.from(answer ?? '', 'hex')));
  });
});
