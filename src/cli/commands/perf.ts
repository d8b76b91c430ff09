/** `odradek perf`: measures a cluster with clients of its own. What each command does is loaded when it runs. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { keyValue, wholeNumber, withClientOptions } from '../arguments';
import type { ClientOptions } from '../arguments';
import { OperatorError } from '../failure';
import { listOf, oneOf, rate } from '../perf/arguments';
import type { ConsumeOptions } from '../perf/consume';
import type { LatencyOptions } from '../perf/latency';
import type { MatrixOptions } from '../perf/matrix';
import type { ProduceOptions } from '../perf/produce';

const BROKER_DEFAULT = -1;
/** Spelled here too: the table of the protocol would have to be loaded for it. */
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export function define(command: Command): void {
  defineProduce(command.command('produce'));
  defineConsume(command.command('consume'));
  defineLatency(command.command('latency'));
  defineMatrix(command.command('matrix'));
  command.command('client', { hidden: true }).action(async () => {
    await (require('../perf/client') as typeof import('../perf/client')).run();
  });
}

/** perf speaks to brokers with a client of its own, which knows neither TLS nor SASL. */
function withBrokers(command: Command): Command {
  return withClientOptions(command).hook('preAction', (_, action) => {
    const protocol = action.opts<ClientOptions>().properties['security.protocol'] ?? 'PLAINTEXT';
    if (protocol !== 'PLAINTEXT')
      throw new OperatorError(`security.protocol=${protocol}: perf can measure PLAINTEXT only`);
  });
}

function withSettings(command: Command, whose: string): Command {
  return command.option(
    '--set <key=value>',
    `a setting of the ${whose}, by its name in Kafka; may be repeated`,
    keyValue,
  );
}

function withTopicOptions(command: Command): Command {
  return command
    .requiredOption('--topic <name>', 'topic, made if it is missing')
    .option(
      '--partitions <count>',
      "partitions of a topic that is made (default: the brokers')",
      wholeNumber(1),
      BROKER_DEFAULT,
    )
    .option(
      '--replication-factor <count>',
      "replicas of a topic that is made (default: the brokers')",
      wholeNumber(1),
      BROKER_DEFAULT,
    );
}

function withPayloadOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--record-size <bytes>', 'size of each value, random letters (default: 1024)')
        .argParser(wholeNumber(1, 2 ** 30))
        .conflicts('payloadFile'),
    )
    .option('--payload-file <file>', 'values from a file instead, sent by turns')
    .option('--payload-delimiter <text>', 'what separates values in the file', '\\n');
}

function withThreads(command: Command): Command {
  return command.option(
    '--threads <count>',
    'independent clients, each in a process of its own if there are several',
    wholeNumber(1, 256),
    1,
  );
}

function defineProduce(command: Command): void {
  const described = command.description('write records and tell rate and latencies');
  const withTopic = withTopicOptions(withBrokers(described));
  const sized = withPayloadOptions(
    withTopic.requiredOption('--num-records <count>', 'records to write', wholeNumber(1)),
  );
  withSettings(withThreads(sized), 'producer')
    .option('--throughput <records/s>', 'records a second at most, -1 for no limit', rate, -1)
    .option('--warmup-records <count>', 'first records, left out of figures', wholeNumber(0), 0)
    .action((options: ProduceOptions) =>
      (require('../perf/produce') as typeof import('../perf/produce')).run(options),
    );
}

function defineConsume(command: Command): void {
  const described = command.description('read records of a topic and tell the rate');
  const withTopic = withBrokers(described)
    .requiredOption('--topic <name>', 'topic')
    .requiredOption('--num-records <count>', 'records to read', wholeNumber(1));
  withSettings(withThreads(withTopic), 'consumer')
    .option('--from-latest', 'read what comes from now on, not what is there', false)
    .option('--timeout <ms>', 'end when nothing came for so long', wholeNumber(1), 10_000)
    .option('--warmup-records <count>', 'first records, left out of figures', wholeNumber(0), 0)
    .option('--show-detailed-stats', 'a line every five seconds', false)
    .option('--hide-header', 'no line with the names of the columns', false)
    .action((options: ConsumeOptions) =>
      (require('../perf/consume') as typeof import('../perf/consume')).run(options),
    );
}

function defineLatency(command: Command): void {
  const described = command.description(
    'one record at a time: the time from its send until it is acknowledged and consumed',
  );
  const withTopic = withTopicOptions(withBrokers(described));
  const sized = withPayloadOptions(
    withTopic.requiredOption('--num-records <count>', 'records to send', wholeNumber(1)),
  );
  withSettings(sized, 'producer')
    .option('--warmup-records <count>', 'first records, left out of figures', wholeNumber(0), 0)
    .action((options: LatencyOptions) =>
      (require('../perf/latency') as typeof import('../perf/latency')).run(options),
    );
}

function defineMatrix(command: Command): void {
  const described = command.description(
    'measure producing along several dimensions: the first value of each is the baseline',
  );
  const counts = listOf(wholeNumber(1, 1_000));
  withSettings(withBrokers(described), 'producer')
    .option('--num-records <count>', 'records of each row', wholeNumber(1), 500_000)
    .option('--warmup-records <count>', 'of those, left out (default: a tenth)', wholeNumber(0))
    .option('--record-size <bytes>', 'size of each value', wholeNumber(1, 2 ** 30), 1_024)
    .option('--batch-size <bytes>', 'batch.size', wholeNumber(128, 2 ** 30), 10_240)
    .option('--throughput <records/s>', 'records a second at most, -1 for no limit', rate, -1)
    .option('--threads <list>', 'clients', counts, ['1', '2', '4'])
    .option('--acks <list>', 'acks', listOf(oneOf('0', '1', 'all')), ['1', '0', 'all'])
    .option('--linger <list>', 'linger.ms', listOf(wholeNumber(0)), ['0', '5', '50'])
    .option('--replicas <list>', 'replicas (default: 1,2,3, as there are brokers)', counts)
    .option('--compression <list>', 'compression.type', listOf(oneOf(...CODECS)), [...CODECS])
    .option('--partitions <list>', 'partitions', counts, ['1', '3', '6', '12'])
    .option('--full', 'every combination, not one dimension at a time', false)
    .option('--csv <file>', 'where the rows go', 'perf-matrix.csv')
    .option('--html <file>', 'where the page with the plots goes', 'perf-matrix.html')
    .option('--resume', 'go on with the CSV file: what it has is not measured again', false)
    .action((options: MatrixOptions) =>
      (require('../perf/matrix') as typeof import('../perf/matrix')).run(options),
    );
}
