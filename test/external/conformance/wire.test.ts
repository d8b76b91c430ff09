/** What this codec and Kafka's own classes make of each other's bytes. */
import * as fc from 'fast-check';
import { codecOf } from '../../../src/protocol/codec';
import { API_SPECS } from '../../../src/protocol/messages/index';
import { COMPRESSION_CODECS } from '../../../src/protocol/records/batch';
import { buildBatch } from '../../../src/protocol/records/builder';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import { readRecords } from '../../../src/protocol/records/reader';
import type { InputOf, MessageSpec } from '../../../src/protocol/schema';
import { askKafka, someRecords, told } from '../../builders/kafka-records';
import { messageArbitrary } from '../../builders/message-arbitrary';

const MESSAGES_PER_VERSION = 20;
const SEED = 20_261_123;

function randomMessages(key: number, kind: string, spec: MessageSpec): string[] {
  const [lowest, highest] = spec.versions;
  const versions = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
  return versions.flatMap((version) =>
    fc
      .sample(messageArbitrary(spec, version), { numRuns: MESSAGES_PER_VERSION, seed: SEED })
      .map((message) => {
        const bytes = Buffer.concat(codecOf(spec).encode(message as InputOf<MessageSpec>, version));
        return `message ${String(key)} ${kind} ${String(version)} ${bytes.toString('hex')}`;
      }),
  );
}

test('Kafka reads every message of every version, and writes the same bytes', async () => {
  const questions = [...API_SPECS].flatMap(([key, { request, response }]) => [
    ...randomMessages(key, 'request', request),
    ...randomMessages(key, 'response', response),
  ]);
  const answers = await askKafka(questions);
  const differences = questions.flatMap((question, index) =>
    question.endsWith(` ${answers[index] ?? ''}`) ? [] : [{ question, answer: answers[index] }],
  );
  expect(answers).toHaveLength(questions.length);
  expect(differences.slice(0, 5)).toEqual([]);
});

test.each(COMPRESSION_CODECS)('Kafka reads batches written here with %s', async (codec) => {
  const batches = [1, 50, 3000].map((count) =>
    buildBatch({ records: someRecords(count), codec, baseOffset: 9 }),
  );
  const answers = await askKafka(batches.map((batch) => `read ${batch.toString('hex')}`));
  expect(answers).toEqual(batches.map((batch) => [...readRecords(batch)].map(told).join(' ')));
});

test.each(COMPRESSION_CODECS)('batches that Kafka wrote with %s are read here', async (codec) => {
  const counts = [1, 50, 3000];
  const answers = await askKafka(counts.map((count) => `write ${codec} ${String(count)}`));
  const read = answers.map((hex) => [...readRecords(Buffer.from(hex, 'hex'))]);
  const written = counts.map((count) =>
    someRecords(count).map((record, index) => ({ ...record, offset: 1000 + index })),
  );
  expect(read.map((records) => records.map(told))).toEqual(
    written.map((records) => records.map(told)),
  );
});

test('without compression both write the same bytes', async () => {
  const [answer] = await askKafka(['write none 100']);
  const batch = buildBatch({ records: someRecords(100), baseOffset: 1000, leaderEpoch: 3 });
  expect(answer).toBe(batch.toString('hex'));
});

test('Kafka accepts our transaction markers', async () => {
  const marker = {
    type: 'commit',
    coordinatorEpoch: 5,
    producerId: 7,
    producerEpoch: 1,
    timestamp: 9,
  } as const;
  const [answer] = await askKafka([`read ${buildMarkerBatch(marker).toString('hex')}`]);
  expect(answer).toBe('0,9,00000001,000000000005');
});
