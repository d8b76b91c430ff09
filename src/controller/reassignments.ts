/**
 * Reassignments that are asked for, by request (KIP-455) or by the znode of older tools: which are taken, and when
 * those that are under way go on. `ReplicaMoves` carries them out.
 */
import type { ErrorName } from '../protocol/errors';
import { partitionKey } from '../protocol/topic-partition';
import type { PartitionReassignment } from '../zookeeper/types';
import type { PartitionStateMachine } from './partition-machine';
import { ReplicaMoves } from './replica-moves';
import type { Move } from './replica-moves';
import type { ReplicaStateMachine } from './replica-machine';
import type { PartitionContext } from './state/context';
import { decideReassignment } from './state/reassignment';
import type { DecidedMove, ReassignmentRefusal } from './state/reassignment';
import {
  isBeingReassigned,
  isSameAssignment,
  isSameList,
  targetReplicas,
} from './state/replica-assignment';
import type { Tenure } from './tenure';
import type { TopicDeletion } from './topic-deletion';

/** What is asked for one partition; `replicas` `null` cancels the move that is under way. */
export interface WantedReassignment {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[] | null;
}

export interface ReassignmentResult {
  readonly error: ErrorName;
  readonly message: string | null;
}

const STARTED: ReassignmentResult = { error: 'NONE', message: null };
const FAILED: ReassignmentResult = { error: 'UNKNOWN_SERVER_ERROR', message: null };

type Decided = ReassignmentRefusal | DecidedMove<PartitionContext>;

export interface ReassignmentParts {
  readonly tenure: Tenure;
  readonly partitions: PartitionStateMachine;
  readonly replicas: ReplicaStateMachine;
  readonly deletion: TopicDeletion;
}

export class Reassignments {
  readonly #tenure: Tenure;
  readonly #deletion: TopicDeletion;
  readonly #moves: ReplicaMoves;

  constructor(parts: ReassignmentParts) {
    this.#tenure = parts.tenure;
    this.#deletion = parts.deletion;
    this.#moves = new ReplicaMoves({
      ...parts,
      onComplete: (partitions) => this.#onComplete(partitions),
    });
  }

  /** Begins, changes or cancels moves, and says for each, in the order of `wanted`, whether; their ends come later. */
  async reassign(wanted: readonly WantedReassignment[]): Promise<readonly ReassignmentResult[]> {
    const decided = wanted.map((each) => this.#decide(each, this.#isLive));
    const moves = decided.flatMap((each) => (each.kind === 'move' ? [each] : []));
    // The last word counts: a new controller must not read an older one from the znode.
    const moved = new Set(moves.map(({ partition }) => partition.key));
    if (moves.length > 0) await this.#dropFromZnode((each) => moved.has(keyOf(each)));
    const begun = await this.#moves.begin(moves);
    return decided.map((each) => {
      if (each.kind === 'refused') return { error: each.error, message: each.message };
      return begun.has(each.partition) ? STARTED : FAILED;
    });
  }

  /** Serves `/admin/reassign_partitions` if it is there, and watches for what becomes of it. */
  async onZnode(): Promise<void> {
    const { admin } = this.#tenure.store;
    const isThere = await admin.watchReassignment(() => {
      this.#tenure.put('ZkPartitionReassignment', () => this.onZnode());
    });
    if (!isThere) return;
    const wanted = (await admin.reassignment()) ?? [];
    const decided = new Map<string, Decided>();
    // As with Kafka, replicas may move to brokers that are away: they are waited for.
    for (const each of wanted)
      decided.set(
        keyOf(each),
        this.#decide(each, () => true),
      );
    const moves = [...decided.values()].flatMap((each) => (each.kind === 'move' ? [each] : []));
    const begun = await this.#moves.begin(moves.filter((move) => !isUnderWay(move)));
    const isTaken = (each: PartitionReassignment): boolean => {
      const decision = decided.get(keyOf(each));
      if (decision?.kind !== 'move') return false;
      return begun.has(decision.partition) || isUnderWay(decision);
    };
    for (const [partition, decision] of decided) {
      if (decision.kind === 'move') continue;
      const { error, message } = decision;
      this.#tenure.log.warn('reassignment refused', { partition, error, message });
    }
    await this.#dropFromZnode((each) => !isTaken(each));
  }

  /** Goes on with what an earlier controller began. */
  async resume(): Promise<void> {
    await this.#moves.advance([...this.#tenure.context.reassigning]);
  }

  /** Brokers have come, and may not know yet that replicas move to them. */
  async onBrokersStarted(ids: readonly number[]): Promise<void> {
    const isTarget = ({ assignment }: PartitionContext): boolean =>
      targetReplicas(assignment).some((id) => ids.includes(id));
    await this.#moves.advance([...this.#tenure.context.reassigning].filter(isTarget));
  }

  /** ISRs have changed: moves of which every target replica is in sync now come to their end. */
  async onIsrChanged(partitions: readonly PartitionContext[]): Promise<void> {
    const { reassigning } = this.#tenure.context;
    const isReady = (each: PartitionContext): boolean =>
      reassigning.has(each) && this.#moves.stepOf(each)?.kind === 'complete';
    await this.#moves.advance(partitions.filter(isReady));
  }

  async #onComplete(partitions: readonly PartitionContext[]): Promise<void> {
    const reached = new Map(partitions.map(({ key, assignment }) => [key, assignment.replicas]));
    await this.#dropFromZnode((each) => isSameList(reached.get(keyOf(each)) ?? [], each.replicas));
    await this.#deletion.onReassigned();
  }

  #decide(
    { topic, partition: id, replicas }: WantedReassignment,
    isLive: (broker: number) => boolean,
  ): Decided {
    const { context } = this.#tenure;
    return decideReassignment(replicas, {
      partition: context.partition(topic, id),
      isBeingDeleted: context.isQueuedForDeletion(topic) || this.#deletion.isWaiting(topic),
      isLive,
    });
  }

  readonly #isLive = (broker: number): boolean => this.#tenure.context.isLive(broker);

  /** What is done, or will not be done; a znode without anything left to do, or unreadable, goes. */
  async #dropFromZnode(isDone: (each: PartitionReassignment) => boolean): Promise<void> {
    const { admin } = this.#tenure.store;
    const listed = await admin.reassignment();
    if (!listed) return;
    const left = listed.filter((each) => !isDone(each));
    if (left.length < listed.length || left.length === 0)
      await admin.setReassignment(left, this.#tenure.fence);
  }
}

function isUnderWay({ partition, assignment }: Move): boolean {
  return isBeingReassigned(assignment) && isSameAssignment(partition.assignment, assignment);
}

function keyOf({ topic, partition }: PartitionReassignment): string {
  return partitionKey(topic, partition);
}
