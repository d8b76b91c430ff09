/** `odradek znode` against Apache Kafka on a real ZooKeeper: what it says of a cluster that nobody here wrote. */
import { Kafka, logLevel } from 'kafkajs';

import { matchZnode } from '../../src/zookeeper/reference';
import { changeCluster } from '../builders/cluster-changes';
import { startKafkaBroker } from '../builders/kafka';
import { OdradekProcess, odradek } from '../builders/odradek-process';
import { eventually, freePorts, temporaryFolder } from '../builders/process';
import type { RunningProcess } from '../builders/process';
import { startRealZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';

const SETTINGS = {
  'offsets.topic.replication.factor': '2',
  'group.initial.rebalance.delay.ms': '0',
  'zookeeper.session.timeout.ms': '3000',
  'authorizer.class.name': 'kafka.security.authorizer.AclAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
  'delegation.token.secret.key': 'secret',
};

const folder = temporaryFolder('znode-commands');
let zookeeper: RunningZooKeeper;
let brokers: RunningProcess[];
let bootstrap: string[];
let connect: string;

beforeAll(async () => {
  zookeeper = await startRealZooKeeper();
  connect = `${zookeeper.connectString}/kafka`;
  const ports = await freePorts(2);
  bootstrap = ports.map((port) => `127.0.0.1:${String(port)}`);
  // One after the other, so that the first is controller.
  brokers = [];
  for (const [index, port] of ports.entries()) {
    const place = { id: index + 1, port, zookeeper: connect, folder: folder.path };
    brokers.push(await startKafkaBroker({ ...place, settings: SETTINGS, heapMb: 256 }));
  }
}, 300_000);
afterAll(async () => {
  OdradekProcess.killAll();
  for (const broker of brokers) broker.signal('SIGKILL');
  await Promise.all(brokers.map(({ exited }) => exited));
  await zookeeper.stop();
  folder.remove();
});

const znode = (verb: string, ...args: string[]) => odradek('znode', verb, ...args, '-z', connect);

interface Node {
  readonly path: string;
  readonly notes: readonly string[];
  readonly children: readonly Node[];
}

function flat(node: Node): Node[] {
  return [node, ...node.children.flatMap(flat)];
}

test('every path and value of Kafka is known', async () => {
  await changeCluster(bootstrap);
  const { stdout } = await znode('tree', '/', '--json');
  const all = flat(JSON.parse(stdout) as Node).filter(({ path }) => path !== '/');
  expect(all.length).toBeGreaterThan(40);
  expect(all.filter(({ path }) => !matchZnode(path)).map(({ path }) => path)).toEqual([]);
  expect(all.filter(({ notes }) => notes.length > 0)).toEqual([]);
  for (const path of ['/kafka-acl/Topic', '/delegation_token/tokens', '/cluster/id'])
    expect(all.map((each) => each.path)).toContain(path);
}, 120_000);

test('the owner of the controller is a broker', async () => {
  expect((await znode('get', '/controller')).stdout).toMatch(
    /^\/controller: ephemeral, session 0x[0-9a-f]+ of broker 1, version 0, .*\n[^]*"brokerid": 1/,
  );
  expect((await znode('ls', '/brokers/ids')).stdout).toBe('1\n2\n');
});

test('a topic is deleted and a controller elected by hand, and the watch says so', async () => {
  const watch = new OdradekProcess(['znode', 'watch', '/', '-r', '-z', connect]);
  await watch.untilTold(/watching \d+ znode/);
  const marked = await znode('set', '/admin/delete_topics/kept', '', '--create', '--yes');
  expect(marked.code).toBe(0);
  await watch.untilPrinted(/^topic kept is to be deleted$/m);
  await watch.untilPrinted(/^topic kept deleted$/m);
  await watch.untilPrinted(/^topic kept: its deletion is done or called off$/m);
  expect((await znode('delete', '/controller', '--yes')).code).toBe(0);
  await watch.untilPrinted(/^controller (moved 1 → 2|is 1), epoch 1 → 2$/m);
  watch.signal('SIGINT');
  expect((await watch.outcome()).code).toBe(0);
}, 120_000);

test('a broker dies, and the watch says what follows', async () => {
  const kafka = new Kafka({ brokers: bootstrap, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const watch = new OdradekProcess(['znode', 'watch', '/', '-r', '-z', connect]);
  await watch.untilTold(/watching \d+ znode/);
  const assignment = [{ partition: 0, replicas: [1, 2] }];
  await admin.createTopics({ topics: [{ topic: 'orders', replicaAssignment: assignment }] });
  await admin.disconnect();
  await watch.untilPrinted(/^topic orders created with 1 partition, 2 replicas each$/m);
  await watch.untilPrinted(/^orders-0: leader 1, epoch 0, ISR 1,2$/m);
  await eventually('both in sync', async () => {
    const { stdout } = await znode('get', '/brokers/topics/orders/partitions/0/state', '--raw');
    return (JSON.parse(stdout) as { isr: number[] }).isr.length === 2 ? true : undefined;
  });
  brokers[0]?.signal('SIGKILL');
  await watch.untilPrinted(/^broker 1 left$/m);
  await watch.untilPrinted(/^orders-0: leader 1 → 2, epoch 0 → 1, ISR 1,2 → 2$/m);
  watch.signal('SIGINT');
  expect((await watch.outcome()).stdout).not.toMatch(/not what Kafka keeps here/);
}, 120_000);
