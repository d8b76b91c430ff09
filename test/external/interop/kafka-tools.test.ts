/** Apache Kafka's own command-line tools do their work. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { kafkaTool, startKafkaTool } from '../../builders/kafka';
import { eventually, temporaryFolder } from '../../builders/process';
import { useCluster } from './one-cluster';

// Leaders move when a test asks for it.
const cluster = useCluster({ 'auto.leader.rebalance.enable': 'false' });
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
  'kafka-configs shows and changes the levels of loggers',
  async () => {
    const loggers = ['--entity-type', 'broker-loggers', '--entity-name', '2'];
    const configs = (...args: string[]): Promise<string> =>
      kafkaTool('kafka-configs', [...bootstrap(), ...args, ...loggers]);
    const controller = /^ {2}kafka\.controller=DEBUG sensitive=false synonyms=\{\}$/m;
    expect(await configs('--describe')).toMatch(/^ {2}kafka\.controller=INFO sensitive=false/m);
    const change = 'kafka.controller=DEBUG,request=WARN';
    expect(await configs('--alter', '--add-config', change)).toContain('Completed updating');
    const described = await configs('--describe');
    expect(described).toMatch(controller);
    // Both names of an area are one logger.
    expect(described).toMatch(/^ {2}kafka\.request\.logger=WARN /m);
    expect(described).toMatch(/^ {2}root=INFO /m);
    await configs('--alter', '--delete-config', 'kafka.controller');
    expect(await configs('--describe')).not.toMatch(controller);
    await expect(configs('--alter', '--add-config', 'no.such=INFO')).rejects.toThrow(
      /Invalid broker logger\(s\): no\.such/,
    );
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

test(
  'kafka-configs describes every setting of a broker',
  async () => {
    const broker = ['--entity-type', 'brokers', '--entity-name', '1'];
    const all = await kafkaTool('kafka-configs', [
      ...bootstrap(),
      '--describe',
      ...broker,
      '--all',
    ]);
    expect(all).toMatch(
      /^ {2}num\.io\.threads=8 sensitive=false synonyms=\{DEFAULT_CONFIG:num\.io\.threads=8\}$/m,
    );
    expect(all).toMatch(
      /^ {2}zookeeper\.connect=127\S+ sensitive=false synonyms=\{STATIC_BROKER_CONFIG:/m,
    );
    expect(all).toMatch(/^ {2}ssl\.keystore\.password=null sensitive=true/m);
  },
  LIMIT_MS,
);

test(
  'kafka-consumer-groups describes members and state of a group at work, and of none',
  async () => {
    const describe = (group: string, ...args: string[]): Promise<string> =>
      kafkaTool('kafka-consumer-groups', [...bootstrap(), '--describe', '--group', group, ...args]);
    const assignment = ['--replica-assignment', '1:2:3,2:3:1,3:1:2'];
    await kafkaTool('kafka-topics', [...bootstrap(), '--create', '--topic', 'live', ...assignment]);
    const reader = startKafkaTool('kafka-console-consumer', [
      ...bootstrap(),
      ...['--topic', 'live', '--group', 'live-readers'],
      ...['--consumer-property', 'client.id=reader', '--consumer-property', 'group.instance.id=i1'],
    ]);
    try {
      const state = await eventually(
        'the group is stable',
        async () => {
          const text = await describe('live-readers', '--state');
          return /Stable/.test(text) ? text : undefined;
        },
        60_000,
      );
      expect(state).toMatch(/^live-readers\s+127\.0\.0\.1:\d+\s+\(\d\)\s+range\s+Stable\s+1$/m);
      expect(await describe('live-readers', '--members', '--verbose')).toMatch(
        /^live-readers\s+i1-\S{36}\s+i1\s+\/127\.0\.0\.1\s+reader\s+3\s+\(0,1,2\)/m,
      );
      const removal = kafkaTool('kafka-consumer-groups', [
        ...[...bootstrap(), '--delete', '--group', 'live-readers'],
      ]);
      expect(await removal).toContain('GroupNotEmptyException: The group is not empty.');
    } finally {
      reader.signal('SIGTERM');
      await reader.exited;
    }
    for (const part of ['--offsets', '--members', '--state']) {
      expect(await describe('nobody', part)).toContain("Consumer group 'nobody' does not exist.");
    }
  },
  LIMIT_MS,
);

// Stops a broker: the last of the file.
test(
  'kafka-reassign-partitions moves replicas, and kafka-leader-election the leader',
  async () => {
    const folder = temporaryFolder('reassign');
    const plan = join(folder.path, 'plan.json');
    const topic = ['--topic', 'moving'];
    await kafkaTool('kafka-topics', [
      ...bootstrap(),
      '--create',
      ...topic,
      '--replica-assignment',
      '2:1',
    ]);
    const partitions = [{ topic: 'moving', partition: 0, replicas: [3, 2] }];
    writeFileSync(plan, JSON.stringify({ version: 1, partitions }));
    const reassign = (action: string): Promise<string> =>
      kafkaTool('kafka-reassign-partitions', [
        ...bootstrap(),
        '--reassignment-json-file',
        plan,
        action,
      ]);
    expect(await reassign('--execute')).toMatch(
      /Successfully started partition reassignment for moving-0/,
    );
    await eventually(
      'the move has ended',
      async () => /moving-0 is (complete|completed)/i.test(await reassign('--verify')) || undefined,
    );
    const described = await kafkaTool('kafka-topics', [...bootstrap(), '--describe', ...topic]);
    // The leader stays where it may: the preferred one is elected when somebody asks.
    expect(described).toMatch(/Partition: 0\s+Leader: 2\s+Replicas: 3,2/);
    const elected = await kafkaTool('kafka-leader-election', [
      ...bootstrap(),
      ...topic,
      '--partition',
      '0',
      '--election-type',
      'preferred',
    ]);
    expect(elected).toMatch(/Successfully completed leader election.*moving-0/);
    folder.remove();
  },
  LIMIT_MS,
);

test(
  'kafka-topics --describe finds what a lost broker leaves behind',
  async () => {
    const create = (topic: string, ...args: string[]): Promise<string> =>
      kafkaTool('kafka-topics', [...bootstrap(), '--create', '--topic', topic, ...args]);
    await create('safe', '--replica-assignment', '1:2:3', '--config', 'min.insync.replicas=2');
    await create('strict', '--replica-assignment', '2:3:1', '--config', 'min.insync.replicas=3');
    await create('alone', '--replica-assignment', '3');
    await cluster().stopBroker(3);
    const rows = async (flag: string): Promise<string[]> => {
      const text = await kafkaTool('kafka-topics', [...bootstrap(), '--describe', flag]);
      return [...text.matchAll(/Topic: (safe|strict|alone)\s.*?Leader: (\w+)\s.*?Isr: ([\d,]+)/g)]
        .map(([, topic, leader, isr]) => `${topic ?? ''} ${leader ?? ''} ${isr ?? ''}`)
        .sort();
    };
    // The tool counts the last known ISR of a partition without a leader: not under-replicated, at its minimum.
    const lost = 'alone none 3';
    expect(await rows('--unavailable-partitions')).toEqual([lost]);
    expect(await rows('--under-replicated-partitions')).toEqual(['safe 1 1,2', 'strict 2 2,1']);
    expect(await rows('--under-min-isr-partitions')).toEqual([lost, 'strict 2 2,1']);
    expect(await rows('--at-min-isr-partitions')).toEqual([lost, 'safe 1 1,2']);
  },
  LIMIT_MS,
);

test(
  'kafka-log-dirs tells what lies where',
  async () => {
    const create = ['--create', '--topic', 'dirs', '--replica-assignment', '1:2,2:3'];
    await kafkaTool('kafka-topics', [...bootstrap(), ...create]);
    const input = 'line\n'.repeat(10);
    await kafkaTool('kafka-console-producer', [...bootstrap(), '--topic', 'dirs'], { input });
    const ask = ['--describe', '--topic-list', 'dirs', '--broker-list', '1,2'];
    const output = await kafkaTool('kafka-log-dirs', [...bootstrap(), ...ask]);
    const { brokers } = JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? '{}') as LogDirsOutput;
    const found = brokers.flatMap(({ broker, logDirs }) =>
      logDirs.flatMap(({ error, partitions }) =>
        partitions.map(
          ({ partition, offsetLag, isFuture }) =>
            `${String(broker)} ${partition} ${String(error)} ${String(offsetLag)} ${String(isFuture)}`,
        ),
      ),
    );
    expect(found.sort()).toEqual([
      '1 dirs-0 null 0 false',
      '2 dirs-0 null 0 false',
      '2 dirs-1 null 0 false',
    ]);
    const sizes = brokers.flatMap(({ logDirs }) =>
      logDirs.flatMap(({ partitions }) => partitions.map(({ size }) => size)),
    );
    // The producer may put all of it into either of the two.
    expect(Math.max(...sizes)).toBeGreaterThan(10 * 'line'.length);
  },
  LIMIT_MS,
);

interface LogDirsOutput {
  readonly brokers: readonly {
    readonly broker: number;
    readonly logDirs: readonly {
      readonly error: string | null;
      readonly partitions: readonly {
        readonly partition: string;
        readonly size: number;
        readonly offsetLag: number;
        readonly isFuture: boolean;
      }[];
    }[];
  }[];
}
