/**
 * Brokers come, go, come back, change their listeners, lose disks and shut down: what follows for the
 * partitions on them. Touches only these, by the context's index from broker to partitions.
 * Kafka's `KafkaController.onBrokerStartup`, `onBrokerFailure` and `doControlledShutdown`.
 */
import { errorName } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type { LeaderAndIsrResponse } from '../protocol/messages/04-leader-and-isr';
import type { BrokerInfo } from '../zookeeper/types';
import { decideBrokerChange } from './state/broker-change';
import type { PartitionContext, Replica } from './state/context';
import { electForShutdown } from './state/election';
import type { PartitionStateMachine } from './partition-machine';
import type { ReassignmentParts, Reassignments } from './reassignments';
import type { ReplicaStateMachine } from './replica-machine';
import type { TopicDeletion } from './topic-deletion';
import type { Tenure } from './tenure';

export interface ShutdownResult {
  readonly error: ErrorName;
  /** Replicated partitions that the broker still leads: it asks again. */
  readonly remaining: readonly PartitionContext[];
}

/** What a broker older than KIP-380 sends for its epoch. */
const UNKNOWN_BROKER_EPOCH = -1;

export interface BrokerChangesParts extends ReassignmentParts {
  readonly reassignments: Reassignments;
}

export class BrokerChanges {
  readonly #tenure: Tenure;
  readonly #partitions: PartitionStateMachine;
  readonly #replicas: ReplicaStateMachine;
  readonly #deletion: TopicDeletion;
  readonly #reassignments: Reassignments;

  constructor(parts: BrokerChangesParts) {
    this.#tenure = parts.tenure;
    this.#partitions = parts.partitions;
    this.#replicas = parts.replicas;
    this.#deletion = parts.deletion;
    this.#reassignments = parts.reassignments;
  }

  /** The children of `/brokers/ids` changed; a broker that bounced is told by its epoch. */
  async onBrokerChange(): Promise<void> {
    const { context, channels, log, store } = this.#tenure;
    const { added, bounced, gone } = decideBrokerChange(context.brokers, await store.brokers.all());
    if (added.length + bounced.length + gone.length === 0) return;
    const ids = (brokers: readonly BrokerInfo[]): string => brokers.map(({ id }) => id).join(',');
    log.info('brokers changed', { added: ids(added), bounced: ids(bounced), gone: gone.join(',') });
    const returned = bounced.map(({ id }) => id);
    for (const broker of [...returned, ...gone]) channels.remove(broker);
    for (const { id } of [...added, ...bounced]) channels.add(id);
    await this.#startUp(added);
    this.#forget(returned);
    await this.#failed(returned);
    await this.#startUp(bounced);
    this.#forget(gone);
    await this.#failed(gone);
  }

  /** The data of a broker's registration changed. */
  async onBrokerModification(id: number): Promise<void> {
    const { context, store } = this.#tenure;
    const known = context.brokers.get(id);
    const info = await store.brokers.broker(id);
    // Gone or registered anew: an event of its own follows.
    if (!known || !info || info.epoch !== known.epoch) return;
    if (JSON.stringify(info.endpoints) === JSON.stringify(known.endpoints)) return;
    context.setBroker(info);
    this.#tenure.log.info('broker changed its listeners', { broker: id });
    this.#tenure.sendBrokerList();
  }

  async watchBroker(id: number): Promise<void> {
    await this.#tenure.store.brokers.watchBroker(id, () => {
      this.#tenure.put('BrokerModifications', () => this.onBrokerModification(id));
    });
  }

  /** A broker answered LeaderAndIsr: it says which replicas lie in a failed log directory. */
  async onLeaderAndIsrResponse(broker: number, response: LeaderAndIsrResponse): Promise<void> {
    const { context } = this.#tenure;
    const failed: Replica[] = [];
    for (const { topicId, partitionErrors } of response.topics) {
      const topic = context.topics.get(context.topicName(topicId) ?? '');
      for (const { partitionIndex, errorCode } of partitionErrors) {
        const partition = topic?.partitions.get(partitionIndex);
        if (!partition) continue;
        const error = errorName(errorCode);
        if (error === 'NONE') context.clearOfflineDir(broker, partition);
        if (error !== 'KAFKA_STORAGE_ERROR' || !context.isReachable(broker, partition)) continue;
        context.markOfflineDir(broker, partition);
        failed.push({ partition, broker });
      }
    }
    const led = failed.filter(({ partition }) => partition.leadership?.leader === broker);
    if (failed.length > 0)
      await this.#becomeOffline(
        failed,
        led.map(({ partition }) => partition),
      );
  }

  /** Brokers announced that a log directory failed: their answers to LeaderAndIsr tell which replicas it held. */
  async onLogDirEvents(): Promise<void> {
    const { store, log, context } = this.#tenure;
    const { nodes, brokerIds } = await store.admin.logDirEvents();
    if (nodes.length === 0) return;
    log.warn('log directories failed', { brokers: brokerIds.join(',') });
    const replicas = brokerIds
      .filter((id) => context.brokers.has(id))
      .flatMap((id) => this.#replicasOn(id));
    this.#replicas.enterOnline(
      replicas.filter(({ partition }) => !context.isQueuedForDeletion(partition.topic.name)),
    );
    await store.admin.deleteLogDirEvents(nodes, this.#tenure.fence);
  }

  /** A broker wants to stop: its leaders move, and it leaves the ISRs (Kafka's `doControlledShutdown`). */
  async shutDown(id: number, epoch: number): Promise<ShutdownResult> {
    const { context, log } = this.#tenure;
    const broker = context.brokers.get(id);
    if (!broker) return { error: 'BROKER_NOT_AVAILABLE', remaining: [] };
    if (epoch !== UNKNOWN_BROKER_EPOCH && epoch < broker.epoch)
      return { error: 'STALE_BROKER_EPOCH', remaining: [] };
    context.markShuttingDown(id);
    log.info('broker is shutting down', { broker: id });
    const affected = [...context.partitionsOn(id)].filter((partition) =>
      this.#isReplicated(partition),
    );
    const led = affected.filter(({ leadership }) => leadership?.leader === id);
    const followed = affected.filter(({ leadership }) => leadership?.leader !== id);
    await this.#moveLeaders(led);
    // It stops fetching before it leaves the ISR, so that no leader takes it back.
    const batch = this.#tenure.newBatch();
    for (const partition of followed) batch.addStopReplica(id, partition, false);
    this.#tenure.send(batch);
    await this.#replicas.enterOffline(followed.map((partition) => ({ partition, broker: id })));
    return { error: 'NONE', remaining: led.filter(({ leadership }) => leadership?.leader === id) };
  }

  /** What waited for the broker was dropped: it is told everything anew, as if it had just come. */
  async onOverflow(id: number): Promise<void> {
    const info = this.#tenure.context.brokers.get(id);
    if (!info) return;
    this.#deletion.fail(this.#replicasOn(id));
    await this.#startUp([info]);
  }

  /** Brokers are there: they learn all leaders, then what they shall lead and follow. */
  async #startUp(brokers: readonly BrokerInfo[]): Promise<void> {
    if (brokers.length === 0) return;
    const { context } = this.#tenure;
    const ids = brokers.map(({ id }) => id);
    for (const broker of brokers) context.setBroker(broker);
    this.#tenure.sendBrokerList([...context.brokers.keys()].filter((id) => !ids.includes(id)));
    this.#tenure.sendMetadata(ids, this.#ledPartitions());
    const replicas = ids.flatMap((id) => this.#replicasOn(id));
    this.#replicas.enterOnline(replicas);
    await this.#partitions.bringOnline(this.#leaderlessAmong(replicas));
    await this.#reassignments.onBrokersStarted(ids);
    await this.#deletion.retry(replicas);
    await Promise.all(ids.map((id) => this.watchBroker(id)));
  }

  #forget(ids: readonly number[]): void {
    for (const id of ids) this.#tenure.context.removeBroker(id);
  }

  async #failed(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    for (const id of ids) this.#tenure.store.brokers.unwatchBroker(id);
    const led = ids.flatMap((id) => [...this.#tenure.context.partitionsLedBy(id)]);
    await this.#becomeOffline(
      ids.flatMap((id) => this.#replicasOn(id)),
      led,
    );
  }

  /** Replicas can no longer be used: first new leaders for those of `led`, then smaller ISRs. */
  async #becomeOffline(
    replicas: readonly Replica[],
    led: readonly PartitionContext[],
  ): Promise<void> {
    const { context } = this.#tenure;
    const isDeleted = (partition: PartitionContext): boolean =>
      context.isQueuedForDeletion(partition.topic.name);
    const leaderless = led.filter((partition) => !isDeleted(partition));
    this.#partitions.enter(leaderless, 'OfflinePartition');
    const elected = await this.#partitions.bringOnline(leaderless);
    const staying = replicas.filter(({ partition }) => !isDeleted(partition));
    await this.#replicas.enterOffline(staying, elected);
    this.#deletion.fail(replicas);
    // Otherwise the brokers have heard of it together with the partitions.
    if (staying.length === 0) this.#tenure.sendBrokerList();
  }

  async #moveLeaders(led: readonly PartitionContext[]): Promise<void> {
    const { context } = this.#tenure;
    await this.#partitions.electLeaders(led, () => (partition, { isr }) => {
      const isOnline = (broker: number): boolean => context.isReachable(broker, partition);
      const candidates = { assignment: partition.assignment.replicas, isr, isOnline };
      return electForShutdown(candidates, (broker) => context.isShuttingDown(broker));
    });
  }

  #isReplicated({ assignment, leadership, topic }: PartitionContext): boolean {
    const isDeleted = this.#tenure.context.isQueuedForDeletion(topic.name);
    return assignment.replicas.length > 1 && leadership !== undefined && !isDeleted;
  }

  #replicasOn(broker: number): Replica[] {
    return [...this.#tenure.context.partitionsOn(broker)].map((partition) => ({
      partition,
      broker,
    }));
  }

  #leaderlessAmong(replicas: readonly Replica[]): PartitionContext[] {
    const { leaderless } = this.#tenure.context;
    return [...new Set(replicas.map(({ partition }) => partition))].filter((each) =>
      leaderless.has(each),
    );
  }

  *#ledPartitions(): Iterable<PartitionContext> {
    const { context } = this.#tenure;
    for (const partition of context.allPartitions()) {
      if (!context.isQueuedForDeletion(partition.topic.name)) yield partition;
    }
  }
}
