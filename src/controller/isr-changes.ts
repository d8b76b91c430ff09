/** Leaders change their ISRs, by AlterPartition (KIP-497). Kafka's `KafkaController.processAlterPartition`. */
import { errorCode } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type {
  AlterPartitionRequest,
  AlterPartitionResponse,
} from '../protocol/messages/56-alter-partition';
import type { InputOf } from '../protocol/schema';
import type { PartitionState } from '../zookeeper/types';
import { refreshStates, writeStates } from './partition-states';
import type { PartitionStateMachine } from './partition-machine';
import { decideIsrChange } from './state/alter-partition';
import type { IsrChange, IsrChangeDecision } from './state/alter-partition';
import type { PartitionContext } from './state/context';
import type { Reassignments } from './reassignments';
import type { Tenure } from './tenure';
import { isRecoveringCode, recoveryStateCode } from './wire';

export type AlterPartitionAnswer = InputOf<typeof AlterPartitionResponse>;
type TopicRequest = AlterPartitionRequest['topics'][number];
type PartitionRequest = TopicRequest['partitions'][number];
type PartitionAnswer = AlterPartitionAnswer['topics'][number]['partitions'][number];

/** From this version on topics are named by id. */
const TOPIC_IDS_SINCE = 2;
/**
 * From this version on ISR members carry broker epochs. Kafka's leaders send none (−1) with ZooKeeper; ours send
 * that of a new member. If it has come back since, its log may not be what it was when it caught up.
 */
const ISR_EPOCHS_SINCE = 3;
const UNKNOWN_BROKER_EPOCH = -1;

/** One partition of a request, and what was decided about it. */
interface Decided {
  readonly request: PartitionRequest;
  readonly partition: PartitionContext | undefined;
  readonly decision: IsrChangeDecision | { readonly kind: 'refused'; readonly error: ErrorName };
}

interface Sender {
  readonly id: number;
  readonly version: number;
}

export class IsrChanges {
  readonly #tenure: Tenure;
  readonly #partitions: PartitionStateMachine;
  readonly #reassignments: Reassignments;

  constructor(tenure: Tenure, partitions: PartitionStateMachine, reassignments: Reassignments) {
    this.#tenure = tenure;
    this.#partitions = partitions;
    this.#reassignments = reassignments;
  }

  async alterPartition(
    request: AlterPartitionRequest,
    version: number,
  ): Promise<AlterPartitionAnswer> {
    const { context } = this.#tenure;
    if (context.brokers.get(request.brokerId)?.epoch !== request.brokerEpoch) {
      return refuseAlterPartition('STALE_BROKER_EPOCH');
    }
    const sender = { id: request.brokerId, version };
    const decided = request.topics.map((topic) => this.#decideTopic(topic, sender));
    const answers = await this.#write(decided.flat(), sender);
    return {
      throttleTimeMs: 0,
      errorCode: errorCode('NONE'),
      topics: request.topics.map(({ topicName, topicId }, position) => ({
        topicName,
        topicId,
        partitions: (decided[position] ?? []).map((each) => answers.get(each) ?? answerOf(each)),
      })),
    };
  }

  /** Leaders of an inter-broker protocol before 2.7 wrote their ISR themselves, and tell by a znode. */
  async onIsrNotifications(): Promise<void> {
    const { store, context } = this.#tenure;
    const { nodes, partitions } = await store.admin.isrNotifications();
    if (nodes.length === 0) return;
    const known = partitions.flatMap(
      ({ topic, partition }) => context.partition(topic, partition) ?? [],
    );
    await refreshStates(this.#tenure, known);
    this.#tellReassignments(known);
    this.#tenure.sendMetadata(context.brokers.keys(), known);
    await store.admin.deleteIsrNotifications(nodes, this.#tenure.fence);
  }

  #decideTopic(topic: TopicRequest, sender: Sender): Decided[] {
    const { context } = this.#tenure;
    const isById = sender.version >= TOPIC_IDS_SINCE;
    const known = context.topics.get(
      isById ? (context.topicName(topic.topicId) ?? '') : topic.topicName,
    );
    if (isById && !known) {
      const decision = { kind: 'refused', error: 'UNKNOWN_TOPIC_ID' } as const;
      return topic.partitions.map((request) => ({ request, partition: undefined, decision }));
    }
    return topic.partitions.map((request) => {
      const partition = known?.partitions.get(request.partitionIndex);
      return { request, partition, decision: this.#decide(request, partition, sender) };
    });
  }

  #decide(
    request: PartitionRequest,
    partition: PartitionContext | undefined,
    { id, version }: Sender,
  ): IsrChangeDecision {
    const { context, epoch } = this.#tenure;
    const isDeleted = partition !== undefined && context.isQueuedForDeletion(partition.topic.name);
    return decideIsrChange(changeOf(request, version), {
      sender: id,
      version,
      controllerEpoch: epoch,
      current: isDeleted ? undefined : partition?.leadership,
      replicas: partition?.assignment.replicas ?? [],
      isLive: (broker, brokerEpoch = context.brokers.get(broker)?.epoch) =>
        context.isLive(broker) && context.brokers.get(broker)?.epoch === brokerEpoch,
    });
  }

  /**
   * Writes what was decided, and tells all brokers the new ISRs; the leader itself learns by the answer.
   * Gives the answers of those partitions for which it was tried.
   */
  async #write(
    decided: readonly Decided[],
    sender: Sender,
  ): Promise<ReadonlyMap<Decided, PartitionAnswer>> {
    const tried = decided.flatMap((each) =>
      each.partition && each.decision.kind === 'write'
        ? [{ each, partition: each.partition, state: each.decision.state }]
        : [],
    );
    const { written, conflicts } = await writeStates(this.#tenure, tried);
    const isWritten = new Set(written);
    if (written.length > 0) this.#tenure.sendMetadata(this.#tenure.context.brokers.keys(), written);
    const readable = new Set(await refreshStates(this.#tenure, conflicts));
    const answers = new Map<Decided, PartitionAnswer>();
    const edited: PartitionContext[] = [];
    for (const { each, partition } of tried) {
      const index = each.request.partitionIndex;
      if (isWritten.has(partition) && partition.leadership) {
        answers.set(each, stateAnswer(index, partition.leadership));
      } else if (readable.has(partition)) {
        // Either this very change, whose answer from ZooKeeper was lost, or somebody edited the znode.
        const decision = this.#decide(each.request, partition, sender);
        if (decision.kind !== 'unchanged') edited.push(partition);
        answers.set(each, answerOf({ ...each, decision }));
      } else answers.set(each, refusal(index, 'UNKNOWN_SERVER_ERROR'));
    }
    // The leader would wait for ever for a state that it can go on from: a new leader epoch gives it one.
    await this.#partitions.bringOnline(edited);
    this.#tellReassignments(written);
    return answers;
  }

  /** As an event of its own: the leader shall not wait for its answer until a move has been carried out. */
  #tellReassignments(changed: readonly PartitionContext[]): void {
    const { reassigning } = this.#tenure.context;
    const moving = changed.filter((each) => reassigning.has(each));
    if (moving.length === 0) return;
    this.#tenure.put('PartitionReassignmentIsrChange', () =>
      this.#reassignments.onIsrChanged(moving),
    );
  }
}

/** An answer to the request as a whole. */
export function refuseAlterPartition(error: ErrorName): AlterPartitionAnswer {
  return { throttleTimeMs: 0, errorCode: errorCode(error), topics: [] };
}

function changeOf(request: PartitionRequest, version: number): IsrChange {
  const members =
    version >= ISR_EPOCHS_SINCE
      ? request.newIsrWithEpochs
      : request.newIsr.map((brokerId) => ({ brokerId, brokerEpoch: UNKNOWN_BROKER_EPOCH }));
  const told = members.filter(({ brokerEpoch }) => brokerEpoch !== UNKNOWN_BROKER_EPOCH);
  return {
    isr: members.map(({ brokerId }) => brokerId),
    brokerEpochs: new Map(told.map(({ brokerId, brokerEpoch }) => [brokerId, brokerEpoch])),
    leaderEpoch: request.leaderEpoch,
    partitionEpoch: request.partitionEpoch,
    recovering: isRecoveringCode(request.leaderRecoveryState),
  };
}

function answerOf({ request, decision }: Decided): PartitionAnswer {
  const index = request.partitionIndex;
  if (decision.kind === 'refused') return refusal(index, decision.error);
  if (decision.kind === 'unchanged') return stateAnswer(index, decision.state);
  return refusal(index, 'UNKNOWN_SERVER_ERROR');
}

function stateAnswer(partitionIndex: number, state: PartitionState): PartitionAnswer {
  return {
    partitionIndex,
    errorCode: errorCode('NONE'),
    leaderId: state.leader,
    leaderEpoch: state.leaderEpoch,
    isr: state.isr,
    leaderRecoveryState: recoveryStateCode(state.recovering),
    partitionEpoch: state.zkVersion,
  };
}

function refusal(partitionIndex: number, error: ErrorName): PartitionAnswer {
  return {
    partitionIndex,
    errorCode: errorCode(error),
    leaderId: 0,
    leaderEpoch: 0,
    isr: [],
    partitionEpoch: 0,
  };
}
