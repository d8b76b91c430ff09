/** Sentences about topics and partitions. */
import type {
  PartitionStateData,
  ReplicaAssignment,
  TopicAssignment,
} from '../../../zookeeper/types';
import * as znodes from '../../../zookeeper/znodes';
import { byName } from '../paths';
import { difference, list, plainTale, tale } from './tale';
import type { Tale, Told } from './tale';

const NO_LEADER = -1;

function leaderText(leader: number): string {
  return leader === NO_LEADER ? 'none' : String(leader);
}

function stateText(state: PartitionStateData): string {
  const recovering = state.recovering ? ', recovering' : '';
  return `leader ${leaderText(state.leader)}, epoch ${String(state.leaderEpoch)}, ISR ${list(state.isr)}${recovering}`;
}

function stateDifference(before: PartitionStateData, after: PartitionStateData): string {
  const differences = [
    ...difference('leader', leaderText(before.leader), leaderText(after.leader)),
    ...difference('epoch', before.leaderEpoch, after.leaderEpoch),
    ...difference('ISR', list(before.isr), list(after.isr)),
  ];
  if (before.recovering !== after.recovering)
    differences.push(after.recovering ? 'recovering from an unclean election' : 'recovered');
  if (differences.length > 0) return differences.join(', ');
  const epochs = difference('controller epoch', before.controllerEpoch, after.controllerEpoch);
  return epochs.length > 0 ? epochs.join('') : 'written again, unchanged';
}

const partitionState = tale(
  znodes.partitionState.decode,
  ({ kind, variables, before, after }: Told<PartitionStateData>) => {
    const name = `${variables['topic'] ?? ''}-${variables['partition'] ?? ''}`;
    if (!after) return `${name}: state removed`;
    if (!before) return `${name}: ${stateText(after)}`;
    const again = kind === 'recreated' ? ' (removed and made again)' : '';
    return `${name}: ${stateDifference(before, after)}${again}`;
  },
);

/** `6 partitions, 3 replicas each`. */
function shapeOf({ partitions }: TopicAssignment): string {
  const factors = [...new Set([...partitions.values()].map(({ replicas }) => replicas.length))];
  const count = `${String(partitions.size)} partition${partitions.size === 1 ? '' : 's'}`;
  return `${count}, ${factors.sort((a, b) => a - b).join(' to ')} replica${list(factors) === '1' ? '' : 's'} each`;
}

function moveText(id: number, before: ReplicaAssignment, after: ReplicaAssignment): string[] {
  const differences = [
    ...difference('replicas', list(before.replicas), list(after.replicas)),
    ...difference('adding', list(before.adding), list(after.adding)),
    ...difference('removing', list(before.removing), list(after.removing)),
  ];
  return differences.length === 0 ? [] : [`partition ${String(id)}: ${differences.join(', ')}`];
}

function topicDifference(before: TopicAssignment, after: TopicAssignment): string {
  const added = [...after.partitions].filter(([id]) => !before.partitions.has(id));
  const removed = [...before.partitions.keys()].filter((id) => !after.partitions.has(id));
  const moves = [...before.partitions].flatMap(([id, old]) => {
    const now = after.partitions.get(id);
    return now ? moveText(id, old, now) : [];
  });
  const sizes = `${String(before.partitions.size)} → ${String(after.partitions.size)}`;
  const parts = [
    ...(added.length > 0 || removed.length > 0 ? [`partitions ${sizes}`] : []),
    ...moves,
    ...difference('topic id', before.topicId ?? 'none', after.topicId ?? 'none'),
  ];
  return parts.length > 0 ? parts.join('; ') : 'assignment written again, unchanged';
}

const topic = tale(
  znodes.topic.decode,
  ({ kind, variables, before, after }: Told<TopicAssignment>) => {
    const name = `topic ${variables['topic'] ?? ''}`;
    if (!after) return `${name} deleted`;
    if (kind === 'recreated') return `${name} deleted and created again with ${shapeOf(after)}`;
    if (!before) return `${name} created with ${shapeOf(after)}`;
    return `${name}: ${topicDifference(before, after)}`;
  },
);

const HAPPENED = {
  created: 'made',
  changed: 'written',
  deleted: 'removed',
  recreated: 'removed and made again',
};

/** Folders between a topic and the state of its partitions. */
const partitions = plainTale(
  ({ kind, variables }) => `${variables['topic'] ?? ''}: folder of partitions ${HAPPENED[kind]}`,
);
const partition = plainTale(
  ({ kind, variables }) =>
    `${variables['topic'] ?? ''}-${variables['partition'] ?? ''}: folder ${HAPPENED[kind]}`,
);

const deleteTopic = plainTale(({ kind, variables }) => {
  const name = `topic ${variables['topic'] ?? ''}`;
  return kind === 'deleted'
    ? `${name}: its deletion is done or called off`
    : `${name} is to be deleted`;
});

function partitionsText(
  all: readonly { readonly topic: string; readonly partition: number }[],
): string {
  return all
    .map((each) => `${each.topic}-${String(each.partition)}`)
    .sort(byName)
    .join(', ');
}

const reassign = tale(znodes.reassignPartitions.decode, ({ before, after }) => {
  const text = (moves: NonNullable<typeof after>): string =>
    moves
      .map((each) => `${each.topic}-${String(each.partition)} to ${list(each.replicas)}`)
      .sort(byName)
      .join('; ');
  if (!after) return 'reassignment request taken up or done';
  return before
    ? `reassignment request: left ${text(after)}`
    : `reassignment asked for: ${text(after)}`;
});

const preferred = tale(znodes.preferredReplicaElection.decode, ({ after }) =>
  after
    ? `election of preferred leaders asked for: ${partitionsText(after)}`
    : 'election of preferred leaders done',
);

const isrChange = tale(znodes.isrChangeNotification.decode, ({ after, path }) =>
  after ? `ISR changes announced: ${partitionsText(after)}` : `announcement read: ${path}`,
);

export const TOPIC_TALES: Readonly<Record<string, Tale>> = {
  [znodes.partitionState.pattern]: partitionState,
  [znodes.topic.pattern]: topic,
  [znodes.partitions.pattern]: partitions,
  [znodes.partition.pattern]: partition,
  [znodes.deleteTopic.pattern]: deleteTopic,
  [znodes.reassignPartitions.pattern]: reassign,
  [znodes.preferredReplicaElection.pattern]: preferred,
  [znodes.isrChangeNotification.pattern]: isrChange,
};
