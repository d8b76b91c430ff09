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

interface Form {
  readonly magic: LegacyMagic;
  readonly codec: CompressionCodec;
}

/** Everything that is asked about a form. */
const QUESTIONS = {
  read: ({ magic, codec }: Form) =>
    COUNTS.map((count) => `read ${aSet(magic, codec, count).toString('hex')}`),
  write: ({ magic, codec }: Form) =>
    COUNTS.map((count) => `set ${String(magic)} ${codec} ${String(count)}`),
  down: ({ magic, codec }: Form) =>
    OFFSETS.map((from) => `down ${String(magic)} ${String(from)} ${storedHex(codec)}`),
  up: ({ magic, codec }: Form) =>
    COUNTS.map((count) => `up ${aSet(magic, codec, count).toString('hex')}`),
  oldest: ({ codec }: Form) => [`down 0 1010 ${aSet(1, codec, 50).toString('hex')}`],
};

/** Where clients read on: at the start, within the second batch, within the third. */
const OFFSETS = [0, 10_020, 20_001];

/** Three batches as they lie in a log, one of them with the time of its append. */
function storedHex(codec: CompressionCodec): string {
  const stored = COUNTS.map((count, index) =>
    buildBatch({
      records: someRecords(count),
      codec,
      baseOffset: 10_000 * index,
      ...(index === 1 ? { isLogAppendTime: true, maxTimestamp: 1_700_000_000_000 } : {}),
    }),
  );
  return Buffer.concat(stored).toString('hex');
}

const answers = new Map<string, string>();

beforeAll(async () => {
  const questions = FORMS.flatMap((form) => Object.values(QUESTIONS).flatMap((ask) => ask(form)));
  const told = await askKafka(questions);
  for (const [index, question] of questions.entries()) answers.set(question, told[index] ?? '');
});

/** What Kafka answered, as bytes. */
function bytesFor(questions: readonly string[]): Buffer[] {
  return questions.map((question) => Buffer.from(answers.get(question) ?? '', 'hex'));
}

describe.each(FORMS)('magic $magic, $codec', (form) => {
  const { magic, codec } = form;
  const asTold = (sets: readonly Buffer[]): string[] => sets.map((set) => same(codec, set));
  const sets = (): Buffer[] => COUNTS.map((count) => aSet(magic, codec, count));

  test('is read by Kafka, and Kafka’s is read here', () => {
    expect(QUESTIONS.read(form).map((question) => answers.get(question))).toEqual(
      sets().map(toldAll),
    );
    expect(asTold(sets())).toEqual(asTold(bytesFor(QUESTIONS.write(form))));
  });

  test('is what batches become for old clients, as in Kafka', async () => {
    const stored = Buffer.from(storedHex(codec), 'hex');
    const ours = await Promise.all(OFFSETS.map((offset) => down(stored, magic, offset)));
    expect(asTold(ours)).toEqual(asTold(bytesFor(QUESTIONS.down(form))));
  });

  test('becomes the batch that Kafka stores', () => {
    expect(asTold(sets().map(up))).toEqual(asTold(bytesFor(QUESTIONS.up(form))));
  });

  test('is converted from magic 1 to 0 for the oldest clients', async () => {
    const ours = await down(aSet(1, codec, 50), 0, 1010);
    expect(asTold([ours])).toEqual(asTold(bytesFor(QUESTIONS.oldest(form))));
  });
});
