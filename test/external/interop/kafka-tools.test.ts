/** Apache Kafka's own command-line tools do their work. */
import { kafkaTool } from '../../builders/kafka';
import { useCluster } from './one-cluster';

const cluster = useCluster();
const bootstrap = (): string[] => ['--bootstrap-server', cluster().bootstrapServers];
const LIMIT_MS = 150_000;

test(
  'kafka-topics creates, lists, describes, alters and deletes',
  async () => {
    const topic = ['--topic', 'tools'];
    await kafkaTool('kafka-topics', [
      ...bootstrap(),
      '--create',
      ...topic,
      '--partitions',
      '3',
      '--replication-factor',
      '3',
      '--config',
      'retention.ms=3600000',
    ]);
    expect(await kafkaTool('kafka-topics', [...bootstrap(), '--list'])).toMatch(/^tools$/m);
    const described = await kafkaTool('kafka-topics', [...bootstrap(), '--describe', ...topic]);
    expect(described).toMatch(
      /PartitionCount: 3\s+ReplicationFactor: 3\s+Configs: .*retention\.ms=3600000/,
    );
    expect(described).toMatch(/Partition: 0\s+Leader: 1\s+Replicas: 1,2,3\s+Isr: 1,2,3/);
    await kafkaTool('kafka-topics', [...bootstrap(), '--alter', ...topic, '--partitions', '4']);
    expect(await kafkaTool('kafka-topics', [...bootstrap(), '--describe', ...topic])).toMatch(
      /Partition: 3\s+Leader: 1\s+Replicas: 1,2,3/,
    );
    await kafkaTool('kafka-topics', [...bootstrap(), '--delete', ...topic]);
    expect(await kafkaTool('kafka-topics', [...bootstrap(), '--list'])).not.toMatch(/^tools$/m);
  },
  LIMIT_MS,
);

test(
  'the console producer and consumer, and kafka-get-offsets',
  async () => {
    const input = Array.from({ length: 100 }, (_, i) => `k${String(i)}:line ${String(i)}`).join(
      '\n',
    );
    await kafkaTool(
      'kafka-console-producer',
      [
        ...bootstrap(),
        '--topic',
        'console',
        '--property',
        'parse.key=true',
        '--property',
        'key.separator=:',
      ],
      { input },
    );
    const consumed = await kafkaTool('kafka-console-consumer', [
      ...bootstrap(),
      '--topic',
      'console',
      '--from-beginning',
      '--max-messages',
      '100',
      '--group',
      'console-readers',
    ]);
    expect(consumed.match(/^line \d+$/gm)?.length).toBe(100);
    const offsets = await kafkaTool('kafka-get-offsets', [...bootstrap(), '--topic', 'console']);
    expect(offsets).toMatch(/^console:0:100$/m);
  },
  LIMIT_MS,
);

test(
  'kafka-consumer-groups lists, describes, and resets offsets',
  async () => {
    const group = ['--group', 'console-readers'];
    const groups = (...args: string[]): Promise<string> =>
      kafkaTool('kafka-consumer-groups', [...bootstrap(), ...args]);
    expect(await groups('--list')).toMatch(/^console-readers$/m);
    expect(await groups('--describe', ...group)).toMatch(
      /console-readers\s+console\s+0\s+100\s+100\s+0/,
    );
    const reset = [
      '--reset-offsets',
      ...group,
      '--topic',
      'console',
      '--to-offset',
      '40',
      '--execute',
    ];
    expect(await groups(...reset)).toMatch(/console-readers\s+console\s+0\s+40/);
    expect(await groups('--describe', ...group)).toMatch(
      /console-readers\s+console\s+0\s+40\s+100\s+60/,
    );
    expect(await groups('--delete', ...group)).toContain('was successful');
  },
  LIMIT_MS,
);

test(
  'kafka-configs alters and describes topics and brokers',
  async () => {
    const entity = ['--entity-type', 'topics', '--entity-name', 'console'];
    const configs = (...args: string[]): Promise<string> =>
      kafkaTool('kafka-configs', [...bootstrap(), ...args]);
    await configs(
      '--alter',
      ...entity,
      '--add-config',
      'retention.ms=60000,max.message.bytes=2000000',
    );
    expect(await configs('--describe', ...entity)).toMatch(/retention\.ms=60000/);
    await configs('--alter', ...entity, '--delete-config', 'retention.ms');
    expect(await configs('--describe', ...entity)).not.toMatch(/retention\.ms=60000/);
    const broker = ['--entity-type', 'brokers', '--entity-name', '1'];
    await configs('--alter', ...broker, '--add-config', 'log.cleaner.threads=2');
    expect(await configs('--describe', ...broker)).toMatch(/log\.cleaner\.threads=2/);
  },
  LIMIT_MS,
);

test(
  'kafka-broker-api-versions understands every broker',
  async () => {
    const output = await kafkaTool('kafka-broker-api-versions', bootstrap());
    expect(output.match(/\(id: \d rack: null\) -> \(/g)?.length).toBe(3);
    expect(output).toMatch(/Produce\(0\): 0 to 11/);
    expect(output).toMatch(/Fetch\(1\): 0 to 17/);
  },
  LIMIT_MS,
);
