/** An operator looks at topics just when a partition has no leader. */
import { startCluster } from '../../../src/cluster';
import type { Cluster } from '../../../src/cluster';
import { OdradekProcess, odradek } from '../../builders/odradek-process';
import { eventually } from '../../builders/process';

const LIMIT_MS = 60_000;
let cluster: Cluster;

async function rows(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await odradek(
    'topic',
    ...args,
    '-b',
    cluster.bootstrapServers,
    '--json',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

beforeAll(async () => {
  cluster = await startCluster({ brokers: 2 });
  for (const [topic, replicas] of [
    ['lost', '1'],
    ['whole', '2'],
  ] as const)
    await rows('create', topic, '--partitions', '2', '--replication-factor', replicas);
  await cluster.stopBroker(2);
}, LIMIT_MS);

afterAll(async () => {
  OdradekProcess.killAll();
  await cluster.stop();
}, LIMIT_MS);

test(
  'describe says which partition nobody leads',
  async () => {
    const seen = await eventually('a partition without a leader', async () => {
      const found = (await rows('describe', 'lost')) as { leader: unknown; replicas: string }[];
      return found.some(({ leader }) => leader === 'none') ? found : undefined;
    });
    const leaders = new Map(seen.map(({ leader, replicas }) => [replicas, leader]));
    expect(leaders).toEqual(
      new Map<string, unknown>([
        ['1', 1],
        ['2', 'none'],
      ]),
    );
  },
  LIMIT_MS,
);

test('the other topics are described and listed all the same', async () => {
  expect(await rows('describe', 'whole')).toMatchObject([{ leader: 1 }, { leader: 1 }]);
  expect(await rows('list')).toEqual([
    { topic: 'lost', partitions: 2, replicas: 1 },
    { topic: 'whole', partitions: 2, replicas: 2 },
  ]);
});

test('a topic that does not exist is named, and nothing else is said', async () => {
  const { code, stdout, stderr } = await odradek(
    ...['topic', 'describe', 'whole', 'nowhere', '-b', cluster.bootstrapServers],
  );
  expect({ code, stdout, stderr }).toEqual({
    code: 4,
    stdout: '',
    stderr: 'odradek: there is no topic nowhere\n',
  });
});
