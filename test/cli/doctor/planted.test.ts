/** Faults planted in a running cluster: the doctor finds each, and finds it no more once it is mended. */
import { AdminClient } from '../../../src/admin/admin-client';
import { alterConfigs } from '../../../src/admin/configs';
import { examine } from '../../../src/cli/doctor/examine';
import type { Finding } from '../../../src/cli/doctor/finding';
import { inspect } from '../../../src/cli/inspect/inspect';
import { startCluster } from '../../../src/cluster';
import type { Cluster } from '../../../src/cluster';
import { nodePlatform } from '../../../src/platform/node';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../../src/protocol/messages/19-create-topics';
import {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../../../src/protocol/messages/20-delete-topics';
import { connectZooKeeper } from '../../../src/zookeeper/connect';
import { ANY_VERSION } from '../../../src/zookeeper/session';
import type { ZooKeeperSession } from '../../../src/zookeeper/session';
import { OdradekProcess, odradek } from '../../builders/odradek-process';
import { eventually, freePorts } from '../../builders/process';

const GIB = 1024 ** 3;
const platform = nodePlatform();
let cluster: Cluster;
let session: ZooKeeperSession;
let client: AdminClient;

async function createTopic(name: string, replicas: readonly number[]): Promise<void> {
  const topic = { name, numPartitions: -1, replicationFactor: -1, configs: [] };
  await client.askController(
    CreateTopicsRequest,
    CreateTopicsResponse,
    {
      topics: [{ ...topic, assignments: [{ partitionIndex: 0, brokerIds: replicas }] }],
      timeoutMs: 10_000,
    },
    ({ topics }) => expect(topics[0]?.errorCode).toBe(0),
  );
}

beforeAll(async () => {
  cluster = await startCluster({
    brokers: 3,
    settings: { 'auto.leader.rebalance.enable': 'false', 'zookeeper.session.timeout.ms': '4000' },
  });
  session = await connectZooKeeper({
    connect: cluster.zookeeperConnect,
    sessionTimeoutMs: 10_000,
    connectionTimeoutMs: 10_000,
    platform,
  });
  client = new AdminClient(platform, {
    bootstrap: cluster.bootstrapServers,
    clientId: 'test',
    requestTimeoutMs: 10_000,
    connectTimeoutMs: 3_000,
    retryTimeoutMs: 10_000,
  });
  await createTopic('wide', [1, 2, 3]);
  await createTopic('alone', [3]);
}, 60_000);

afterEach(() => OdradekProcess.killAll());
afterAll(async () => {
  client.close();
  await session.close();
  await cluster.stop();
}, 60_000);

async function findings(zookeeperConnect?: string): Promise<Finding[]> {
  const bootstrap = cluster.bootstrapServers;
  return examine(await inspect({ platform, bootstrap, zookeeperConnect, watchMs: 0 }));
}

/** Until the finding is there, with that evidence, or until it is not. */
function untilFound(check: string, evidence: RegExp): Promise<Finding> {
  return eventually(`${check} is found`, async () =>
    (await findings()).find((each) => each.check === check && evidence.test(each.evidence)),
  );
}

async function untilGone(check: string, evidence: RegExp): Promise<void> {
  await eventually(`${check} is found no more`, async () => {
    const found = (await findings()).find(
      (each) => each.check === check && evidence.test(each.evidence),
    );
    return found === undefined || undefined;
  });
}

/** Changes a znode's JSON; gives the way back. */
async function changeJson(
  path: string,
  change: (json: Record<string, unknown>) => Record<string, unknown>,
): Promise<() => Promise<unknown>> {
  const { data } = await session.getData(path);
  const before = data ?? Buffer.alloc(0);
  const json = JSON.parse(before.toString()) as Record<string, unknown>;
  await session.setData(path, Buffer.from(JSON.stringify(change(json))), ANY_VERSION);
  return () => session.setData(path, before, ANY_VERSION);
}

async function createNode(path: string, data: string | null): Promise<() => Promise<unknown>> {
  await session.create(path, data === null ? null : Buffer.from(data));
  return () => session.delete(path, ANY_VERSION);
}

const portOf = (id: number): number => cluster.brokers.find((each) => each.id === id)?.port ?? 0;

async function moveListener(port: number): Promise<() => Promise<unknown>> {
  return changeJson('/brokers/ids/2', (json) => ({
    ...json,
    port,
    endpoints: [`PLAINTEXT://127.0.0.1:${String(port)}`],
  }));
}

async function setMinimum(value: string | null): Promise<void> {
  const change = {
    name: 'min.insync.replicas',
    operation: value ? 'set' : 'delete',
    value,
  } as const;
  await alterConfigs(client, { type: 'topic', name: 'wide' }, [change], false);
}

/** What every disk says of itself from now on. */
function plantDiskSpace(totalBytes: number, usableBytes: number): () => Promise<void> {
  const spy = jest.spyOn(platform.files, 'diskSpace');
  spy.mockResolvedValue({ totalBytes, usableBytes });
  return async () => spy.mockRestore();
}

test.each([
  {
    fault: 'disks with little room',
    check: 'disk-full',
    evidence: /DescribeLogDirs: 4\.0 GiB of 100\.0 GiB can be used \(4\.0 %\)/,
    plant: async () => plantDiskSpace(100 * GIB, 4 * GIB),
  },
  {
    fault: 'a listener that leads to another broker',
    check: 'listener-of-another-broker',
    evidence: /expected 1, but received 2|received 2/,
    plant: () => moveListener(portOf(1)),
  },
  {
    fault: 'a listener that leads nowhere',
    check: 'listener-unreachable',
    evidence: /ECONNREFUSED/,
    plant: async () => moveListener((await freePorts(1))[0] ?? 0),
  },
  {
    fault: 'a broker whose clock is an hour ahead',
    check: 'clock-skew',
    evidence: /the broker was ahead/,
    plant: () =>
      changeJson('/brokers/ids/3', (json) => ({
        ...json,
        timestamp: String(Date.now() + 3_600_000),
      })),
  },
  {
    fault: 'a cluster id that is not the brokers’',
    check: 'cluster-id-mismatch',
    evidence: /\/cluster\/id says somebody-elses/,
    plant: () => changeJson('/cluster/id', (json) => ({ ...json, id: 'somebody-elses' })),
  },
  {
    fault: 'a move to a broker that is not there',
    check: 'reassignment-stuck',
    evidence: /wide-0 \(adding 9, since .*\); there is no \/brokers\/ids\/ of 9/,
    plant: () =>
      changeJson('/brokers/topics/wide', (json) => ({
        ...json,
        partitions: { 0: [1, 2, 3, 9] },
        adding_replicas: { 0: [9] },
      })),
  },
  {
    fault: 'settings without a topic',
    check: 'orphan-topic-config',
    evidence: /seen twice/,
    plant: () => createNode('/config/topics/gone', '{"version":1,"config":{}}'),
  },
  {
    fault: 'a partition outside of the assignment',
    check: 'orphan-partition-state',
    evidence: /assigns no replicas/,
    plant: () => createNode('/brokers/topics/wide/partitions/7', null),
  },
  {
    fault: 'a topic that is no JSON',
    check: 'znode-unreadable',
    evidence: /\/brokers\/topics\/junk: not JSON/,
    plant: () => createNode('/brokers/topics/junk', 'junk'),
  },
  {
    fault: 'a group from before 0.9',
    check: 'offsets-in-zookeeper',
    evidence: /children of \/consumers/,
    plant: () => createNode('/consumers/ancient', null),
  },
  {
    fault: 'more in-sync replicas wanted than there are replicas',
    check: 'min-isr-too-high',
    evidence: /wide-0 has 3 replicas, min\.insync\.replicas is 4 \(topic wide\)/,
    plant: async () => {
      await setMinimum('4');
      return () => setMinimum(null);
    },
  },
])(
  '$fault',
  async ({ check, evidence, plant }) => {
    const mend = await plant();
    const { where, mend: advice } = await untilFound(check, evidence);
    expect([where, advice]).not.toContain('');
    await mend();
    await untilGone(check, evidence);
  },
  60_000,
);

test('a broker that is lost, with what only it had, and a topic to be deleted that is there', async () => {
  await cluster.killBroker(3);
  await untilFound('broker-missing', /there is no \/brokers\/ids\/3; .* 2 partitions/);
  await untilFound('partition-offline', /alone-0 \(nobody leads, replicas 3, ISR 3\)/);
  await untilFound('isr-short', /wide-0 \(\d leads, .*missing, 3 is down/);
  await client.askController(
    DeleteTopicsRequest,
    DeleteTopicsResponse,
    { topicNames: ['alone'], timeoutMs: 1_000 },
    () => undefined,
  );
  await untilFound('deletion-stuck', /replicas are on brokers that are not there: 3/);
  const { code, stdout } = await odradek('doctor', '-z', cluster.zookeeperConnect, '--json');
  expect(code).toBe(3);
  const told = JSON.parse(stdout) as Finding[];
  expect(told.map(({ check }) => check)).toContain('broker-missing');
  await cluster.restartBroker(3);
  for (const check of ['broker-missing', 'partition-offline', 'isr-short', 'deletion-stuck'])
    await untilGone(check, /./);
}, 90_000);

test('leaders that are not where they should be, until they are elected', async () => {
  await cluster.stopBroker(1);
  await untilFound('broker-missing', /\/brokers\/ids\/1/);
  await cluster.restartBroker(1);
  await untilFound('leader-imbalance', /wide-0 \([23] leads, replicas 1,2,3/);
  const { code, stdout } = await odradek('topic', 'elect', 'wide', '-b', cluster.bootstrapServers);
  expect({ code, stdout }).toMatchObject({ code: 0 });
  await untilGone('leader-imbalance', /./);
}, 90_000);

test('what a cluster of this kind is told, and that notes are no failure', async () => {
  // Whatever the disks of the machine are like on which this runs.
  const undo = plantDiskSpace(100 * GIB, 60 * GIB);
  const { code, stdout, stderr } = await odradek('doctor', '-b', cluster.bootstrapServers);
  await undo();
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^NOTE {2}ZooKeeper is one server {2}\[zookeeper-alone\]$/m);
  expect(stdout).toMatch(/^ {2}evidence {2}srvr: Mode: standalone$/m);
  expect(stdout).toMatch(/^0 errors, 0 warnings, 1 note$/m);
  expect(code).toBe(0);
});

test('without ZooKeeper the brokers are asked, and the other way round', async () => {
  const [port] = await freePorts(1);
  const nobody = `127.0.0.1:${String(port)}`;
  const withoutZooKeeper = await findings(nobody);
  expect(withoutZooKeeper.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['zookeeper-unreachable', 'zookeeper-server-down']),
  );
  const fromZooKeeper = await inspect({
    platform,
    bootstrap: undefined,
    zookeeperConnect: cluster.zookeeperConnect,
    watchMs: 0,
  });
  expect(fromZooKeeper.brokers.map(({ id, isAsked }) => [id, isAsked])).toEqual([
    [1, true],
    [2, true],
    [3, true],
  ]);
  const { code, stderr } = await odradek('doctor', '-b', nobody, '-z', `${nobody}/chroot`);
  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stderr).toMatch(/^odradek: nothing of the cluster can be reached: brokers: .*ZooKeeper: /);
}, 60_000);

test('a chroot that is not there is not made', async () => {
  const { stdout } = await odradek(
    'doctor',
    '-b',
    cluster.bootstrapServers,
    '-z',
    `${cluster.zookeeperConnect}/nowhere`,
  );
  expect(stdout).toMatch(/connect \/nowhere: NO_NODE/);
  expect(await session.exists('/nowhere')).toBeUndefined();
});
