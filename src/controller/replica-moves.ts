/**
 * Carries out moves of replicas. The topic's znode says what is on the move, so that any controller can go on.
 * In order: the znode names the replicas that come and go; those that come catch up; one write takes the ISR and
 * the leader from those that stay; the others are deleted; the znode names those that stay alone. Kafka's
 * `KafkaController.onPartitionReassignment`.
 */
import { ZooKeeperError } from '../zookeeper/errors';
import { logFailure, refreshStates, writeStates } from './partition-states';
import type { PlannedState } from './partition-states';
import type { PartitionStateMachine } from './partition-machine';
import type { ReplicaStateMachine } from './replica-machine';
import { replicasOf } from './state/context';
import type { PartitionContext, Replica } from './state/context';
import { NO_LEADER } from './state/election';
import { decideReassignmentStep, stateWithoutDropped } from './state/reassignment';
import type { DecidedMove, ReassignmentStep } from './state/reassignment';
import { originReplicas, settledOn, targetReplicas } from './state/replica-assignment';
import type { Tenure } from './tenure';

export type Move = Omit<DecidedMove<PartitionContext>, 'kind'>;

/** As for elections: only controllers write states, so conflicts end. */
const MAX_ROUNDS = 5;

export interface ReplicaMovesParts {
  readonly tenure: Tenure;
  readonly partitions: PartitionStateMachine;
  readonly replicas: ReplicaStateMachine;
  readonly onComplete: (partitions: readonly PartitionContext[]) => Promise<void>;
}

export class ReplicaMoves {
  readonly #parts: ReplicaMovesParts;
  readonly #tenure: Tenure;

  constructor(parts: ReplicaMovesParts) {
    this.#parts = parts;
    this.#tenure = parts.tenure;
  }

  /** Begins moves, and ends those that need no new replica. Gives those that were begun; others are logged. */
  async begin(moves: readonly Move[]): Promise<ReadonlySet<PartitionContext>> {
    const { context, log } = this.#tenure;
    // Before the znode forgets these replicas: no controller must meet a leader that is not assigned.
    const ready = await this.#withoutDropped(moves);
    const written = await this.#writeAssignments(ready);
    for (const { partition, assignment } of written) {
      log.info('partition reassignment', {
        partition: partition.key,
        from: partition.assignment.replicas.join(','),
        to: targetReplicas(assignment).join(','),
      });
      context.setAssignment(partition, assignment);
    }
    await this.#deleteDropped(written);
    const begun = new Set(written.map(({ partition }) => partition));
    const fresh = [...begun].filter(({ leadership }) => !leadership);
    const led = [...begun].filter(({ leadership }) => leadership);
    await this.#createFirst(fresh);
    // What could not be begun goes on as before: its leader must hear if its epoch has moved.
    const failed = ready.map(({ partition }) => partition).filter((each) => !begun.has(each));
    await this.advance([...led, ...failed.filter((each) => context.reassigning.has(each))]);
    return begun;
  }

  /** Takes the next step with each of the partitions, as far as there is one now. */
  async advance(partitions: readonly PartitionContext[]): Promise<void> {
    let open = partitions;
    const completed: PartitionContext[] = [];
    for (let round = 0; open.length > 0; round += 1) {
      if (round === MAX_ROUNDS) {
        for (const each of open) logFailure(this.#tenure, each, 'its state znode keeps changing');
        break;
      }
      const steps = new Map(open.map((each) => [each, this.stepOf(each)]));
      const { written, conflicts } = await writeStates(this.#tenure, plansOf(steps));
      const isComplete = (each: PartitionContext): boolean => steps.get(each)?.kind === 'complete';
      this.#announce(written.filter((each) => !isComplete(each)));
      completed.push(...written.filter(isComplete));
      open = await refreshStates(this.#tenure, conflicts);
    }
    if (completed.length > 0) await this.#finish(completed);
  }

  /** What the partition needs next; `undefined` while it never had a leader. */
  stepOf(partition: PartitionContext): ReassignmentStep | undefined {
    const { leadership, assignment } = partition;
    return leadership && decideReassignmentStep(assignment, leadership, this.#situation(partition));
  }

  /** Takes replicas that are dropped out of leadership and ISR; gives the moves that can go on. */
  async #withoutDropped(moves: readonly Move[]): Promise<readonly Move[]> {
    const plans = moves.flatMap(({ partition, assignment, dropped }): PlannedState[] => {
      const { leadership } = partition;
      const situation = this.#situation(partition);
      const state =
        leadership && stateWithoutDropped(leadership, { assignment, dropped }, situation);
      return state ? [{ partition, state }] : [];
    });
    const { written, conflicts } = await writeStates(this.#tenure, plans);
    await refreshStates(this.#tenure, conflicts);
    const leaderless = written.filter(({ leadership }) => leadership?.leader === NO_LEADER);
    this.#parts.partitions.enter(leaderless, 'OfflinePartition');
    const failed = new Set(plans.map(({ partition }) => partition));
    for (const partition of written) failed.delete(partition);
    return moves.filter(({ partition }) => !failed.has(partition));
  }

  /**
   * All replicas hear of the move: the leader, whom it shall take into the ISR; those that come, whom they shall
   * follow. These are new, and may be put into any log directory though another one has failed.
   */
  #announce(partitions: readonly PartitionContext[]): void {
    const batch = this.#tenure.newBatch();
    for (const partition of partitions) {
      const { assignment } = partition;
      batch.addLeaderAndIsr(originReplicas(assignment), partition);
      batch.addLeaderAndIsr(assignment.adding, partition, true);
    }
    this.#tenure.send(batch);
    this.#parts.replicas.enter(this.#inState('NonExistentReplica', partitions), 'NewReplica');
  }

  /** The state znodes name the replicas that stay: the others end. */
  async #finish(partitions: readonly PartitionContext[]): Promise<void> {
    const { context, log } = this.#tenure;
    this.#parts.replicas.enterOnline(this.#inState('NewReplica', partitions));
    const moves = partitions.map((partition) => ({
      partition,
      assignment: settledOn(targetReplicas(partition.assignment)),
      dropped: partition.assignment.removing,
    }));
    const batch = this.#tenure.newBatch();
    for (const { partition, assignment } of moves) {
      context.setAssignment(partition, assignment);
      this.#parts.partitions.comeOnline(partition);
      batch.addLeaderAndIsr(assignment.replicas, partition);
      log.info('partition reassignment is complete', {
        partition: partition.key,
        replicas: assignment.replicas.join(','),
      });
    }
    this.#tenure.send(batch);
    await this.#deleteDropped(moves, new Set(partitions));
    await this.#writeAssignments(moves);
    await this.#parts.onComplete(partitions);
  }

  /**
   * Brokers delete replicas that are no longer assigned. As with Kafka nobody waits for their answers: what a
   * broker that is away has of them stays on its disk, and is followed on from if they ever return to it.
   * Brokers have just been told of the partitions in `told`.
   */
  async #deleteDropped(
    moves: readonly Move[],
    told: ReadonlySet<PartitionContext> = new Set(),
  ): Promise<void> {
    const { replicas } = this.#parts;
    const dropped = moves.flatMap(({ partition, dropped: brokers }): Replica[] =>
      brokers.map((broker) => ({ partition, broker })),
    );
    if (dropped.length === 0) return;
    await replicas.enterOffline(dropped, told);
    replicas.startDeletion(dropped);
    replicas.enter(dropped, 'ReplicaDeletionSuccessful');
    replicas.enter(dropped, 'NonExistentReplica');
  }

  /** Partitions that never had a leader get their first one from the new replicas. */
  async #createFirst(partitions: readonly PartitionContext[]): Promise<void> {
    const { replicas } = this.#parts;
    const added = this.#inState('NonExistentReplica', partitions);
    replicas.enter(added, 'NewReplica');
    await this.#parts.partitions.bringOnline(partitions);
    replicas.enterOnline(added);
  }

  /** Writes the topics' znodes, all in flight together; gives the moves that were written. */
  async #writeAssignments(moves: readonly Move[]): Promise<readonly Move[]> {
    const byTopic = new Map<string, Move[]>();
    for (const move of moves) {
      const { name } = move.partition.topic;
      byTopic.set(name, [...(byTopic.get(name) ?? []), move]);
    }
    const written = await Promise.all(
      [...byTopic].map(async ([topic, ofTopic]) =>
        (await this.#writeTopic(topic, ofTopic)) ? ofTopic : [],
      ),
    );
    return written.flat();
  }

  async #writeTopic(topic: string, moves: readonly Move[]): Promise<boolean> {
    const { store, log, fence } = this.#tenure;
    const change = moves.map(
      ({ partition, assignment }) => [partition.partition, assignment] as const,
    );
    try {
      const written = await store.topics.changeAssignment(
        topic,
        ({ topicId, partitions }) => ({ topicId, partitions: new Map([...partitions, ...change]) }),
        fence,
      );
      if (written) return true;
      log.error('cannot read the assignment of a topic that is to be moved', { topic });
    } catch (error) {
      if (!(error instanceof ZooKeeperError) || error.code === 'SESSION_EXPIRED') throw error;
      log.error('cannot write the assignment of a topic', { topic, error: error.message });
    }
    return false;
  }

  #inState(state: 'NonExistentReplica' | 'NewReplica', partitions: readonly PartitionContext[]) {
    const { context } = this.#tenure;
    return replicasOf(partitions).filter((replica) => context.replicaState(replica) === state);
  }

  #situation(partition: PartitionContext) {
    const { context, epoch } = this.#tenure;
    const isOnline = (broker: number): boolean => context.isOnline(broker, partition);
    return { isOnline, controllerEpoch: epoch };
  }
}

function plansOf(
  steps: ReadonlyMap<PartitionContext, ReassignmentStep | undefined>,
): PlannedState[] {
  return [...steps].flatMap(([partition, step]) =>
    step === undefined || step.kind === 'wait' ? [] : [{ partition, state: step.state }],
  );
}
