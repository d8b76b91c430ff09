/**
 * All replicas on this broker: takes the controller's LeaderAndIsr, StopReplica and UpdateMetadata, gives
 * replicas their roles, keeps the fetchers of the followers running, and runs the jobs that are common to
 * them (`kafka.server.ReplicaManager`). Each request is applied in one go, without waiting in between.
 */

import { MetricsRegistry } from '../metrics/registry';
import type { Cancel } from '../platform/ports';
import type { ErrorName } from '../protocol/errors';
import type { LeaderAndIsrRequest } from '../protocol/messages/04-leader-and-isr';
import type { StopReplicaRequest } from '../protocol/messages/05-stop-replica';
import type { UpdateMetadataRequest } from '../protocol/messages/06-update-metadata';
import { parsePartitionKey } from '../protocol/topic-partition';
import type { MetadataCache } from '../metadata/metadata-cache';
import { FetcherManager } from './fetcher-manager';
import { HostedPartitions, type HostedPartition } from './hosted-partitions';
import { LeaderAndIsrApplication } from './leader-and-isr';
import { Partition, type PartitionContext } from './partition';
import type {
  ControlOutcome,
  IsrUpdater,
  Logs,
  PeerConnector,
  ReplicaListener,
  ReplicationPlatform,
  ReplicationValues,
  TopicSettings,
} from './ports';
import { observeReplicas } from './replica-metrics';
import { replicationCounters } from './replication-counters';
import { roleOf } from './role';
import { stopReplicas } from './stop-replica';

export interface ReplicaManagerOptions {
  readonly platform: ReplicationPlatform;
  readonly brokerId: number;
  /** Changes with each registration in ZooKeeper; −1 before the first. */
  readonly brokerEpoch: () => number;
  readonly config: { readonly values: ReplicationValues };
  /** The resolved settings of a topic, asked when a replica of it is first hosted. */
  readonly topicConfig: (topic: string) => TopicSettings;
  /** Name of the listener on which brokers talk to each other. */
  readonly interBrokerListener: string;
  readonly logs: Logs;
  readonly metadata: MetadataCache;
  readonly peers: PeerConnector;
  readonly isrUpdates: IsrUpdater;
  readonly listener: ReplicaListener;
  /** Takes the metrics of replication; one that nobody sees if not given. */
  readonly metrics?: MetricsRegistry;
  /** A bug came to light outside of any request: the broker must stop. Left out, the error goes unhandled. */
  readonly onFatal?: ((error: unknown) => void) | undefined;
}

/** The broker epoch of a broker that has not registered: nothing that a controller sends can be meant for this run. */
const NOT_REGISTERED = -1;

interface ControlRequest {
  readonly controllerEpoch: number;
  readonly brokerEpoch: number;
}

export class ReplicaManager {
  readonly #hosted = new HostedPartitions();
  readonly #fetchers: FetcherManager;
  readonly #partitionContext: PartitionContext;
  #controllerEpoch = 0;
  #isStopped = false;
  #cancelShrinkJob: Cancel | undefined;
  #cancelCheckpointJob: Cancel | undefined;

  constructor(readonly options: ReplicaManagerOptions) {
    const { platform, metadata, config, isrUpdates, listener, brokerId } = options;
    const { metrics = new MetricsRegistry() } = options;
    this.#fetchers = new FetcherManager(options);
    this.#partitionContext = {
      brokerId,
      platform,
      maxLagMs: () => config.values['replica.lag.time.max.ms'],
      isAlive: (id) => metadata.hasAliveBroker(id),
      isrUpdates,
      listener,
      counters: replicationCounters(metrics),
    };
    observeReplicas(metrics, {
      clock: platform.clock,
      partitions: () => this.partitions(),
      offlinePartitionCount: () => this.offlinePartitionCount,
      fetchers: () => this.#fetchers.fetchers,
      failedPartitions: this.failedPartitions,
    });
    options.logs.onDirFailure((_directory, partitions) => this.#onDirFailure(partitions));
  }

  /** Starts the job that shrinks ISRs. The checkpoint job waits for the first LeaderAndIsr. */
  start(): void {
    this.#scheduleShrink();
  }

  /** Ends jobs and fetchers. Logs stay open; they are storage's to close. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelShrinkJob?.();
    this.#cancelCheckpointJob?.();
    this.#fetchers.close();
  }

  /** `undefined`: no replica here. */
  partition(topic: string, partition: number): HostedPartition | undefined {
    return this.#hosted.get(topic, partition);
  }

  /** The replica, or the error that a client gets in its place. */
  lookup(topic: string, partition: number): Partition | ErrorName {
    const hosted = this.#hosted.get(topic, partition);
    if (hosted) return hosted.kind === 'online' ? hosted.partition : 'KAFKA_STORAGE_ERROR';
    const isKnown = this.options.metadata.partition(topic, partition) !== undefined;
    return isKnown ? 'NOT_LEADER_OR_FOLLOWER' : 'UNKNOWN_TOPIC_OR_PARTITION';
  }

  partitions(): Iterable<Partition> {
    return this.#hosted.online();
  }

  /** Whether a replica of the topic is here and online. */
  hostsTopic(topic: string): boolean {
    for (const _ of this.#hosted.onlineOfTopic(topic)) return true;
    return false;
  }

  get offlinePartitionCount(): number {
    return this.#hosted.offlineCount;
  }

  /** Followers that gave up until the controller speaks again. */
  get failedPartitions(): ReadonlySet<string> {
    return this.#fetchers.failedPartitions;
  }

  becomeLeaderOrFollower(request: LeaderAndIsrRequest): ControlOutcome {
    const error = this.#checkEpochs(request);
    if (error !== 'NONE') return { error, partitions: [] };
    const context = {
      ...this.options,
      hosted: this.#hosted,
      fetchers: this.#fetchers,
      isStopped: this.#isStopped,
      createPartition: (topic: string, partition: number) =>
        this.#createPartition(topic, partition),
    };
    const partitions = new LeaderAndIsrApplication(context, request).apply();
    if (!this.#cancelCheckpointJob && !this.#isStopped) this.#scheduleCheckpoint();
    return { error, partitions };
  }

  stopReplicas(request: StopReplicaRequest): ControlOutcome {
    const error = this.#checkEpochs(request);
    if (error !== 'NONE') return { error, partitions: [] };
    const { logs, listener, platform } = this.options;
    const partitions = stopReplicas(request, {
      stateChanges: platform.log.area('state-change'),
      logs,
      listener,
      hosted: this.#hosted,
      fetchers: this.#fetchers,
    });
    return { error, partitions };
  }

  /** Checks the epochs, then updates the metadata cache. */
  updateMetadata(request: UpdateMetadataRequest): ErrorName {
    const error = this.#checkEpochs(request);
    if (error === 'NONE') this.options.metadata.update(request);
    return error;
  }

  /** `num.replica.fetchers` changed. */
  redistributeFetchers(): void {
    if (!this.#isStopped) this.#fetchers.redistribute(this.#hosted.online());
  }

  /** A topic's settings changed: its logs and replicas here take the new ones at once. */
  updateTopicConfig(topic: string, settings: TopicSettings): void {
    this.options.logs.updateTopicConfig(topic, settings);
    for (const partition of this.#hosted.onlineOfTopic(topic)) {
      partition.settings = settings;
      partition.leadership?.advanceHighWatermark();
    }
  }

  /** An older broker epoch belongs to an earlier life of this broker; an older controller is deposed. */
  #checkEpochs(request: ControlRequest): ErrorName {
    const { log } = this.options.platform;
    const brokerEpoch = this.options.brokerEpoch();
    const isUnregistered = brokerEpoch === NOT_REGISTERED;
    if (isUnregistered || (request.brokerEpoch !== -1 && request.brokerEpoch < brokerEpoch)) {
      log.warn('ignoring a controller request for an earlier registration', {
        brokerEpoch,
        request: request.brokerEpoch,
      });
      return 'STALE_BROKER_EPOCH';
    }
    if (request.controllerEpoch < this.#controllerEpoch) {
      const fields = { controllerEpoch: this.#controllerEpoch, request: request.controllerEpoch };
      log.warn('ignoring a request of a deposed controller', fields);
      return 'STALE_CONTROLLER_EPOCH';
    }
    this.#controllerEpoch = request.controllerEpoch;
    return 'NONE';
  }

  #createPartition(topic: string, partition: number): Partition {
    const created = new Partition(
      this.#partitionContext,
      topic,
      partition,
      this.options.topicConfig(topic),
    );
    this.#hosted.host(created);
    return created;
  }

  #onDirFailure(keys: readonly string[]): void {
    for (const key of keys) {
      const name = parsePartitionKey(key);
      if (!name) continue;
      const hosted = this.#hosted.get(name.topic, name.partition);
      this.#fetchers.remove([name]);
      this.#hosted.markOffline(name.topic, name.partition);
      if (hosted?.kind !== 'online') continue;
      const { leaderEpoch } = hosted.partition;
      const change = `${roleOf(hosted.partition)} → offline: its log directory failed`;
      this.options.platform.log.area('state-change').error(`${key}, ${change}`);
      hosted.partition.detach();
      this.options.listener.onLeadershipChanged(name.topic, name.partition, 'offline', leaderEpoch);
    }
  }

  /** At half the lag limit, so that a follower leaves the ISR after 1 to 1.5 times the limit. */
  #scheduleShrink(): void {
    const periodMs = this.options.config.values['replica.lag.time.max.ms'] / 2;
    this.#cancelShrinkJob = this.options.platform.clock.callAfter(periodMs, () => {
      for (const partition of this.#hosted.online()) partition.leadership?.maybeShrink();
      this.#scheduleShrink();
    });
  }

  #scheduleCheckpoint(): void {
    const periodMs = this.options.config.values['replica.high.watermark.checkpoint.interval.ms'];
    this.#cancelCheckpointJob = this.options.platform.clock.callAfter(periodMs, () => {
      this.options.logs.checkpointHighWatermarks();
      this.#scheduleCheckpoint();
    });
  }
}
