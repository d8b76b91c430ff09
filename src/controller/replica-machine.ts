/**
 * Moves replicas between their states: tells brokers to serve, stop or delete them, and takes replicas that
 * went away out of the ISR. Kafka's `ZkReplicaStateMachine`.
 */
import type { PartitionContext, Replica } from './state/context';
import { stateWithoutReplica } from './state/election';
import type { RequestBatch } from './state/request-batch';
import { mayReplicaEnter } from './state/transitions';
import type { ReplicaStateName } from './state/transitions';
import { isWritable, refreshStates, writeStates } from './partition-states';
import type { PlannedState } from './partition-states';
import type { Tenure } from './tenure';

/** As for elections: only controllers write states, so conflicts end. */
const MAX_SHRINK_ROUNDS = 5;

export class ReplicaStateMachine {
  readonly #tenure: Tenure;

  constructor(tenure: Tenure) {
    this.#tenure = tenure;
  }

  /** The states that are in memory only. */
  enter(
    replicas: Iterable<Replica>,
    target: Exclude<
      ReplicaStateName,
      'OnlineReplica' | 'OfflineReplica' | 'ReplicaDeletionStarted'
    >,
  ): void {
    this.#move(replicas, target);
  }

  /** Sets a state found at fail-over, when there is none before it. */
  initialise(replica: Replica, state: ReplicaStateName): void {
    this.#tenure.context.setReplicaState(replica, state);
  }

  /** Sends each broker the full state of its replicas. A new one has just been told. */
  enterOnline(replicas: Iterable<Replica>): void {
    const batch = this.#tenure.newBatch();
    for (const { replica, from } of this.#move(replicas, 'OnlineReplica')) {
      const { broker, partition } = replica;
      if (from !== 'NewReplica' && partition.leadership) batch.addLeaderAndIsr([broker], partition);
    }
    this.#tenure.send(batch);
  }

  /**
   * Stops the replicas, takes them out of the ISR, and tells the brokers that are left. All brokers hear that
   * the replicas are offline, unless the partition was in a batch just before (`told`).
   */
  async enterOffline(
    replicas: Iterable<Replica>,
    told: ReadonlySet<PartitionContext> = new Set(),
  ): Promise<void> {
    const { context } = this.#tenure;
    const batch = this.#tenure.newBatch();
    const byBroker = new Map<number, PartitionContext[]>();
    for (const { replica } of this.#move(replicas, 'OfflineReplica')) {
      const { broker, partition } = replica;
      batch.addStopReplica(broker, partition, false);
      // A topic that is being deleted is past elections: its state znodes are about to go.
      if (context.isQueuedForDeletion(partition.topic.name)) continue;
      if (!told.has(partition)) batch.addUpdateMetadata(context.brokers.keys(), [partition]);
      const partitions = byBroker.get(broker);
      if (partitions) partitions.push(partition);
      else byBroker.set(broker, [partition]);
    }
    // One broker after another: two replicas of one partition are two versions of its state.
    for (const [broker, partitions] of byBroker) await this.#shrinkIsr(broker, partitions, batch);
    this.#tenure.send(batch);
  }

  /** Has the brokers delete the replicas; their answers move them on. */
  startDeletion(replicas: Iterable<Replica>): void {
    const batch = this.#tenure.newBatch();
    for (const { replica } of this.#move(replicas, 'ReplicaDeletionStarted')) {
      batch.addStopReplica(replica.broker, replica.partition, true);
    }
    this.#tenure.send(batch);
  }

  async #shrinkIsr(
    broker: number,
    partitions: readonly PartitionContext[],
    batch: RequestBatch,
  ): Promise<void> {
    let open = partitions;
    for (let round = 0; open.length > 0 && round < MAX_SHRINK_ROUNDS; round += 1) {
      const { written, conflicts } = await writeStates(this.#tenure, this.#plans(broker, open));
      for (const partition of written) {
        const others = partition.assignment.replicas.filter((other) => other !== broker);
        batch.addLeaderAndIsr(others, partition);
      }
      open = await refreshStates(this.#tenure, conflicts);
    }
  }

  #plans(broker: number, partitions: readonly PartitionContext[]): PlannedState[] {
    return partitions.flatMap((partition) => {
      const { leadership } = partition;
      if (!leadership || !isWritable(this.#tenure, partition, leadership)) return [];
      const state = stateWithoutReplica(leadership, broker, this.#tenure.epoch);
      return state ? [{ partition, state }] : [];
    });
  }

  #move(
    replicas: Iterable<Replica>,
    target: ReplicaStateName,
  ): readonly { readonly replica: Replica; readonly from: ReplicaStateName }[] {
    const { context, stateChanges } = this.#tenure;
    const moved: { replica: Replica; from: ReplicaStateName }[] = [];
    for (const replica of replicas) {
      const from = context.replicaState(replica);
      if (!mayReplicaEnter(target, from)) {
        stateChanges.noteFailure(replica, `cannot go from ${from} to ${target}`);
        continue;
      }
      context.setReplicaState(replica, target);
      stateChanges.noteTransition(replica, from, target);
      moved.push({ replica, from });
    }
    return moved;
  }
}
