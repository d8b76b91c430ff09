/** Tools of Apache Kafka that are used less often: what they print, and what they say of what is not served. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { kafkaTool, startKafkaTool } from '../../builders/kafka';
import { temporaryFolder } from '../../builders/process';
import { useCluster } from './one-cluster';

const LIMIT_MS = 150_000;
const RECORDS = 50;
const TOPIC = 'rare';
const cluster = useCluster({ 'default.replication.factor': '3' });
const folder = temporaryFolder('tools');
const offsets = join(folder.path, 'offsets.json');
afterAll(() => folder.remove());

type Tool = Parameters<typeof kafkaTool>[0];

/** `@` stands for the brokers' addresses. What the tool printed, also if it ended with an error. */
function outputOf(tool: Tool, args: readonly string[]): Promise<string> {
  const given = args.map((each) => (each === '@' ? cluster().bootstrapServers : each));
  return kafkaTool(tool, given).catch((error: Error) => error.message);
}

beforeAll(async () => {
  const partitions = [{ topic: TOPIC, partition: 0, offset: 20 }];
  writeFileSync(offsets, JSON.stringify({ version: 1, partitions }));
  await outputOf('kafka-topics', ['--bootstrap-server', '@', '--create', '--topic', TOPIC]);
}, LIMIT_MS);

const server = ['--bootstrap-server', '@'];

test.each<[Tool, string[], RegExp]>([
  [
    'kafka-verifiable-producer',
    [...server, '--topic', TOPIC, '--max-messages', String(RECORDS), '--acks', '-1'],
    new RegExp(`"sent":${String(RECORDS)},"acked":${String(RECORDS)}`),
  ],
  [
    'kafka-verifiable-consumer',
    [
      ...[...server, '--topic', TOPIC, '--group-id', 'verifiers'],
      ...['--reset-policy', 'earliest', '--max-messages', String(RECORDS)],
    ],
    /"name":"offsets_committed",.*"offset":50\}\],"success":true/,
  ],
  [
    'kafka-delete-records',
    [...server, '--offset-json-file', offsets],
    /partition: rare-0\s+low_watermark: 20/,
  ],
  [
    'kafka-streams-application-reset',
    [...server, '--application-id', 'verifiers', '--input-topics', TOPIC, '--to-earliest'],
    /Topic: rare Partition: 0 Offset: 20/,
  ],
  ['kafka-cluster', ['cluster-id', ...server], /Cluster ID: \S{22}/],
  ['kafka-e2e-latency', ['@', TOPIC, '20', 'all', '100'], /Percentiles: 50th = \d+/],
  // There are no features with ZooKeeper: it prints nothing.
  ['kafka-features', [...server, 'describe'], /^(?![^]*Exception)/],
])(
  '%s works',
  async (tool, args, expected) => {
    expect(await outputOf(tool, args)).toMatch(expected);
  },
  LIMIT_MS,
);

test(
  'kafka-replica-verification finds the replicas alike',
  async () => {
    const tool = startKafkaTool('kafka-replica-verification', [
      ...['--broker-list', cluster().bootstrapServers, '--topics-include', TOPIC],
      ...['--time', '-2', '--report-interval-ms', '500'],
    ]);
    try {
      const [found] = await tool.until(/max lag is \d+ for partition rare-0/, 60_000);
      expect(found).toBe('max lag is 0 for partition rare-0');
    } finally {
      tool.signal('SIGKILL');
      await tool.exited;
    }
  },
  LIMIT_MS,
);

test.each<[Tool, string[]]>([
  ['kafka-acls', [...server, '--list']],
  ['kafka-transactions', [...server, 'list']],
  ['kafka-delegation-tokens', [...server, '--describe', '--command-config', offsets]],
  ['kafka-metadata-quorum', [...server, 'describe', '--status']],
  ['kafka-client-metrics', [...server, '--describe']],
])(
  '%s says at once that it is not served',
  async (tool, args) => {
    expect(await outputOf(tool, args)).toMatch(/UnsupportedVersionException|does not support/);
  },
  LIMIT_MS,
);
