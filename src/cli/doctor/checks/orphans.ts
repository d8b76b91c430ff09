/** Znodes that nobody needs any more, or that nobody has taken up. */
import { valueOf } from '../../inspect/broker-facts';
import type { Picture } from '../../inspect/picture';
import { zookeeperOf } from '../../inspect/picture';
import type { PendingNode, ZooKeeperFacts } from '../../inspect/zookeeper-facts';
import { counted, named, spanOf, timeOf } from '../finding';
import type { Finding } from '../finding';

/** What brokers leave for the controller it takes within seconds; a deletion needs as long as its replicas' answers. */
const TAKEN_UP_MS = 60_000;

function configsWithoutTopic({ orphanConfigs: orphans }: ZooKeeperFacts): Finding[] {
  if (orphans.length === 0) return [];
  return [
    {
      severity: 'warning',
      check: 'orphan-topic-config',
      what: `settings without a topic: ${counted(orphans.length, 'znode')}`,
      where: named(orphans.map((name) => `/config/topics/${name}`)),
      evidence: 'seen twice: these znodes are there, those below /brokers/topics are not',
      why: 'A topic of that name, made anew, would be given them.',
      mend: 'If no topic of that name is meant to come, delete the znodes.',
    },
  ];
}

function strayStates({ topics }: ZooKeeperFacts): Finding[] {
  const strays = topics.flatMap(({ name, strayPartitions }) =>
    strayPartitions.map((partition) => `/brokers/topics/${name}/partitions/${String(partition)}`),
  );
  if (strays.length === 0) return [];
  return [
    {
      severity: 'warning',
      check: 'orphan-partition-state',
      what: `${counted(strays.length, 'partition znode')} outside of the topic's assignment`,
      where: named(strays),
      evidence:
        'the znodes are there; the topic’s own znode assigns no replicas to these partitions',
      why: 'If the topic is given more partitions, the new ones would begin with an old leader and ISR.',
      mend: 'Delete these znodes before partitions are added.',
    },
  ];
}

function stuckDeletions(facts: ZooKeeperFacts, picture: Picture): Finding[] {
  const { deletions, topics, brokers } = facts;
  const live = new Set(brokers.map(({ id }) => id));
  const refuses = picture.brokers.filter(
    ({ settings }) => valueOf(settings)?.get('delete.topic.enable') === 'false',
  );
  return deletions.flatMap(({ topic, path, createdMs }): Finding[] => {
    const found = topics.find(({ name }) => name === topic);
    const replicas = (found?.partitions ?? []).flatMap((each) => [...each.replicas]);
    const dead = [...new Set(replicas)].filter((id) => !live.has(id)).sort((a, b) => a - b);
    const ageMs = picture.nowMs - createdMs;
    const reasons = [
      ...(dead.length > 0
        ? [`replicas are on brokers that are not there: ${dead.join(', ')}`]
        : []),
      ...(refuses.length > 0 ? ['delete.topic.enable is false'] : []),
    ];
    if (reasons.length === 0 && ageMs < TAKEN_UP_MS) return [];
    if (!found) reasons.push('there is no such topic');
    const start = dead.length > 0 ? `Start broker ${dead.join(', ')}: then it ends by itself.` : '';
    return [
      {
        severity: 'warning',
        check: 'deletion-stuck',
        what: `the deletion of topic ${topic} does not end`,
        where: path,
        evidence: `asked for ${spanOf(ageMs)} ago (${timeOf(createdMs)})${reasons.map((each) => `; ${each}`).join('')}`,
        why: 'The topic can be neither used nor made anew, and its replicas keep their disk.',
        mend:
          start ||
          'The controller log says what it waits for; a mark without a topic can be deleted.',
      },
    ];
  });
}

function notTakenUp(
  nodes: readonly PendingNode[],
  nowMs: number,
  what: string,
  why: string,
): Finding[] {
  const old = nodes.filter(({ createdMs }) => nowMs - createdMs >= TAKEN_UP_MS);
  const [first] = old;
  if (!first) return [];
  return [
    {
      severity: 'warning',
      check: 'notification-stale',
      what,
      where: named(old.map(({ path }) => path)),
      evidence: `${counted(old.length, 'znode')}; the first was written ${spanOf(nowMs - first.createdMs)} ago (${timeOf(first.createdMs)})`,
      why,
      mend: 'The controller takes them as soon as it works: see that there is one. They are read by no one else.',
    },
  ];
}

function staleNotifications(facts: ZooKeeperFacts, { nowMs }: Picture): Finding[] {
  return [
    ...notTakenUp(
      facts.isrNotifications,
      nowMs,
      'ISR changes that the controller has not taken up',
      'Brokers other than the leaders do not know the new ISRs.',
    ),
    ...notTakenUp(
      facts.logDirEvents,
      nowMs,
      'failed log directories that the controller has not taken up',
      'Partitions in those directories may be left without a leader.',
    ),
  ];
}

function oldConsumers({ oldConsumers: groups }: ZooKeeperFacts): Finding[] {
  if (groups.length === 0) return [];
  return [
    {
      severity: 'note',
      check: 'offsets-in-zookeeper',
      what: `${counted(groups.length, 'group')} with znodes of consumers from before 0.9`,
      where: named(groups.map((name) => `/consumers/${name}`)),
      evidence: 'children of /consumers',
      why: 'Only clients that commit with OffsetCommit version 0 use them; mostly they are left over.',
      mend: 'If no such client is left, delete them.',
    },
  ];
}

function unreadable({ unreadable: found }: ZooKeeperFacts): Finding[] {
  if (found.length === 0) return [];
  return [
    {
      severity: 'error',
      check: 'znode-unreadable',
      what: `${counted(found.length, 'znode')} that do not hold what belongs there`,
      where: named(found.map(({ path }) => path)),
      evidence: named(found.map(({ message }) => message)),
      why: 'Brokers leave out, or refuse, what they cannot read: the topic, broker or setting in it does not count.',
      mend: 'Write what belongs there: odradek znode explain PATH says what that is.',
    },
  ];
}

export function checkOrphans(picture: Picture): Finding[] {
  const facts = zookeeperOf(picture);
  if (!facts) return [];
  return [
    ...unreadable(facts),
    ...stuckDeletions(facts, picture),
    ...configsWithoutTopic(facts),
    ...strayStates(facts),
    ...staleNotifications(facts, picture),
    ...oldConsumers(facts),
  ];
}
