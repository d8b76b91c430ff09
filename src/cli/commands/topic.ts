/** `odradek topic`: topics and their partitions. */
import type { Command } from 'commander';

import { keyValue, wholeNumber, withClientOptions, withConfirmation } from '../arguments';
import type { ClientOptions, ConfirmOptions } from '../arguments';
import { confirm } from '../confirm';
import { OperatorError } from '../failure';
import { withAdmin } from '../kafka';
import { printRows, printValue } from '../output';
import type { Row } from '../output';
import { existingTopics, seenTopics } from '../topic/seen-topics';
import type { SeenTopic } from '../topic/seen-topics';

interface CreateOptions extends ClientOptions {
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config?: Readonly<Record<string, string>>;
}

type ChangesOf<Name extends keyof typeof import('../topic/change')> =
  (typeof import('../topic/change'))[Name];

const BROKER_DEFAULT = -1;

export function define(command: Command): void {
  withClientOptions(command.command('create <topic>'))
    .description('create a topic')
    .option(
      '-p, --partitions <count>',
      "partitions (default: the brokers')",
      wholeNumber(1),
      BROKER_DEFAULT,
    )
    .option(
      '-r, --replication-factor <count>',
      "replicas (default: the brokers')",
      wholeNumber(1),
      BROKER_DEFAULT,
    )
    .option('-c, --config <key=value>', 'a setting of the topic; may be repeated', keyValue)
    .action(create);
  withClientOptions(command.command('list')).description('list topics').action(list);
  withClientOptions(command.command('describe <topics...>'))
    .description('show partitions with leader, replicas and ISR')
    .action(describe);
  withConfirmation(withClientOptions(command.command('delete <topics...>')))
    .description('delete topics and their data')
    .action(remove);
  defineChanges(command);
}

function loadChanges(): typeof import('../topic/change') {
  return require('../topic/change') as typeof import('../topic/change');
}

function defineChanges(command: Command): void {
  withClientOptions(command.command('alter <topic>'))
    .description('add partitions to a topic')
    .requiredOption('-p, --partitions <count>', 'how many there shall be', wholeNumber(1))
    .option('--dry-run', 'have the controller check it, and change nothing', false)
    .action((...given: Parameters<ChangesOf<'alter'>>) => loadChanges().alter(...given));
  withClientOptions(command.command('elect [topic[:partitions]...]'))
    .description('have the preferred replicas lead')
    .option('--all', 'of all topics', false)
    .option('--unclean', 'any replica that is alive, where no other can: loses records', false)
    .action((...given: Parameters<ChangesOf<'elect'>>) => loadChanges().elect(...given));
  withClientOptions(command.command('reassign [topic:partition=brokers...]'))
    .description('move partitions to other brokers, as orders:0=2,3')
    .option('--file <file>', 'moves as kafka-reassign-partitions takes them, in JSON')
    .option('--cancel', 'end moves that are under way; then topic:partitions is enough', false)
    .action((...given: Parameters<ChangesOf<'reassign'>>) => loadChanges().reassign(...given));
  withClientOptions(command.command('reassignments'))
    .description('show moves that are under way')
    .action((options: ClientOptions) => loadChanges().reassignments(options));
}

async function create(topic: string, options: CreateOptions): Promise<void> {
  const configEntries = Object.entries(options.config ?? {}).map(([name, value]) => ({
    name,
    value,
  }));
  const isNew = await withAdmin(options, (admin) =>
    admin.createTopics({
      topics: [
        {
          topic,
          numPartitions: options.partitions,
          replicationFactor: options.replicationFactor,
          configEntries,
        },
      ],
    }),
  );
  if (!isNew) throw new OperatorError(`topic ${topic} exists already`);
  printValue({ topic }, options, () => `created topic ${topic}`);
}

async function list(options: ClientOptions): Promise<void> {
  const rows = (await seenTopics(options))
    .map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.length,
      replicas: partitions[0]?.replicas.length ?? 0,
    }))
    .sort((a, b) => a.topic.localeCompare(b.topic));
  printRows(rows, { ...options, empty: 'no topics' });
}

function partitionRows({ name, partitions }: SeenTopic): Row[] {
  return partitions.map(({ partition, leader, replicas, isr }) => ({
    topic: name,
    partition,
    leader: leader < 0 ? 'none' : leader,
    replicas: replicas.join(','),
    isr: isr.join(','),
  }));
}

async function describe(topics: string[], options: ClientOptions): Promise<void> {
  const found = await existingTopics(topics, options);
  printRows(found.flatMap(partitionRows), { ...options, empty: 'no partitions' });
}

async function remove(topics: string[], options: ClientOptions & ConfirmOptions): Promise<void> {
  // Before anything is done to those that exist.
  await existingTopics(topics, options);
  await confirm(`delete ${topics.join(', ')} with all records`, options);
  await withAdmin(options, (admin) => admin.deleteTopics({ topics }));
  printValue({ topics }, options, () => `deleted ${topics.join(', ')}`);
}
