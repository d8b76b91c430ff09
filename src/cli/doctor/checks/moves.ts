/** Moves of partitions: going on, or stuck. */
import type { MoveProgress, Picture } from '../../inspect/picture';
import { zookeeperOf } from '../../inspect/picture';
import type { PartitionFacts } from '../../inspect/topic-facts';
import type { ZooKeeperFacts } from '../../inspect/zookeeper-facts';
import { counted, named, partitionName, spanOf, timeOf } from '../finding';
import type { Finding } from '../finding';

/** The controller takes requests up at once, and rewrites the znode as they end. */
const TAKEN_UP_MS = 60_000;

interface Moving extends PartitionFacts {
  readonly sinceMs: number;
}

function moving({ topics }: ZooKeeperFacts): Moving[] {
  return topics.flatMap(({ assignedMs, partitions }) =>
    partitions
      .filter(({ adding, removing }) => adding.length > 0 || removing.length > 0)
      .map((each) => ({ ...each, sinceMs: assignedMs })),
  );
}

function describeMove(each: Moving): string {
  const { adding, removing, sinceMs } = each;
  const parts = [
    ...(adding.length > 0 ? [`adding ${adding.join(',')}`] : []),
    ...(removing.length > 0 ? [`removing ${removing.join(',')}`] : []),
  ];
  return `${partitionName(each)} (${parts.join(', ')}, since ${timeOf(sinceMs)})`;
}

function towardsDead(facts: ZooKeeperFacts): Finding[] {
  const live = new Set(facts.brokers.map(({ id }) => id));
  const stuck = moving(facts).flatMap((each) => {
    const dead = each.adding.filter((id) => !live.has(id));
    return dead.length > 0 ? [{ each, dead }] : [];
  });
  if (stuck.length === 0) return [];
  const ids = [...new Set(stuck.flatMap(({ dead }) => dead))].sort((a, b) => a - b);
  return [
    {
      severity: 'error',
      check: 'reassignment-stuck',
      what: `${counted(stuck.length, 'partition')} moving to brokers that are not there`,
      where: named(stuck.map(({ each }) => partitionName(each))),
      evidence: `${named(stuck.map(({ each }) => describeMove(each)))}; there is no /brokers/ids/ of ${ids.join(', ')}`,
      why: 'Such a move cannot end: the new replica never joins the ISR, and the old ones are not released.',
      mend: `Start broker ${ids.join(', ')}, or end the move: odradek topic reassign --cancel TOPIC:PARTITION.`,
    },
  ];
}

function hasStoodStill({ before, after, leaderEnd }: MoveProgress): boolean {
  return before !== undefined && after === before && leaderEnd !== undefined && after < leaderEnd;
}

function standingStill({ progress, progressWatchMs }: Picture): Finding[] {
  const still = progress.filter(hasStoodStill);
  if (still.length === 0) return [];
  const evidence = still.map(
    (each) =>
      `${partitionName(each)} on broker ${String(each.replica)} ends at ${String(each.after)} before and after, the leader at ${String(each.leaderEnd)}`,
  );
  return [
    {
      severity: 'warning',
      check: 'reassignment-stalled',
      what: `${counted(still.length, 'new replica')} that did not get on`,
      where: named(still.map(partitionName)),
      evidence: `watched for ${spanOf(progressWatchMs)}: ${named(evidence)}`,
      why: 'The move does not end while the new replica does not catch up.',
      mend: 'See the log of the new broker for its fetcher; a throttle (follower.replication.throttled.rate) may be too low.',
    },
  ];
}

/** Not wrong in itself: the doctor says what goes on. */
function underWay(facts: ZooKeeperFacts, { progress }: Picture): Finding[] {
  const moves = moving(facts);
  if (moves.length === 0) return [];
  const told = progress.flatMap((each) =>
    each.after !== undefined && each.leaderEnd !== undefined
      ? [
          `${partitionName(each)} on broker ${String(each.replica)}: ${String(each.after)} of ${String(each.leaderEnd)}`,
        ]
      : [],
  );
  return [
    {
      severity: 'note',
      check: 'reassignment-under-way',
      what: `${counted(moves.length, 'partition')} being moved`,
      where: named(moves.map(partitionName)),
      evidence: [named(moves.map(describeMove)), ...told].join('; '),
      why: 'Moves take disk and network from clients until they end.',
      mend: 'odradek topic reassignments shows them.',
    },
  ];
}

/** A request in the znode that nobody has taken up. */
function requestNotTakenUp(facts: ZooKeeperFacts, { nowMs }: Picture): Finding[] {
  const { reassignment, topics } = facts;
  if (!reassignment) return [];
  const busy = new Set(moving(facts).map(partitionName));
  const known = new Set(topics.flatMap(({ partitions }) => partitions.map(partitionName)));
  const idle = reassignment.moves.filter((move) => !busy.has(partitionName(move)));
  const ageMs = nowMs - reassignment.createdMs;
  if (ageMs < TAKEN_UP_MS || (idle.length === 0 && reassignment.moves.length > 0)) return [];
  const unknown = idle.filter((move) => !known.has(partitionName(move)));
  const missing = unknown.length > 0 ? `; ${named(unknown.map(partitionName))} do not exist` : '';
  return [
    {
      severity: 'warning',
      check: 'reassignment-request-stale',
      what: 'a request to move partitions that nobody carries out',
      where: reassignment.path,
      evidence: `it was made ${spanOf(ageMs)} ago (${timeOf(reassignment.createdMs)}); it names ${counted(reassignment.moves.length, 'partition')}, of which ${named(idle.map(partitionName)) || 'none'} do not move${missing}`,
      why: 'While the znode is there, no tool that writes it can ask for another move.',
      mend: 'If there is a controller, delete the znode and ask again: odradek topic reassign.',
    },
  ];
}

export function checkMoves(picture: Picture): Finding[] {
  const facts = zookeeperOf(picture);
  if (!facts) return [];
  return [
    ...towardsDead(facts),
    ...standingStill(picture),
    ...requestNotTakenUp(facts, picture),
    ...underWay(facts, picture),
  ];
}
