/** The whole that was seen of a cluster, from ZooKeeper and from its brokers, at one moment. */
import type { PartitionMetadata, ClusterMetadata } from '../../admin/metadata';
import type { Answer, BrokerFacts } from './broker-facts';
import { valueOf } from './broker-facts';
import type { EnsembleServer } from './ensemble';
import type { RegisteredBroker, ZooKeeperFacts } from './zookeeper-facts';

/** How far the adding replicas of a move have come, seen twice. */
export interface MoveProgress {
  readonly topic: string;
  readonly partition: number;
  readonly replica: number;
  /** End offsets of the replica, and of the leader at the end of the watch; `undefined` if not told. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly leaderEnd: number | undefined;
}

export interface Picture {
  /** By the clock of this machine, when the reading ended. */
  readonly nowMs: number;
  /** What was asked: addresses, as they were given or found. */
  readonly bootstrap: string | undefined;
  readonly zookeeperConnect: string | undefined;
  readonly zookeeper: Answer<ZooKeeperFacts>;
  readonly ensemble: readonly EnsembleServer[];
  /** From the first broker that answered. */
  readonly metadata: Answer<ClusterMetadata>;
  readonly brokers: readonly BrokerFacts[];
  readonly progress: readonly MoveProgress[];
  readonly progressWatchMs: number;
}

/** A partition from ZooKeeper, or, where that cannot be read, from a broker's metadata. */
export interface SeenPartition extends PartitionMetadata {
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

export function zookeeperOf({ zookeeper }: Picture): ZooKeeperFacts | undefined {
  return valueOf(zookeeper);
}

/** Ids of the brokers that are there, ascending: those registered, or else those that the metadata names. */
export function liveBrokers(picture: Picture): number[] {
  const registered = zookeeperOf(picture)?.brokers ?? valueOf(picture.metadata)?.brokers ?? [];
  return registered.map(({ id }) => id).sort((a, b) => a - b);
}

export function registeredBroker(picture: Picture, id: number): RegisteredBroker | undefined {
  return zookeeperOf(picture)?.brokers.find((broker) => broker.id === id);
}

/** All partitions, by topic and number; those that never had a leader have −1 and no ISR. */
export function seenPartitions(picture: Picture): SeenPartition[] {
  const facts = zookeeperOf(picture);
  if (!facts) {
    const topics = valueOf(picture.metadata)?.topics ?? [];
    return topics.flatMap(({ partitions }) =>
      partitions.map((each) => ({ ...each, adding: [], removing: [] })),
    );
  }
  const live = new Set(liveBrokers(picture));
  return facts.topics.flatMap(({ partitions }) =>
    partitions.map(({ topic, partition, replicas, adding, removing, state }) => {
      const leader = state?.leader ?? -1;
      return {
        topic,
        partition,
        // A leader that is not registered leads nobody.
        leader: live.has(leader) ? leader : -1,
        leaderEpoch: state?.leaderEpoch ?? -1,
        replicas,
        isr: state?.isr ?? [],
        adding,
        removing,
      };
    }),
  );
}

/** The `min.insync.replicas` in force for each topic, where it is known, with where it is from. */
export function minInSync(
  picture: Picture,
): (topic: string) => { readonly value: number; readonly source: string } | undefined {
  const name = 'min.insync.replicas';
  const configs = new Map(zookeeperOf(picture)?.topics.map((each) => [each.name, each.config]));
  const asked = picture.brokers.find(({ settings }) => valueOf(settings)?.has(name));
  const fromBroker = asked && valueOf(asked.settings)?.get(name);
  return (topic) => {
    const own = configs.get(topic)?.[name];
    if (own !== undefined) return { value: Number(own), source: `topic ${topic}` };
    if (asked === undefined || fromBroker === undefined) return undefined;
    return { value: Number(fromBroker), source: `broker ${String(asked.id)}` };
  };
}
