/**
 * A new controller's first work: everything it must know is read from ZooKeeper, in parallel, and then set
 * right for the brokers that are alive now. Kafka's `KafkaController.onControllerFailover`.
 */
import type { BrokerChanges } from './broker-changes';
import type { Elections } from './elections';
import type { IsrChanges } from './isr-changes';
import type { Elect, PartitionStateMachine } from './partition-machine';
import { nameOf } from './partition-states';
import type { ReplicaStateMachine } from './replica-machine';
import type { Reassignments } from './reassignments';
import { replicasOf } from './state/context';
import type { PartitionContext, Replica } from './state/context';
import { electAfterReturn } from './state/unseen-return';
import type { Tenure } from './tenure';
import type { TopicChanges } from './topic-changes';
import type { TopicDeletion } from './topic-deletion';

export interface FailoverParts {
  readonly tenure: Tenure;
  readonly partitions: PartitionStateMachine;
  readonly replicas: ReplicaStateMachine;
  readonly deletion: TopicDeletion;
  readonly brokers: BrokerChanges;
  readonly topics: TopicChanges;
  readonly elections: Elections;
  readonly isrChanges: IsrChanges;
  readonly reassignments: Reassignments;
}

export async function failOver(parts: FailoverParts): Promise<void> {
  const { tenure } = parts;
  const { context, store, clock } = tenure;
  const startMs = clock.monotonicMs();
  await enableFeatures(tenure);
  watchEverything(parts);
  await Promise.all([dropOldNotifications(tenure), readBrokers(parts)]);
  const partitions = await parts.topics.readTopics(await store.topics.names());
  const writtenAt = await readLeadership(tenure, partitions);
  for (const topic of await parts.deletion.readMarks()) parts.deletion.enqueue(topic);
  // A broker that came while there was no controller knows nobody, and could follow nobody.
  tenure.sendBrokerList();
  const { online, offline } = initialiseStates(parts, partitions);
  // Before anybody else is elected: who came back unseen must not be.
  const moved = await passOverReturned(parts, partitions, writtenAt);
  // Partitions without a leader first: they are what clients wait for.
  const elected = await parts.partitions.bringOnline(context.leaderless);
  const staying = offline.filter(
    ({ partition }) => !context.isQueuedForDeletion(partition.topic.name),
  );
  await parts.replicas.enterOffline(staying, new Set([...moved, ...elected]));
  parts.replicas.enterOnline(online);
  // What was on the move already first: what the znode adds to it is then told apart.
  await parts.reassignments.resume();
  await parts.reassignments.onZnode();
  await parts.deletion.resume(context.queuedForDeletion);
  await parts.elections.onPreferredElection();
  parts.elections.scheduleRebalance();
  tenure.log.info('controller is active', {
    controllerEpoch: tenure.epoch,
    brokers: context.brokers.size,
    topics: context.topics.size,
    partitions: partitions.length,
    tookMs: Math.round(clock.monotonicMs() - startMs),
  });
}

/** Brokers of a cluster with ZooKeeper finalize no features, but they expect the znode. */
async function enableFeatures({ store }: Tenure): Promise<void> {
  const known = await store.cluster.features();
  if (known?.enabled) return;
  await store.cluster.writeFeatures({ enabled: true, features: known?.features ?? new Map() });
}

/** Watches are armed by the reads that follow. */
function watchEverything({ tenure, brokers, topics, deletion, isrChanges }: FailoverParts): void {
  const { store } = tenure;
  store.brokers.watchIds(() => tenure.put('BrokerChange', () => brokers.onBrokerChange()));
  store.topics.watchNames(() => tenure.put('TopicChange', () => topics.onTopicChange()));
  store.topics.watchDeletionMarks(() => tenure.put('TopicDeletion', () => deletion.onMarks()));
  store.admin.watchLogDirEvents(() =>
    tenure.put('LogDirEventNotification', () => brokers.onLogDirEvents()),
  );
  store.admin.watchIsrNotifications(() =>
    tenure.put('IsrChangeNotification', () => isrChanges.onIsrNotifications()),
  );
}

/** What happened before is in what is read now. */
async function dropOldNotifications(tenure: Tenure): Promise<void> {
  const { admin } = tenure.store;
  const [logDirs, isrs] = await Promise.all([admin.logDirEvents(), admin.isrNotifications()]);
  await admin.deleteLogDirEvents(logDirs.nodes, tenure.fence);
  await admin.deleteIsrNotifications(isrs.nodes, tenure.fence);
}

async function readBrokers({ tenure, brokers }: FailoverParts): Promise<void> {
  for (const broker of (await tenure.store.brokers.all()).values()) {
    tenure.context.setBroker(broker);
    tenure.channels.add(broker.id);
  }
  await Promise.all([...tenure.context.brokers.keys()].map((id) => brokers.watchBroker(id)));
}

/** Gives the zxids at which the states were written. */
async function readLeadership(
  tenure: Tenure,
  partitions: readonly PartitionContext[],
): Promise<ReadonlyMap<PartitionContext, number>> {
  const stored = await tenure.store.partitions.storedStates(partitions.map(nameOf));
  const writtenAt = new Map<PartitionContext, number>();
  for (const partition of partitions) {
    const found = stored.get(partition.key);
    if (!found) continue;
    tenure.context.setLeadership(partition, found.state);
    writtenAt.set(partition, found.mzxid);
  }
  return writtenAt;
}

/**
 * Treats brokers that went and came back before this controller looked as if it had seen them go: they lose
 * what they led and leave the ISRs, unless nobody else stayed. Gives the partitions that were written.
 */
async function passOverReturned(
  { tenure, partitions: machine }: FailoverParts,
  partitions: readonly PartitionContext[],
  writtenAt: ReadonlyMap<PartitionContext, number>,
): Promise<ReadonlySet<PartitionContext>> {
  const { context, log } = tenure;
  const elect: Elect = (partition, { leader, isr }) => {
    const zxid = writtenAt.get(partition) ?? Infinity;
    return electAfterReturn({
      assignment: partition.assignment.replicas,
      isr,
      leader,
      isOnline: (broker) => context.isOnline(broker, partition),
      hasReturned: (broker) => (context.brokers.get(broker)?.epoch ?? 0) > zxid,
    });
  };
  const concerned = partitions.filter(
    (partition) =>
      partition.leadership !== undefined &&
      !context.isQueuedForDeletion(partition.topic.name) &&
      elect(partition, partition.leadership) !== undefined,
  );
  if (concerned.length === 0) return new Set();
  log.warn('brokers came back while there was no controller: new epochs for what they led', {
    partitions: concerned.length,
  });
  return machine.electLeaders(concerned, () => elect);
}

/** Where everything stands, as far as the znodes and the list of brokers tell. */
function initialiseStates(
  parts: FailoverParts,
  partitions: readonly PartitionContext[],
): { readonly online: readonly Replica[]; readonly offline: readonly Replica[] } {
  const { context } = parts.tenure;
  for (const partition of partitions) {
    const { leadership } = partition;
    if (!leadership) parts.partitions.initialise(partition, 'NewPartition');
    else {
      const isLed = context.isOnline(leadership.leader, partition);
      parts.partitions.initialise(partition, isLed ? 'OnlinePartition' : 'OfflinePartition');
    }
  }
  const replicas = replicasOf(partitions);
  const isOnline = ({ broker, partition }: Replica): boolean => context.isOnline(broker, partition);
  const online = replicas.filter(isOnline);
  const offline = replicas.filter((replica) => !isOnline(replica));
  for (const replica of online) parts.replicas.initialise(replica, 'OnlineReplica');
  for (const replica of offline) parts.replicas.initialise(replica, 'ReplicaDeletionIneligible');
  return { online, offline };
}
