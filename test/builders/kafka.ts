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
  options: {
    readonly heapMb?: number;
    readonly classPath?: readonly string[];
    readonly jvmOptions?: readonly string[];
  } = {},
): string[] {
  const classPath = [...(options.classPath ?? []), join(kafkaLibs(), '*')].join(':');
  return [
    `-Xmx${String(options.heapMb ?? 192)}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    ...(options.jvmOptions ?? []),
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
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-cluster': 'org.apache.kafka.tools.ClusterTool',
  'kafka-e2e-latency': 'org.apache.kafka.tools.EndToEndLatency',
  'kafka-verifiable-producer': 'org.apache.kafka.tools.VerifiableProducer',
  'kafka-verifiable-consumer': 'org.apache.kafka.tools.VerifiableConsumer',
  'kafka-streams-application-reset': 'org.apache.kafka.tools.StreamsResetter',
  'kafka-replica-verification': 'org.apache.kafka.tools.ReplicaVerificationTool',
  'kafka-features': 'org.apache.kafka.tools.FeatureCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'kafka-acls': 'kafka.admin.AclCommand',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
  'kafka-delegation-tokens': 'org.apache.kafka.tools.DelegationTokenCommand',
  'kafka-metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'kafka-client-metrics': 'org.apache.kafka.tools.ClientMetricsCommand',
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

interface BrokerPlace {
  readonly id: number;
  readonly port: number;
  readonly zookeeper: string;
  /** Holds the properties file and, unless the settings name others, the log directory. */
  readonly folder: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A properties file that both systems take. Settings come on top of small defaults. */
function propertiesFile(name: string, place: BrokerPlace): string {
  const properties = {
    'broker.id': String(place.id),
    listeners: `PLAINTEXT://127.0.0.1:${String(place.port)}`,
    'log.dirs': join(place.folder, name),
    'zookeeper.connect': place.zookeeper,
    'offsets.topic.num.partitions': '5',
    'offsets.topic.replication.factor': '1',
    ...place.settings,
  };
  const file = join(place.folder, `${name}.properties`);
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(file, lines.join(''));
  return file;
}

/** A real Kafka broker. */
export async function startKafkaBroker(
  place: BrokerPlace & { readonly heapMb?: number; readonly jvmOptions?: readonly string[] },
): Promise<RunningProcess> {
  const file = propertiesFile(`kafka-${String(place.id)}`, place);
  const { heapMb = 384, jvmOptions = [] } = place;
  const broker = startProcess('java', javaArguments('kafka.Kafka', [file], { heapMb, jvmOptions }));
  await broker.until(/\[KafkaServer id=\d+\] started/, 90_000);
  return broker;
}

/** An Odradek broker as a process of its own, from the same kind of properties file. */
export async function startOdradekBroker(place: BrokerPlace): Promise<RunningProcess> {
  const file = propertiesFile(`odradek-${String(place.id)}`, place);
  const launcher = join(__dirname, '../../bin/odradek');
  const broker = startProcess(process.execPath, [launcher, 'broker', file]);
  await broker.until(/INFO +started/, 60_000);
  return broker;
}
