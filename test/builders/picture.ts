/** What was seen of a cluster of three brokers that is well, but for what a test says. */
import type { LogDir } from '../../src/admin/log-dirs';
import type { BrokerFacts } from '../../src/cli/inspect/broker-facts';
import type { EnsembleServer } from '../../src/cli/inspect/ensemble';
import type { Picture } from '../../src/cli/inspect/picture';
import type { PartitionFacts, TopicFacts } from '../../src/cli/inspect/topic-facts';
import type { RegisteredBroker, ZooKeeperFacts } from '../../src/cli/inspect/zookeeper-facts';

export const NOW_MS = Date.UTC(2026, 0, 31, 12);
const GIB = 1024 ** 3;

export function aRegisteredBroker(
  id: number,
  fields: Partial<RegisteredBroker> = {},
): RegisteredBroker {
  return {
    id,
    endpoints: [
      { name: 'PLAINTEXT', host: `b${String(id)}`, port: 9092, securityProtocol: 'PLAINTEXT' },
    ],
    rack: null,
    epoch: 20 + id,
    session: BigInt(id),
    registeredMs: NOW_MS - 10_000,
    writtenMs: NOW_MS - 9_990,
    ...fields,
  };
}

type PartitionFields = Partial<Omit<PartitionFacts, 'state'>> & {
  readonly leader?: number;
  readonly isr?: readonly number[];
  readonly controllerEpoch?: number;
  readonly state?: undefined;
};

/** On brokers 1, 2 and 3, led by 1. */
export function aPartition(
  topic: string,
  partition: number,
  fields: PartitionFields = {},
): PartitionFacts {
  const { leader = 1, isr, controllerEpoch = 7, ...rest } = fields;
  const replicas = rest.replicas ?? [1, 2, 3];
  const state = {
    leader,
    leaderEpoch: 4,
    isr: isr ?? replicas,
    controllerEpoch,
    recovering: false,
    zkVersion: 2,
  };
  return {
    topic,
    partition,
    adding: [],
    removing: [],
    ...rest,
    replicas,
    state: 'state' in fields ? undefined : state,
  };
}

export function aTopic(
  name: string,
  partitions: readonly PartitionFields[] = [{}],
  fields: Partial<Omit<TopicFacts, 'partitions'>> = {},
): TopicFacts {
  return {
    name,
    assignedMs: NOW_MS - 3_600_000,
    partitions: partitions.map((each, i) => aPartition(name, i, each)),
    strayPartitions: [],
    config: {},
    ...fields,
  };
}

export function aLogDir(fields: Partial<LogDir> = {}): LogDir {
  return {
    path: '/data',
    error: 'NONE',
    totalBytes: 100 * GIB,
    usableBytes: 60 * GIB,
    replicas: [],
    ...fields,
  };
}

export function someBrokerFacts(id: number, fields: Partial<BrokerFacts> = {}): BrokerFacts {
  const [endpoint] = aRegisteredBroker(id).endpoints;
  return {
    id,
    listeners: endpoint ? [{ ...endpoint, outcome: 'answers', detail: '' }] : [],
    isAsked: true,
    metadata: { value: { clusterId: 'cluster', controllerId: 1, brokers: [], topics: [] } },
    settings: {
      value: new Map([
        ['inter.broker.protocol.version', '3.9-IV0'],
        ['min.insync.replicas', '1'],
      ]),
    },
    logDirs: { value: [aLogDir()] },
    ...fields,
  };
}

export function aServer(fields: Partial<EnsembleServer> = {}): EnsembleServer {
  return {
    host: 'zk1',
    port: 2181,
    problem: undefined,
    ruok: 'imok',
    mode: 'leader',
    version: '3.8.0',
    outstanding: 0,
    averageLatencyMs: 0.5,
    maxLatencyMs: 20,
    zxid: '0x100',
    learners: 2,
    syncedLearners: 2,
    refusedWords: [],
    ...fields,
  };
}

export const HEALTHY_ENSEMBLE = [
  aServer(),
  aServer({ host: 'zk2', mode: 'follower', learners: undefined, syncedLearners: undefined }),
  aServer({ host: 'zk3', mode: 'follower', learners: undefined, syncedLearners: undefined }),
];

export function someZooKeeperFacts(fields: Partial<ZooKeeperFacts> = {}): ZooKeeperFacts {
  return {
    clusterId: 'cluster',
    controller: { brokerId: 1, session: 1n, electedAt: 30 },
    controllerEpoch: 7,
    brokers: [1, 2, 3].map((id) => aRegisteredBroker(id)),
    topics: [aTopic('orders')],
    orphanConfigs: [],
    deletions: [],
    reassignment: undefined,
    isrNotifications: [],
    logDirEvents: [],
    oldConsumers: [],
    newestMs: NOW_MS - 5,
    unreadable: [],
    ...fields,
  };
}

export function aPicture(
  zookeeper: Partial<ZooKeeperFacts> = {},
  fields: Partial<Picture> = {},
): Picture {
  return {
    nowMs: NOW_MS,
    bootstrap: 'b1:9092',
    zookeeperConnect: 'zk1:2181,zk2:2181,zk3:2181',
    zookeeper: { value: someZooKeeperFacts(zookeeper) },
    ensemble: HEALTHY_ENSEMBLE,
    metadata: { value: { clusterId: 'cluster', controllerId: 1, brokers: [], topics: [] } },
    brokers: [1, 2, 3].map((id) => someBrokerFacts(id)),
    progress: [],
    progressWatchMs: 3_000,
    ...fields,
  };
}
