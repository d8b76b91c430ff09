/** `odradek produce`: records from arguments, or one for each line of standard input. */
import { createInterface } from 'node:readline';

import type { Command } from 'commander';
import type { Admin, Message, PartitionMetadata, Producer } from 'kafkajs';

import { keyValue, wholeNumber, withClientOptions } from '../arguments';
import type { ClientOptions } from '../arguments';
import { connect, speakingOf, withAdmin } from '../kafka';
import { printValue } from '../output';

interface Options extends ClientOptions {
  readonly key?: string;
  readonly keySeparator?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly partition?: number;
}

/** Lines sent in one request, and so held in memory. */
const LINES_AT_ONCE = 1_000;

export function define(command: Command): void {
  withClientOptions(command)
    .argument('<topic>', 'where to write')
    .argument('[values...]', 'values; lines of standard input if there are none')
    .option('-k, --key <key>', 'key of every record')
    .option('--key-separator <text>', 'what stands before it in a line is the key')
    .option('-H, --header <key=value>', 'a header of every record; may be repeated', keyValue)
    .option(
      '-p, --partition <number>',
      'partition (default: by key, else by turns)',
      wholeNumber(0),
    )
    .action(run);
}

function messageOf(line: string, options: Options): Message {
  const at = options.keySeparator === undefined ? -1 : line.indexOf(options.keySeparator);
  const key = at < 0 ? options.key : line.slice(0, at);
  const value = at < 0 ? line : line.slice(at + (options.keySeparator?.length ?? 0));
  return {
    value,
    ...(key === undefined ? {} : { key }),
    ...(options.header === undefined ? {} : { headers: { ...options.header } }),
    ...(options.partition === undefined ? {} : { partition: options.partition }),
  };
}

async function* inBatches(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < LINES_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * Messages by the partition that each goes to. kafkajs must be given those of one partition at a time: where one call
 * goes to several brokers and a leader moves meanwhile, it may report records as written that it never sent.
 */
export function byPartition(
  messages: readonly Message[],
  partitionOf: (message: Message) => number,
): Map<number, Message[]> {
  const found = new Map<number, Message[]>();
  for (const message of messages) {
    const partition = message.partition ?? partitionOf(message);
    const others = found.get(partition);
    if (others) others.push({ ...message, partition });
    else found.set(partition, [{ ...message, partition }]);
  }
  return found;
}

/** The partitions of a topic, which is made if the broker makes topics by itself. */
async function partitionsOf(admin: Admin, topic: string): Promise<PartitionMetadata[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics.flatMap(({ partitions }) => partitions);
}

interface Target {
  readonly producer: Producer;
  readonly topic: string;
  readonly partitionOf: (message: Message) => number;
}

async function sendAll(
  { producer, topic, partitionOf }: Target,
  values: string[],
  options: Options,
): Promise<number> {
  const lines = values.length > 0 ? values : createInterface({ input: process.stdin });
  let count = 0;
  for await (const batch of inBatches(lines)) {
    const messages = batch.map((line) => messageOf(line, options));
    const sends = Array.from(byPartition(messages, partitionOf).values(), (part) =>
      producer.send({ topic, acks: -1, messages: part }),
    );
    await Promise.all(sends);
    count += batch.length;
  }
  return count;
}

async function run(topic: string, values: string[], options: Options): Promise<void> {
  const { Partitioners } = require('kafkajs') as typeof import('kafkajs');
  const choose = Partitioners.DefaultPartitioner();
  const partitionMetadata = await withAdmin(options, (admin) => partitionsOf(admin, topic));
  const partitionOf = (message: Message): number => choose({ topic, partitionMetadata, message });
  const count = await speakingOf(options, async () => {
    const producer = connect(options).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    try {
      return await sendAll({ producer, topic, partitionOf }, values, options);
    } finally {
      await producer.disconnect();
    }
  });
  printValue({ topic, count }, options, () => `wrote ${String(count)} record(s) to ${topic}`);
}
