/** The same operations on Apache Kafka and on Odradek leave znodes of the same paths, with the same JSON fields. */
import { startCluster } from '../../../src/cluster';
import { nodePlatform } from '../../../src/platform/node';
import { connectZooKeeper } from '../../../src/zookeeper/connect';
import type { ZooKeeperSession } from '../../../src/zookeeper/session';
import { changeCluster } from '../../builders/cluster-changes';
import { startKafkaBroker } from '../../builders/kafka';
import { eventually, freePorts, temporaryFolder } from '../../builders/process';
import { startRealZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';

const SETTINGS = {
  'offsets.topic.num.partitions': '2',
  'offsets.topic.replication.factor': '2',
  'group.initial.rebalance.delay.ms': '0',
};

let zookeeper: RunningZooKeeper;

beforeAll(async () => {
  zookeeper = await startRealZooKeeper();
}, 90_000);
afterAll(() => zookeeper.stop());

/** `number`, `string`, `[number]`, `{field:shape}`; text that is no JSON, and no data at all, are shapes too. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length > 0 ? shapeOf(value[0]) : ''}]`;
  if (value === null || typeof value !== 'object') return typeof value;
  const fields = Object.entries(value).map(([name, each]) => `${name}:${shapeOf(each)}`);
  return `{${fields.sort().join(',')}}`;
}

function dataShape(data: Buffer | null): string {
  if (data === null) return 'null';
  try {
    return shapeOf(JSON.parse(data.toString()));
  } catch {
    return 'text';
  }
}

/** Every path below `path` with the shape of its data, whether it is ephemeral, and its version where that tells something. */
async function shapes(session: ZooKeeperSession, path: string, found = new Map<string, string>()) {
  const { data, stat } = await session.getData(path);
  const kind = stat.ephemeralOwner === 0n ? '' : ' ephemeral';
  if (path !== '/') found.set(path, `${dataShape(data)}${kind}`);
  const { children } = await session.getChildren(path);
  for (const child of children) {
    await shapes(session, `${path === '/' ? '' : path}/${child}`, found);
  }
  return found;
}

async function znodesOf(chroot: string): Promise<Record<string, string>> {
  const session = await connectZooKeeper({
    connect: `${zookeeper.connectString}${chroot}`,
    sessionTimeoutMs: 6000,
    connectionTimeoutMs: 10_000,
    platform: nodePlatform(),
  });
  try {
    await eventually('the topic is deleted', async () =>
      (await session.exists('/brokers/topics/deleted')) ? undefined : true,
    );
    return Object.fromEntries(await shapes(session, '/'));
  } finally {
    await session.close();
  }
}

test('paths and fields are the same', async () => {
  const folder = temporaryFolder('znodes');
  const ports = await freePorts(2);
  const brokers = await Promise.all(
    ports.map((port, index) =>
      startKafkaBroker({
        id: index + 1,
        port,
        zookeeper: `${zookeeper.connectString}/kafka`,
        folder: folder.path,
        settings: SETTINGS,
        heapMb: 256,
      }),
    ),
  );
  let ofKafka: Record<string, string>;
  try {
    await changeCluster(ports.map((port) => `127.0.0.1:${String(port)}`));
    ofKafka = await znodesOf('/kafka');
  } finally {
    for (const broker of brokers) broker.signal('SIGKILL');
    await Promise.all(brokers.map(({ exited }) => exited));
    folder.remove();
  }
  await using cluster = await startCluster({
    brokers: 2,
    zookeeper: `${zookeeper.connectString}/odradek`,
    settings: SETTINGS,
  });
  await changeCluster(cluster.bootstrapServers.split(','));
  expect(await znodesOf('/odradek')).toEqual(ofKafka);
}, 300_000);
