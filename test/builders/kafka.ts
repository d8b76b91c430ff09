/** Apache Kafka itself, from its Maven artifacts: its tools, its clients, and a real broker in ZooKeeper mode. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { run, startProcess } from './process';
import type { RunningProcess } from './process';

/** The folder of jars that CI prepares. */
function kafkaLibs(): string {
  const libs = process.env['KAFKA_LIBS'];
  if (!libs) throw new Error('KAFKA_LIBS must name the folder with the jars of Apache Kafka');
  return libs;
}

/** Jars, or folders of classes, that come before Kafka's. */
export function javaArguments(
  mainClass: string,
  args: readonly string[],
  options: { readonly heapMb?: number; readonly classPath?: readonly string[] } = {},
): string[] {
  const classPath = [...(options.classPath ?? []), join(kafkaLibs(), '*')].join(':');
  return [
    `-Xmx${String(options.heapMb ?? 192)}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Dlog4j.configuration=file:${join(__dirname, 'log4j.properties')}`,
    '-cp',
    classPath,
    mainClass,
    ...args,
  ];
}

const TOOLS = {
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-console-producer': 'kafka.tools.ConsoleProducer',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-broker-api-versions': 'kafka.admin.BrokerApiVersionsCommand',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
  'kafka-dump-log': 'kafka.tools.DumpLogSegments',
} as const;

/** Runs one of Kafka's own command-line tools to its end and gives its output. */
export function kafkaTool(
  tool: keyof typeof TOOLS,
  args: readonly string[],
  options: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<string> {
  return run('java', javaArguments(TOOLS[tool], args), { timeoutMs: 120_000, ...options });
}

/** Starts one of the tools that run until they are told to end. */
export function startKafkaTool(tool: keyof typeof TOOLS, args: readonly string[]): RunningProcess {
  return startProcess('java', javaArguments(TOOLS[tool], args));
}

/** A real Kafka broker. Settings come on top of small defaults. */
export async function startKafkaBroker(options: {
  readonly id: number;
  readonly port: number;
  readonly zookeeper: string;
  readonly folder: string;
  readonly settings?: Record<string, string>;
  readonly heapMb?: number;
}): Promise<RunningProcess> {
  const properties = {
    'broker.id': String(options.id),
    listeners: `PLAINTEXT://127.0.0.1:${String(options.port)}`,
    'log.dirs': join(options.folder, `kafka-${String(options.id)}`),
    'zookeeper.connect': options.zookeeper,
    'offsets.topic.num.partitions': '5',
    'offsets.topic.replication.factor': '1',
    ...options.settings,
  };
  const file = join(options.folder, `kafka-${String(options.id)}.properties`);
  writeFileSync(
    file,
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const broker = startProcess(
    'java',
    javaArguments('kafka.Kafka', [file], { heapMb: options.heapMb ?? 384 }),
  );
  await broker.until(/\[KafkaServer id=\d+\] started/, 90_000);
  return broker;
}
