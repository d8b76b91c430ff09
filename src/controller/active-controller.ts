/**
 * The controller at work, for one tenure: its parts put together, and its answers to brokers. Every method
 * runs as an event of the controller's queue. Kafka's `KafkaController` while active.
 */
import { errorCode } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '../protocol/messages/67-allocate-producer-ids';
import type { InputOf } from '../protocol/schema';
import { BrokerChanges } from './broker-changes';
import { Elections } from './elections';
import { failOver } from './failover';
import { IsrChanges } from './isr-changes';
import { PartitionStateMachine } from './partition-machine';
import { Reassignments } from './reassignments';
import { ReplicaStateMachine } from './replica-machine';
import type { Tenure } from './tenure';
import { TopicChanges } from './topic-changes';
import { TopicDeletion } from './topic-deletion';

export type ProducerIdsAnswer = InputOf<typeof AllocateProducerIdsResponse>;

export class ActiveController {
  readonly tenure: Tenure;
  readonly isrChanges: IsrChanges;
  readonly brokers: BrokerChanges;
  readonly elections: Elections;
  readonly reassignments: Reassignments;
  readonly #partitions: PartitionStateMachine;
  readonly #replicas: ReplicaStateMachine;
  readonly #deletion: TopicDeletion;
  readonly #topics: TopicChanges;

  constructor(tenure: Tenure) {
    this.tenure = tenure;
    this.#partitions = new PartitionStateMachine(tenure);
    this.#replicas = new ReplicaStateMachine(tenure);
    this.#deletion = new TopicDeletion(tenure, this.#partitions, this.#replicas);
    const parts = {
      tenure,
      partitions: this.#partitions,
      replicas: this.#replicas,
      deletion: this.#deletion,
    };
    this.reassignments = new Reassignments(parts);
    this.brokers = new BrokerChanges({ ...parts, reassignments: this.reassignments });
    this.#topics = new TopicChanges(tenure, this.#partitions, this.#replicas);
    this.elections = new Elections(tenure, this.#partitions);
    this.isrChanges = new IsrChanges(tenure, this.#partitions, this.reassignments);
    tenure.responses = {
      onLeaderAndIsr: (broker, response) => {
        tenure.put('LeaderAndIsrResponseReceived', () =>
          this.brokers.onLeaderAndIsrResponse(broker, response),
        );
      },
      onReplicasDeleted: (broker, partitions, response) => {
        tenure.put('TopicDeletionStopReplicaResponseReceived', () =>
          this.#deletion.onReplicasDeleted(broker, partitions, response),
        );
      },
      onOverflow: (broker) => tenure.put('ChannelOverflow', () => this.brokers.onOverflow(broker)),
    };
  }

  /** Topics that cannot be deleted now. */
  get stuckDeletionCount(): number {
    return this.#deletion.stuckCount;
  }

  /** Reads everything and sets it right; events wait until that is done. */
  async start(): Promise<void> {
    await failOver({
      tenure: this.tenure,
      partitions: this.#partitions,
      replicas: this.#replicas,
      deletion: this.#deletion,
      brokers: this.brokers,
      topics: this.#topics,
      elections: this.elections,
      isrChanges: this.isrChanges,
      reassignments: this.reassignments,
    });
  }

  /** Stops acting at once: nothing is sent or written any more, and no watch is listened to. */
  stop(): void {
    const { store, context } = this.tenure;
    this.tenure.end();
    store.brokers.unwatchIds();
    store.topics.unwatchNames();
    store.topics.unwatchDeletionMarks();
    store.admin.unwatchLogDirEvents();
    store.admin.unwatchIsrNotifications();
    store.admin.unwatchPreferredElection();
    store.admin.unwatchReassignment();
    for (const id of context.brokers.keys()) store.brokers.unwatchBroker(id);
    for (const topic of context.topics.keys()) store.topics.unwatchTopic(topic);
  }

  async allocateProducerIds({
    brokerId,
    brokerEpoch,
  }: AllocateProducerIdsRequest): Promise<ProducerIdsAnswer> {
    const broker = this.tenure.context.brokers.get(brokerId);
    if (!broker) return refuseProducerIds('BROKER_ID_NOT_REGISTERED');
    if (broker.epoch !== brokerEpoch) return refuseProducerIds('STALE_BROKER_EPOCH');
    const { start, end } = await this.tenure.store.producerIds.allocate(brokerId);
    return {
      throttleTimeMs: 0,
      errorCode: errorCode('NONE'),
      producerIdStart: start,
      producerIdLen: end - start + 1,
    };
  }
}

export function refuseProducerIds(error: ErrorName): ProducerIdsAnswer {
  return { throttleTimeMs: 0, errorCode: errorCode(error), producerIdStart: 0, producerIdLen: 0 };
}
