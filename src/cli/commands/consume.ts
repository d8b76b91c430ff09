/** `odradek consume`: prints the records of a topic as they come. */
import type { Command } from 'commander';
import type { Consumer, EachMessagePayload, KafkaMessage } from 'kafkajs';

import { wholeNumber, withClientOptions } from '../arguments';
import type { ClientOptions } from '../arguments';
import { connect, speakingOf, withAdmin } from '../kafka';
import { print } from '../output';

interface Options extends ClientOptions {
  readonly group?: string;
  readonly fromBeginning: boolean;
  readonly maxMessages?: number;
  readonly exitAtEnd: boolean;
}

export function define(command: Command): void {
  withClientOptions(command)
    .argument('<topic>', 'what to read')
    .option(
      '-g, --group <id>',
      'read as a member of this group, and commit (default: a group of its own)',
    )
    .option('--from-beginning', 'start with the oldest record where nothing is committed', false)
    .option('-n, --max-messages <count>', 'end after so many records', wholeNumber(1))
    .option('--exit-at-end', 'end once everything that was there at the start has been read', false)
    .action(run);
}

function asText(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('utf8');
}

function headersOf(message: KafkaMessage): Record<string, string> {
  const entries = Object.entries(message.headers ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function printMessage({ topic, partition, message }: EachMessagePayload, options: Options): void {
  const { offset, timestamp } = message;
  const key = asText(message.key);
  const value = asText(message.value);
  if (!options.json) print(value ?? '(null)');
  else {
    const place = { topic, partition, offset: Number(offset), timestamp: Number(timestamp) };
    print(JSON.stringify({ ...place, key, value, headers: headersOf(message) }));
  }
}

type Ends = Map<number, number>;

/** For each partition that holds records now, the offset after its last one. */
async function currentEnds(topic: string, options: Options): Promise<Ends> {
  const offsets = await withAdmin(options, (admin) => admin.fetchTopicOffsets(topic));
  return new Map(
    offsets
      .filter(({ low, high }) => Number(high) > Number(low))
      .map(({ partition, high }) => [partition, Number(high)]),
  );
}

/** Resolves when enough was read, or at SIGINT. */
async function readUntilDone(
  consumer: Consumer,
  ends: Ends | undefined,
  options: Options,
): Promise<void> {
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    if (ends?.size === 0) resolve();
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const eachMessage = (payload: EachMessagePayload): Promise<void> => {
      if (options.maxMessages !== undefined && count >= options.maxMessages)
        return Promise.resolve();
      printMessage(payload, options);
      count += 1;
      const end = ends?.get(payload.partition);
      if (end !== undefined && Number(payload.message.offset) + 1 >= end)
        ends?.delete(payload.partition);
      if (count === options.maxMessages || ends?.size === 0) resolve();
      return Promise.resolve();
    };
    consumer.run({ autoCommit: options.group !== undefined, eachMessage }).catch(reject);
  });
}

async function run(topic: string, options: Options): Promise<void> {
  const ends = options.exitAtEnd ? await currentEnds(topic, options) : undefined;
  const { CompressionCodecs } = require('kafkajs') as typeof import('kafkajs');
  const { addCodecs } = require('../codecs') as typeof import('../codecs');
  addCodecs(CompressionCodecs);
  await speakingOf(options, async () => {
    const consumer = connect(options).consumer({
      groupId: options.group ?? `odradek-consume-${String(process.pid)}-${String(Date.now())}`,
      allowAutoTopicCreation: false,
    });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: options.fromBeginning });
      await readUntilDone(consumer, ends, options);
    } finally {
      await consumer.disconnect();
    }
  });
}
