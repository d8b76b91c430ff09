/** The operators' commands against Apache Kafka itself, in ZooKeeper mode, beside Kafka's own tools. */
import { examine } from '../../../src/cli/doctor/examine';
import { inspect } from '../../../src/cli/inspect/inspect';
import { nodePlatform } from '../../../src/platform/node';
import { kafkaTool, startKafkaBroker, startKafkaTool } from '../../builders/kafka';
import { odradek } from '../../builders/odradek-process';
import type { Outcome } from '../../builders/odradek-process';
import { eventually, freePorts, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { startRealZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';

const LIMIT_MS = 180_000;
const folder = temporaryFolder('operators');
let zookeeper: RunningZooKeeper;
let brokers: RunningProcess[];
let bootstrap: string;

beforeAll(async () => {
  zookeeper = await startRealZooKeeper();
  const ports = await freePorts(2);
  bootstrap = ports.map((port) => `127.0.0.1:${String(port)}`).join(',');
  brokers = [];
  for (const [index, port] of ports.entries()) {
    const place = { id: index + 1, port, zookeeper: zookeeper.connectString, folder: folder.path };
    const settings = {
      'group.initial.rebalance.delay.ms': '0',
      'auto.leader.rebalance.enable': 'false',
    };
    brokers.push(await startKafkaBroker({ ...place, settings, heapMb: 256 }));
  }
  await tool(
    'kafka-topics',
    '--create',
    '--topic',
    'orders',
    '--partitions',
    '2',
    '--replication-factor',
    '2',
  );
  const input = Array.from({ length: 30 }, (_, i) => `line ${String(i)}`).join('\n');
  await kafkaTool(
    'kafka-console-producer',
    ['--bootstrap-server', bootstrap, '--topic', 'orders'],
    { input },
  );
}, LIMIT_MS);

afterAll(async () => {
  for (const broker of brokers) broker.signal('SIGKILL');
  await Promise.all(brokers.map(({ exited }) => exited));
  await zookeeper.kill();
  folder.remove();
}, LIMIT_MS);

const tool = (name: Parameters<typeof kafkaTool>[0], ...args: string[]): Promise<string> =>
  kafkaTool(name, ['--bootstrap-server', bootstrap, ...args]);
const run = (...args: string[]): Promise<Outcome> => odradek(...args, '-b', bootstrap);

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

interface LagRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly end: number;
  readonly lag: number;
}

/** What kafka-consumer-groups --describe prints, and what `group lag` says, in one form. */
async function figures(group: string): Promise<{ kafka: string[]; odradek: string[] }> {
  const text = await tool('kafka-consumer-groups', '--describe', '--group', group);
  const kafka = [
    ...text.matchAll(new RegExp(`^${group} +(\\S+) +(\\d+) +(\\d+) +(\\d+) +(\\d+)`, 'gm')),
  ];
  const rows = await json<LagRow[]>('group', 'lag', group);
  return {
    kafka: kafka.map(([, ...fields]) => fields.join(' ')).sort(),
    odradek: rows
      .map((row) => [row.topic, row.partition, row.offset, row.end, row.lag].join(' '))
      .sort(),
  };
}

test(
  'group lag and reset give the figures of kafka-consumer-groups',
  async () => {
    await json('group', 'reset', 'readers', '-t', 'orders', '--to-earliest', '--execute');
    const atStart = await figures('readers');
    expect(atStart.odradek).toHaveLength(2);
    expect(atStart.odradek).toEqual(atStart.kafka);
    const shift = ['--all-topics', '--shift-by', '5'];
    const planned = await json<{ partition: number; to: number }[]>(
      'group',
      'reset',
      'readers',
      ...shift,
    );
    const text = await tool(
      'kafka-consumer-groups',
      '--reset-offsets',
      '--group',
      'readers',
      ...shift,
      '--dry-run',
    );
    expect(text).toMatch(/GROUP +TOPIC +PARTITION +NEW-OFFSET/);
    const theirs = [...text.matchAll(/readers +orders +(\d+) +(\d+)/g)].map(
      ([, p, to]) => `${p ?? ''} ${to ?? ''}`,
    );
    expect(planned.map(({ partition, to }) => `${String(partition)} ${String(to)}`).sort()).toEqual(
      theirs.sort(),
    );
    await json('group', 'reset', 'readers', ...shift, '--execute');
    const shifted = await figures('readers');
    expect(shifted.odradek).toEqual(shifted.kafka);
  },
  LIMIT_MS,
);

test(
  'a group at work, and its end',
  async () => {
    const reader = startKafkaTool('kafka-console-consumer', [
      ...['--bootstrap-server', bootstrap, '--topic', 'orders', '--group', 'live'],
      '--from-beginning',
    ]);
    try {
      await eventually(
        'everything is read',
        async () => {
          const { stdout } = await run('group', 'lag', 'live', '--total', '--json');
          return /"lag": 0,\s+"complete": true/.test(stdout) || undefined;
        },
        60_000,
      );
      expect((await run('group', 'describe', 'live', '--members')).stdout).toMatch(
        / 2 +orders\(0,1\)$/m,
      );
      expect((await run('group', 'describe', 'live', '--state')).stdout).toMatch(
        / range +Stable +1$/m,
      );
      expect((await run('group', 'reset', 'live', '--all-topics', '--to-latest')).stderr).toMatch(
        /group live is Stable with 1 member/,
      );
    } finally {
      reader.signal('SIGTERM');
      await reader.exited;
    }
    await eventually('it has left', async () => {
      const { stdout } = await run('group', 'list');
      return /^live +Empty/m.test(stdout) || undefined;
    });
    await json('group', 'delete-offsets', 'live', '-t', 'orders:0', '-y');
    expect((await figures('live')).odradek).toHaveLength(1);
    await json('group', 'delete', 'live', '-y');
    expect((await run('group', 'list')).stdout).not.toMatch(/^live /m);
  },
  LIMIT_MS,
);

test(
  'settings of topics, brokers, loggers and quotas',
  async () => {
    await json(
      'config',
      'set',
      'topic',
      'orders',
      'retention.ms=3600000',
      'cleanup.policy+=compact',
    );
    const described = await tool(
      'kafka-configs',
      '--describe',
      '--entity-type',
      'topics',
      '--entity-name',
      'orders',
    );
    expect(described).toMatch(/retention\.ms=3600000/);
    expect(described).toMatch(/cleanup\.policy=delete,compact|cleanup\.policy=compact,delete/);
    expect((await run('config', 'list', 'topic', 'orders')).stdout).toMatch(
      /^retention\.ms +3600000 +topic/m,
    );
    await json('config', 'delete', 'topic', 'orders', 'cleanup.policy');
    await json('config', 'set', 'broker', '1', 'log.cleaner.threads=2');
    await eventually('the broker knows', async () => {
      const { stdout } = await run('config', 'get', 'broker', '1', 'log.cleaner.threads');
      return /2 +dynamic-broker/.test(stdout) || undefined;
    });
    await json('config', 'set', 'broker-logger', '1', 'kafka.server.KafkaApis=DEBUG');
    expect(
      (await run('config', 'get', 'broker-logger', '1', 'kafka.server.KafkaApis')).stdout,
    ).toMatch(/DEBUG +broker-logger/);
    await json('config', 'set', 'client', 'c', 'producer_byte_rate=1048576');
    await eventually('the quota is known', async () => {
      const { stdout } = await run('config', 'list', 'client', 'c');
      return /^producer_byte_rate +1048576/m.test(stdout) || undefined;
    });
    const refusal = await run('config', 'set', 'topic', 'orders', 'retention.ms=soon');
    expect(refusal.stderr).toMatch(/INVALID_CONFIG/);
  },
  LIMIT_MS,
);

test(
  'partitions are added, moved and elected',
  async () => {
    await json('topic', 'alter', 'orders', '-p', '3');
    expect(await json('topic', 'reassign', 'orders:2=2,1')).toMatchObject([{ outcome: 'done' }]);
    await eventually('the move has ended', async () => {
      const { stdout } = await run('topic', 'reassignments');
      return stdout === 'no partition is being moved\n' || undefined;
    });
    await json('topic', 'elect', 'orders');
    await eventually('the preferred replica leads', async () => {
      const { stdout } = await run('topic', 'describe', 'orders');
      return /^orders +2 +2 +2,1 /m.test(stdout) || undefined;
    });
  },
  LIMIT_MS,
);

test(
  'cluster and doctor see a Kafka cluster whole, by either side',
  async () => {
    const platform = nodePlatform();
    for (const where of [
      { bootstrap, zookeeperConnect: undefined },
      { bootstrap: undefined, zookeeperConnect: zookeeper.connectString },
    ]) {
      const found = examine(await inspect({ platform, ...where, watchMs: 0 }));
      // Two brokers, one replica of __consumer_offsets: that is what these settings ask for.
      expect(
        found.map(({ check }) => check).filter((each) => !each.startsWith('zookeeper-')),
      ).toEqual(['internal-topic-replication']);
    }
    const dirs = await json<{ broker: number; state: string; usableBytes: number }[]>(
      'cluster',
      'log-dirs',
    );
    expect(dirs.map(({ broker, state }) => `${String(broker)} ${state}`)).toEqual([
      '1 online',
      '2 online',
    ]);
    expect(dirs.every(({ usableBytes }) => usableBytes > 0)).toBe(true);
    expect((await run('cluster')).stdout).toMatch(/^controller {2}broker \d, epoch \d$/m);
  },
  LIMIT_MS,
);

// Stops a broker: the last of the file.
test(
  'doctor finds a Kafka broker that is lost',
  async () => {
    brokers[1]?.signal('SIGKILL');
    await brokers[1]?.exited;
    const found = await eventually(
      'it is missed',
      async () => {
        const { code, stdout } = await run('doctor', '--json');
        return code === 3 && /"broker-missing"/.test(stdout) ? stdout : undefined;
      },
      60_000,
    );
    expect(found).toMatch(/there is no \/brokers\/ids\/2/);
    expect(found).toMatch(/"isr-short"|"partition-offline"/);
  },
  LIMIT_MS,
);
