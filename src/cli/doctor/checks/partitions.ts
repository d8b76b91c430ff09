/** Partitions: led, in sync, led by whom they should be, and with enough replicas. */
import { valueOf } from '../../inspect/broker-facts';
import type { AskedSetting } from '../../inspect/broker-facts';
import type { Picture, SeenPartition } from '../../inspect/picture';
import { liveBrokers, minInSync, seenPartitions, zookeeperOf } from '../../inspect/picture';
import { counted, named, partitionName } from '../finding';
import type { Finding } from '../finding';

const DEFAULT_IMBALANCE_PERCENT = 10;
/** What Kafka's internal topics are made with, on three brokers or more. */
const INTERNAL_REPLICATION = 3;
const INTERNAL_TOPICS: ReadonlyMap<string, AskedSetting> = new Map([
  ['__consumer_offsets', 'offsets.topic.replication.factor'],
  ['__transaction_state', 'transaction.state.log.replication.factor'],
]);

/** Of a partition that moves: what it shall have in the end. */
export function replicationFactor({ replicas, removing }: SeenPartition): number {
  return replicas.length - removing.length;
}

export function isUnderReplicated({ replicas, isr, adding }: SeenPartition): boolean {
  return replicas.some((id) => !isr.includes(id) && !adding.includes(id));
}

function places(partition: SeenPartition): string {
  const { leader, replicas, isr } = partition;
  const led = leader < 0 ? 'nobody leads' : `${String(leader)} leads`;
  return `${partitionName(partition)} (${led}, replicas ${replicas.join(',')}, ISR ${isr.join(',') || 'empty'})`;
}

function offline(picture: Picture): Finding[] {
  // Those that never had a leader are told apart, where ZooKeeper says so.
  const found = seenPartitions(picture).filter(
    ({ leader, leaderEpoch }) => leader < 0 && (leaderEpoch >= 0 || !zookeeperOf(picture)),
  );
  if (found.length === 0) return [];
  const live = new Set(liveBrokers(picture));
  const dead = [...new Set(found.flatMap(({ replicas, isr }) => (isr.length > 0 ? isr : replicas)))]
    .filter((id) => !live.has(id))
    .sort((a, b) => a - b);
  const start =
    dead.length > 0
      ? `Start broker ${dead.join(' or ')}: one of its ISR must be back.`
      : 'Its replicas are registered: the controller log says why it elects none.';
  return [
    {
      severity: 'error',
      check: 'partition-offline',
      what: `${counted(found.length, 'partition')} without a leader`,
      where: named(found.map(partitionName)),
      evidence: named(found.map(places)),
      why: 'They can be neither written nor read.',
      mend: `${start} If it is lost for good: odradek topic elect --unclean, which loses what only it had.`,
    },
  ];
}

function shortIsr(picture: Picture): Finding[] {
  const found = seenPartitions(picture).filter(
    (each) => each.leader >= 0 && isUnderReplicated(each),
  );
  if (found.length === 0) return [];
  const live = new Set(liveBrokers(picture));
  const out = found.flatMap(({ replicas, isr }) => replicas.filter((id) => !isr.includes(id)));
  const lacking = [...new Set(out)].sort((a, b) => a - b);
  const state = lacking.map((id) => `${String(id)} ${live.has(id) ? 'is up' : 'is down'}`);
  return [
    {
      severity: 'warning',
      check: 'isr-short',
      what: `${counted(found.length, 'partition')} with replicas out of sync`,
      where: named(found.map(partitionName)),
      evidence: `${named(found.map(places))}; of the replicas missing, ${state.join(', ')}`,
      why: 'Each lost replica is one fault nearer to losing records, or to refusing acks=all.',
      mend: 'Start the brokers that are down. One that is up and stays out cannot follow: see its disk, network and log.',
    },
  ];
}

function belowMinimum(picture: Picture): Finding[] {
  const minimum = minInSync(picture);
  const found = seenPartitions(picture).flatMap((each) => {
    const least = minimum(each.topic);
    const isBelow =
      least !== undefined &&
      each.leader >= 0 &&
      each.isr.length < Math.min(least.value, each.replicas.length);
    return isBelow ? [{ each, least }] : [];
  });
  if (found.length === 0) return [];
  const evidence = found.map(
    ({ each, least }) =>
      `${partitionName(each)} has ${String(each.isr.length)} in sync, ${String(Math.min(least.value, each.replicas.length))} are needed (${least.source})`,
  );
  return [
    {
      severity: 'error',
      check: 'isr-below-minimum',
      what: `${counted(found.length, 'partition')} with fewer in-sync replicas than min.insync.replicas`,
      where: named(found.map(({ each }) => partitionName(each))),
      evidence: named(evidence),
      why: 'Producers with acks=all are refused (NOT_ENOUGH_REPLICAS).',
      mend: 'Bring the replicas back that are out of sync; lowering min.insync.replicas takes their protection away.',
    },
  ];
}

function minimumTooHigh(picture: Picture): Finding[] {
  const minimum = minInSync(picture);
  const topics = new Map<string, string>();
  for (const each of seenPartitions(picture)) {
    const least = minimum(each.topic);
    const factor = replicationFactor(each);
    if (least !== undefined && least.value > factor && !topics.has(each.topic))
      topics.set(
        each.topic,
        `${partitionName(each)} has ${counted(factor, 'replica')}, min.insync.replicas is ${String(least.value)} (${least.source})`,
      );
  }
  if (topics.size === 0) return [];
  return [
    {
      severity: 'warning',
      check: 'min-isr-too-high',
      what: 'min.insync.replicas is more than there are replicas',
      where: named([...topics.keys()]),
      evidence: named([...topics.values()]),
      why: 'Kafka 3.9 and Odradek then ask for all replicas, so that each one lost stops acks=all. Older ones refuse it always.',
      mend: 'Lower it (odradek config set topic T min.insync.replicas=1) or add replicas (odradek topic reassign).',
    },
  ];
}

function imbalance(picture: Picture): Finding[] {
  const live = new Set(liveBrokers(picture));
  const name = 'leader.imbalance.per.broker.percentage';
  const settings = picture.brokers.map((each) => valueOf(each.settings)?.get(name));
  const limit = Number(settings.find((each) => each !== undefined) ?? DEFAULT_IMBALANCE_PERCENT);
  const preferred = new Map<number, { total: number; elsewhere: SeenPartition[] }>();
  for (const each of seenPartitions(picture)) {
    const [first] = each.replicas;
    // What is out of sync cannot lead: that is told elsewhere.
    if (first === undefined || !live.has(first) || !each.isr.includes(first) || each.leader < 0)
      continue;
    const count = preferred.get(first) ?? { total: 0, elsewhere: [] };
    preferred.set(first, count);
    count.total += 1;
    if (each.leader !== first) count.elsewhere.push(each);
  }
  return [...preferred].flatMap(([id, { total, elsewhere }]): Finding[] => {
    const percent = (100 * elsewhere.length) / total;
    if (percent <= limit) return [];
    return [
      {
        severity: 'warning',
        check: 'leader-imbalance',
        what: `broker ${String(id)} does not lead what it should`,
        where: `broker ${String(id)}`,
        evidence: `of ${counted(total, 'partition')} that prefer it, and have it in sync, ${String(elsewhere.length)} are led elsewhere (${percent.toFixed(0)} %, ${String(limit)} % are allowed): ${named(elsewhere.map(places))}`,
        why: 'Other brokers carry its load of produce and fetch requests.',
        mend: 'odradek topic elect --all; with auto.leader.rebalance.enable the controller does it every five minutes.',
      },
    ];
  });
}

function singleReplicas(picture: Picture): Finding[] {
  const live = liveBrokers(picture);
  const found = seenPartitions(picture).filter((each) => replicationFactor(each) === 1);
  const topics = [...new Set(found.map(({ topic }) => topic))].filter(
    (topic) => !INTERNAL_TOPICS.has(topic),
  );
  if (topics.length === 0) return [];
  return [
    {
      // With one broker there is no choice.
      severity: live.length > 1 ? 'warning' : 'note',
      check: 'replication-factor-one',
      what: `${counted(topics.length, 'topic')} with one replica`,
      where: named(topics),
      evidence: `${counted(found.length, 'partition')} with one broker each: ${named(found.map(places))}`,
      why: 'While that broker is away they cannot be used; if its disk is lost, so are they.',
      mend: 'Add replicas: odradek topic reassign T:0=1,2,3.',
    },
  ];
}

function internalReplication(picture: Picture): Finding[] {
  const live = liveBrokers(picture).length;
  return [...INTERNAL_TOPICS].flatMap(([topic, setting]): Finding[] => {
    const partitions = seenPartitions(picture).filter((each) => each.topic === topic);
    if (partitions.length === 0) return [];
    const least = Math.min(...partitions.map(replicationFactor));
    const wanted = Math.min(INTERNAL_REPLICATION, live);
    if (least >= wanted) return [];
    return [
      {
        severity: 'warning',
        check: 'internal-topic-replication',
        what: `${topic} has fewer replicas than it should`,
        where: topic,
        evidence: `${counted(least, 'replica')} of a partition, on ${counted(live, 'broker')}; ${String(INTERNAL_REPLICATION)} are usual`,
        why:
          topic === '__consumer_offsets'
            ? 'While one broker is away, groups cannot commit or join; if its disk is lost, so are their offsets.'
            : 'While one broker is away, transactions cannot be ended.',
        mend: `Add replicas: odradek topic reassign ${topic}:0=1,2,3 …; ${setting} counts only when the topic is made.`,
      },
    ];
  });
}

/** A topic without a state znode for a partition has never been led. */
function neverLed(picture: Picture): Finding[] {
  const never = (zookeeperOf(picture)?.topics ?? []).flatMap(({ partitions }) =>
    partitions.filter(({ state }) => state === undefined),
  );
  if (never.length === 0) return [];
  return [
    {
      severity: 'warning',
      check: 'partition-never-led',
      what: `${counted(never.length, 'partition')} that never had a leader`,
      where: named(never.map(partitionName)),
      evidence: 'assigned in /brokers/topics, without a state znode, or one that can be read',
      why: 'The controller has not taken them up: right after a creation that passes; otherwise none of their replicas was ever alive.',
      mend: 'Start a broker that holds a replica; if brokers are up, see the controller log.',
    },
  ];
}

export function checkPartitions(picture: Picture): Finding[] {
  const checks = [
    offline,
    neverLed,
    belowMinimum,
    shortIsr,
    minimumTooHigh,
    imbalance,
    singleReplicas,
    internalReplication,
  ];
  return checks.flatMap((check) => check(picture));
}
