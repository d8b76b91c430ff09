/** `odradek consume`: prints the records of a topic as they come. */
import type { Command } from 'commander';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';

import { wholeNumber, withClientOptions } from '../arguments';
import type { ClientOptions } from '../arguments';
import { connect, speakingOf, withAdmin } from '../kafka';
import { print, printItem } from '../output';

interface Options extends ClientOptions {
  readonly group?: string;
  readonly fromBeginning: boolean;
  readonly maxMessages?: number;
  readonly exitAtEnd: boolean;
}

const NOTHING_COMMITTED = '-1';
/** kafkajs lets the fetch under way end before it stops: this is how long Ctrl-C may take. */
const LONGEST_FETCH_WAIT_MS = 250;

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

interface Received {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

function printMessage({ topic, partition, message }: Received, options: Options): void {
  const { offset, timestamp } = message;
  const key = asText(message.key);
  const value = asText(message.value);
  if (options.output === 'table') return print(value ?? '(null)');
  const place = { topic, partition, offset: Number(offset), timestamp: Number(timestamp) };
  printItem({ ...place, key, value, headers: headersOf(message) }, options, () => '');
}

type Ends = Map<number, number>;

/** For each partition with something to read now, the offset after its last record. */
async function currentEnds(topic: string, options: Options): Promise<Ends> {
  const { group } = options;
  return withAdmin(options, async (admin) => {
    const offsets = await admin.fetchTopicOffsets(topic);
    const [committed] =
      group === undefined ? [] : await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const ends: Ends = new Map();
    for (const { partition, low, high } of offsets) {
      const start = committed?.partitions.find((each) => each.partition === partition)?.offset;
      const isCommitted = start !== undefined && start !== NOTHING_COMMITTED;
      const from = isCommitted ? start : options.fromBeginning ? low : high;
      if (Number(from) < Number(high)) ends.set(partition, Number(high));
    }
    return ends;
  });
}

/** Prints what is read until there is enough; only what was printed is committed. */
class Reading {
  #count = 0;

  constructor(
    private readonly options: Options,
    private readonly ends: Ends | undefined,
    private readonly onEnough: () => void,
  ) {}

  get #isEnough(): boolean {
    return this.ends?.size === 0 || this.#count === this.options.maxMessages;
  }

  async take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { topic, partition } = batch;
    for (const message of batch.messages) {
      if (this.#isEnough) break;
      printMessage({ topic, partition, message }, this.options);
      payload.resolveOffset(message.offset);
      this.#count += 1;
    }
    const end = this.ends?.get(partition);
    if (end !== undefined && Number(batch.lastOffset()) + 1 >= end) this.ends?.delete(partition);
    if (this.#isEnough) this.onEnough();
    await payload.heartbeat();
  }
}

/** Resolves when enough was read, or at SIGINT or SIGTERM. */
function readUntilEnough(
  consumer: Consumer,
  ends: Ends | undefined,
  options: Options,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    const reading = new Reading(options, ends, resolve);
    const settings = { autoCommit: options.group !== undefined, eachBatchAutoResolve: false };
    consumer.run({ ...settings, eachBatch: (payload) => reading.take(payload) }).catch(reject);
  });
}

async function run(topic: string, options: Options): Promise<void> {
  const ends = options.exitAtEnd ? await currentEnds(topic, options) : undefined;
  if (ends?.size === 0) return;
  const { CompressionCodecs } = require('kafkajs') as typeof import('kafkajs');
  const { addCodecs } = require('../codecs') as typeof import('../codecs');
  addCodecs(CompressionCodecs);
  await speakingOf(options, async () => {
    const consumer = connect(options).consumer({
      groupId: options.group ?? `odradek-consume-${String(process.pid)}-${String(Date.now())}`,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: LONGEST_FETCH_WAIT_MS,
    });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: options.fromBeginning });
      await readUntilEnough(consumer, ends, options);
    } finally {
      await consumer.disconnect();
    }
  });
}
