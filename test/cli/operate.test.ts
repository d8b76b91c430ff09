/** The operators' commands at work, as a person at a terminal has them: groups, settings, partitions, the cluster. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { startCluster } from '../../src/cluster';
import type { Cluster } from '../../src/cluster';
import { OdradekProcess, odradek } from '../builders/odradek-process';
import type { Outcome } from '../builders/odradek-process';
import { eventually, temporaryFolder } from '../builders/process';

const LIMIT_MS = 90_000;
let cluster: Cluster;
let kafka: Kafka;
const folder = temporaryFolder('operate');

beforeAll(async () => {
  cluster = await startCluster({
    brokers: 3,
    settings: { 'offsets.topic.num.partitions': '3', 'group.initial.rebalance.delay.ms': '0' },
  });
  kafka = new Kafka({
    clientId: 'reader',
    brokers: cluster.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [
      { topic: 'orders', numPartitions: 2, replicationFactor: 3 },
      { topic: 'returns', numPartitions: 1, replicationFactor: 1 },
    ],
  });
  await admin.disconnect();
  await produce(0, 10);
  await produce(1, 4);
}, LIMIT_MS);

afterEach(() => OdradekProcess.killAll());
afterAll(async () => {
  await cluster.stop();
  folder.remove();
}, LIMIT_MS);

/** Records with timestamps 1000, 2000, 3000 … */
async function produce(partition: number, count: number): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: count }, (_, i) => ({
    partition,
    value: 'v',
    timestamp: String((i + 1) * 1_000),
  }));
  await producer.send({ topic: 'orders', messages });
  await producer.disconnect();
}

const run = (...args: string[]): Promise<Outcome> =>
  odradek(...args, '-b', cluster.bootstrapServers);

async function json(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

async function expectRefused(complaint: RegExp, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await run(...args);
  expect(stdout).toBe('');
  expect([1, 4]).toContain(code);
  expect(stderr).toMatch(complaint);
}

async function commit(groupId: string, ...offsets: string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const partitions = offsets.map((offset, partition) => ({ partition, offset }));
  await admin.setOffsets({ groupId, topic: 'orders', partitions });
  await admin.disconnect();
}

const lag = async (group: string): Promise<string[]> => {
  const rows = (await json('group', 'lag', group)) as Record<string, unknown>[];
  return rows.map(
    ({ topic, partition, offset, end, lag: behind }) =>
      `${String(topic)}-${String(partition)} ${String(offset)} ${String(end)} ${String(behind)}`,
  );
};

test(
  'group lag, by partition, as a total and of all groups',
  async () => {
    await commit('lagging', '7', '0');
    expect(await lag('lagging')).toEqual(['orders-0 7 10 3', 'orders-1 0 4 4']);
    expect(await json('group', 'lag', 'lagging', '--total')).toEqual([
      { group: 'lagging', state: 'Empty', partitions: 2, lag: 7, complete: true },
    ]);
    expect(await json('group', 'lag', '--all', '--total')).toEqual(
      expect.arrayContaining([expect.objectContaining({ group: 'lagging', lag: 7 })]),
    );
    await expectRefused(/^odradek: there is no group nobody\n$/, 'group', 'lag', 'nobody');
    await expectRefused(/^odradek: name groups, or give --all/, 'group', 'lag');
  },
  LIMIT_MS,
);

test(
  'group reset says what it would do, does it with --execute, and takes its own export back',
  async () => {
    await commit('reset', '7', '2');
    const reset = (...args: string[]) => json('group', 'reset', 'reset', ...args);
    const plan = (...to: number[]) =>
      to.map((each, partition) => expect.objectContaining({ partition, to: each }));
    expect(await reset('-t', 'orders', '--to-earliest')).toEqual(plan(0, 0));
    expect(await lag('reset')).toEqual(['orders-0 7 10 3', 'orders-1 2 4 2']);
    expect((await run('group', 'reset', 'reset', '--all-topics', '--to-latest')).stdout).toMatch(
      /nothing was done: add --execute\n$/,
    );
    expect(await reset('--all-topics', '--to-datetime', '1970-01-01T00:00:04.000')).toEqual(
      plan(3, 3),
    );
    expect(await reset('--all-topics', '--by-duration', 'P1D')).toEqual(plan(10, 4));
    expect(await reset('--all-topics', '--to-current')).toEqual(plan(7, 2));

    const backup = await run('group', 'reset', 'reset', '--all-topics', '--to-current', '--export');
    const file = join(folder.path, 'backup.csv');
    writeFileSync(file, backup.stdout);
    expect(await reset('-t', 'orders:0', '--shift-by', '-5', '--execute')).toEqual(plan(2));
    expect(await lag('reset')).toEqual(['orders-0 2 10 8', 'orders-1 2 4 2']);
    await reset('--all-topics', '--to-offset', '99', '--execute');
    expect(await lag('reset')).toEqual(['orders-0 10 10 0', 'orders-1 4 4 0']);
    await reset('--from-file', file, '--execute');
    expect(await lag('reset')).toEqual(['orders-0 7 10 3', 'orders-1 2 4 2']);

    // A group that was never there may be given offsets to begin with.
    await json('group', 'reset', 'fresh', '-t', 'orders', '--to-offset', '3', '--execute');
    expect(await lag('fresh')).toEqual(['orders-0 3 10 7', 'orders-1 3 4 1']);
  },
  LIMIT_MS,
);

test.each`
  args                                                 | complaint
  ${['-t', 'orders']}                                  | ${/exactly one of --to-earliest/}
  ${['-t', 'orders', '--to-earliest', '--to-latest']}  | ${/exactly one of --to-earliest/}
  ${['--to-earliest']}                                 | ${/--topic, --all-topics or --from-file says which/}
  ${['--all-topics', '-t', 'orders', '--to-earliest']} | ${/exclude each other/}
  ${['--all-topics', '--to-earliest']}                 | ${/the group has committed no offset/}
  ${['-t', 'nope', '--to-earliest']}                   | ${/there is no topic nope/}
  ${['-t', 'orders:7', '--to-earliest']}               | ${/topic orders has no partition 7/}
  ${['-t', 'orders', '--shift-by', '1']}               | ${/orders-0: nothing is committed to shift from/}
  ${['-t', 'orders', '--to-datetime', 'now']}          | ${/"now" is no point in time/}
  ${['--from-file', '/nowhere/offsets.csv']}           | ${/\/nowhere\/offsets\.csv: cannot be read \(ENOENT/}
`('group reset $args is refused', async ({ args, complaint }) => {
  await expectRefused(complaint, 'group', 'reset', 'never', ...(args as string[]));
});

test(
  'a group at work is described, and kept from resets and deletions',
  async () => {
    const consumer = kafka.consumer({ groupId: 'busy', sessionTimeout: 10_000 });
    await consumer.connect();
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    await consumer.run({ autoCommitThreshold: 1, eachMessage: () => Promise.resolve() });
    try {
      await eventually('all is read', async () => {
        const known = await run('group', 'lag', 'busy', '--total', '--json');
        return /"lag": 0,\s+"complete": true/.test(known.stdout) || undefined;
      });
      expect((await run('group', 'describe', 'busy', '--members')).stdout).toMatch(
        /^reader-\S+ +- +\S*127\.0\.0\.1 +reader +2 +orders\(0,1\)$/m,
      );
      expect((await run('group', 'describe', 'busy', '--state')).stdout).toMatch(
        /^busy +127\.0\.0\.1:\d+ \(\d\) +RoundRobinAssigner +Stable +1$/m,
      );
      expect(await json('group', 'describe', 'busy')).toMatchObject({
        state: 'Stable',
        members: [{ clientId: 'reader' }],
        offsets: [
          { topic: 'orders', partition: 0, lag: 0, client: 'reader' },
          { topic: 'orders', partition: 1, lag: 0, client: 'reader' },
        ],
      });
      const reset = ['group', 'reset', 'busy', '--all-topics', '--to-earliest', '--execute'];
      await expectRefused(
        /^odradek: group busy is Stable with 1 member\(s\): .*stop its consumers/,
        ...reset,
      );
      await expectRefused(
        /group busy has 1 member\(s\): stop its consumers first/,
        'group',
        'delete',
        'busy',
      );
      await expectRefused(
        /the offset of orders-0 was not deleted: GROUP_SUBSCRIBED_TO_TOPIC/,
        ...['group', 'delete-offsets', 'busy', '-t', 'orders', '-y'],
      );
    } finally {
      await consumer.disconnect();
    }
  },
  LIMIT_MS,
);

test(
  'group delete-offsets and group delete',
  async () => {
    await commit('leaving', '1', '2');
    expect(await json('group', 'delete-offsets', 'leaving', '-t', 'orders:1', '-y')).toEqual([
      { topic: 'orders', partition: 1 },
    ]);
    expect(await lag('leaving')).toEqual(['orders-0 1 10 9']);
    await expectRefused(
      /group leaving has committed no offset of returns/,
      ...['group', 'delete-offsets', 'leaving', '-t', 'returns'],
    );
    await expectRefused(/there is no group nobody/, 'group', 'delete', 'leaving', 'nobody');
    expect(await json('group', 'delete', 'leaving', '--yes')).toEqual({ groups: ['leaving'] });
    await expectRefused(/there is no group leaving/, 'group', 'describe', 'leaving');
  },
  LIMIT_MS,
);

test(
  'settings of topics and brokers',
  async () => {
    const topic = ['topic', 'orders'];
    expect((await run('config', 'list', ...topic)).stdout).toMatch(/^nothing is set/);
    expect(
      (await run('config', 'set', ...topic, 'retention.ms=60000', '--dry-run')).stdout,
    ).toMatch(/nothing was done/);
    expect((await run('config', 'list', ...topic)).stdout).toMatch(/^nothing is set/);
    await json('config', 'set', ...topic, 'retention.ms=60000', 'cleanup.policy+=compact');
    const listed = (): Promise<string> =>
      eventually('the broker knows', async () => {
        const { stdout } = await run('config', 'list', ...topic);
        return /cleanup\.policy/.test(stdout) ? stdout : undefined;
      });
    expect(await listed()).toMatch(/^cleanup\.policy +delete,compact +topic +false$/m);
    expect(await listed()).toMatch(/^retention\.ms +60000 +topic +false$/m);
    expect((await run('config', 'get', ...topic, 'retention.ms')).stdout).toMatch(
      /^retention\.ms +60000 +topic\n/m,
    );
    await json('config', 'delete', ...topic, 'retention.ms');
    expect((await run('config', 'list', ...topic)).stdout).not.toMatch(/retention/);

    await json('config', 'set', 'broker', 'default', 'log.cleaner.threads=2');
    await json('config', 'set', 'broker', '2', 'log.cleaner.threads=3');
    const cleaners = await eventually('broker 2 knows both', async () => {
      const { stdout } = await run('config', 'get', 'broker', '2', 'log.cleaner.threads');
      return /dynamic-broker/.test(stdout) && /dynamic-default/.test(stdout) ? stdout : undefined;
    });
    expect(
      cleaners
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ +/).slice(1)),
    ).toEqual([['3', 'dynamic-broker'], ['2', 'dynamic-default'], ['1', 'default'], []]);
    expect((await run('config', 'list', 'broker', '1', '--all')).stdout).toMatch(
      /^ssl\.keystore\.password +\(hidden\) +default/m,
    );
  },
  LIMIT_MS,
);

test.each`
  args                                                 | complaint
  ${['list', 'topic', 'nope']}                         | ${/the settings of topic nope cannot be read: UNKNOWN_TOPIC_OR_PARTITION/}
  ${['get', 'topic', 'orders', 'nope']}                | ${/topic orders has no setting nope/}
  ${['set', 'topic', 'orders', 'retention.ms=soon']}   | ${/the settings of topic orders cannot be changed: INVALID_CONFIG/}
  ${['set', 'topic', 'orders', 'nonsense']}            | ${/"nonsense" changes nothing/}
  ${['list', 'broker', '9']}                           | ${/there is no broker 9: the cluster has 1, 2, 3/}
  ${['list', 'planet', 'x']}                           | ${/"planet" has no settings/}
  ${['set', 'client', 'c', 'producer_byte_rate=fast']} | ${/a quota is a number/}
`('config $args is refused', async ({ args, complaint }) => {
  await expectRefused(complaint, 'config', ...(args as string[]));
});

test(
  'partitions are added, moved and elected',
  async () => {
    expect((await run('topic', 'alter', 'returns', '-p', '2', '--dry-run')).stdout).toMatch(
      /nothing was done/,
    );
    await json('topic', 'alter', 'returns', '--partitions', '2');
    await expectRefused(
      /cannot be given 1 partitions: INVALID_PARTITIONS/,
      'topic',
      'alter',
      'returns',
      '-p',
      '1',
    );
    const plan = join(folder.path, 'plan.json');
    const partitions = [{ topic: 'returns', partition: 1, replicas: [3, 2] }];
    writeFileSync(plan, JSON.stringify({ version: 1, partitions }));
    const done = (topic: string, partition: number) => ({ topic, partition, outcome: 'done' });
    expect(await json('topic', 'reassign', 'returns:0=2,1')).toMatchObject([done('returns', 0)]);
    expect(await json('topic', 'reassign', '--file', plan)).toMatchObject([done('returns', 1)]);
    await eventually('the moves have ended', async () => {
      const { stdout } = await run('topic', 'reassignments');
      return stdout === 'no partition is being moved\n' || undefined;
    });
    const places = async (): Promise<string> => (await run('topic', 'describe', 'returns')).stdout;
    await eventually(
      'brokers know',
      async () => /^returns +0 +\d +2,1 /m.test(await places()) || undefined,
    );
    await json('topic', 'elect', 'returns');
    await eventually('the preferred replicas lead', async () => {
      const text = await places();
      return (
        (/^returns +0 +2 +2,1 /m.test(text) && /^returns +1 +3 +3,2 /m.test(text)) || undefined
      );
    });
    expect((await run('topic', 'elect', '--all')).stdout).toBe(
      'every leader is where it belongs\n',
    );
    const moved = await run('topic', 'reassign', 'returns:0=9');
    expect(moved.code).toBe(1);
    expect(moved.stderr).toMatch(/returns-0: INVALID_REPLICA_ASSIGNMENT/);
    const cancelled = await run('topic', 'reassign', '--cancel', 'returns:0');
    expect(cancelled.stderr).toMatch(/returns-0: NO_REASSIGNMENT_IN_PROGRESS/);
    await expectRefused(/name moves as topic:partition=broker,broker/, 'topic', 'reassign');
    await expectRefused(/name topics or topic:partitions/, 'topic', 'elect');
  },
  LIMIT_MS,
);

test(
  'cluster shows brokers, controller and what needs attention',
  async () => {
    const view = await json('cluster');
    expect(view).toMatchObject({
      zookeeper: cluster.zookeeperConnect,
      zookeeperProblem: null,
      brokers: [
        {
          id: 1,
          endpoints: [`PLAINTEXT://127.0.0.1:${String(cluster.brokers[0]?.port)}`],
          reachable: true,
        },
        { id: 2 },
        { id: 3 },
      ],
      attention: [],
    });
    const { stdout } = await run('cluster');
    expect(stdout).toMatch(/^controller {2}broker \d, epoch 1$/m);
    expect(stdout).toMatch(/^every partition is led and in sync$/m);
    const byZooKeeper = await odradek('cluster', 'brokers', '-z', cluster.zookeeperConnect);
    expect(byZooKeeper.stdout).toMatch(/^ +1 +PLAINTEXT:\S+ +- +\d+ +0x[0-9a-f]+ +3\.9-IV0 +yes/m);
    expect((await run('cluster', 'zookeeper')).stdout).toMatch(
      /^127\.0\.0\.1:\d+ +standalone +3\./m,
    );
    const dirs = await json('cluster', 'log-dirs');
    expect(dirs).toMatchObject([1, 2, 3].map((broker) => ({ broker, state: 'online' })));
    for (const dir of dirs as { replicas: number; bytes: number; usableBytes: number }[]) {
      expect(dir.replicas).toBeGreaterThanOrEqual(2);
      expect(dir.bytes).toBeGreaterThan(0);
      expect(dir.usableBytes).toBeGreaterThan(0);
    }
  },
  LIMIT_MS,
);
