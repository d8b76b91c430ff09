/**
 * One LeaderAndIsr request, applied: first all partitions that this broker is to lead, then those that it
 * is to follow; fetchers stop before a role changes and start after it. Nobody is told of a new role
 * before all partitions have theirs (`kafka.server.ReplicaManager.becomeLeaderOrFollower`).
 */

import type { ErrorName } from '../protocol/errors';
import type { LeaderAndIsrRequest } from '../protocol/messages/04-leader-and-isr';
import { ZERO_UUID } from '../protocol/schema';
import type { MetadataCache } from '../metadata/metadata-cache';
import type { Log as EventLog } from '../platform/ports';
import { StorageError } from '../storage/types';
import type { FetcherManager } from './fetcher-manager';
import type { HostedPartitions } from './hosted-partitions';
import type { Partition } from './partition';
import type {
  Logs,
  PartitionOutcome,
  ReplicaListener,
  ReplicaRole,
  ReplicationPlatform,
} from './ports';
import type { PartitionState } from './state/assignment';
import { roleOf } from './role';
import { decideLeaderAndIsr, NO_LEADER_EPOCH } from './state/transitions';

interface Requested {
  readonly topic: string;
  readonly topicId: string | undefined;
  readonly partition: number;
  readonly isNew: boolean;
  readonly state: PartitionState;
}

interface Transition {
  readonly requested: Requested;
  readonly partition: Partition;
}

export interface ApplicationContext {
  readonly brokerId: number;
  readonly platform: ReplicationPlatform;
  readonly logs: Logs;
  readonly metadata: MetadataCache;
  readonly listener: ReplicaListener;
  readonly hosted: HostedPartitions;
  readonly fetchers: FetcherManager;
  readonly isStopped: boolean;
  readonly createPartition: (topic: string, partition: number) => Partition;
}

export class LeaderAndIsrApplication {
  readonly #outcomes: PartitionOutcome[] = [];
  readonly #changes: { partition: Partition; role: ReplicaRole }[] = [];
  readonly #stateChanges: EventLog;
  readonly #prefix: string;

  constructor(
    private readonly context: ApplicationContext,
    private readonly request: LeaderAndIsrRequest,
  ) {
    this.#stateChanges = context.platform.log.area('state-change');
    this.#prefix = `controller epoch ${String(request.controllerEpoch)}`;
  }

  apply(): readonly PartitionOutcome[] {
    const toLead: Transition[] = [];
    const toFollow: Transition[] = [];
    for (const requested of requestedPartitions(this.request))
      this.#sort(requested, toLead, toFollow);
    if (toLead.length > 0) this.#makeLeaders(toLead);
    if (toFollow.length > 0) this.#makeFollowers(toFollow);
    this.context.fetchers.closeIdle();
    for (const { partition, role } of this.#changes) {
      this.context.listener.onLeadershipChanged(
        partition.topic,
        partition.partition,
        role,
        partition.leaderEpoch,
      );
    }
    return this.#outcomes;
  }

  #sort(requested: Requested, toLead: Transition[], toFollow: Transition[]): void {
    const { topic, partition: number, topicId, state } = requested;
    const hosted = this.context.hosted.get(topic, number);
    if (hosted?.kind === 'offline') {
      this.#answer(requested, 'KAFKA_STORAGE_ERROR');
      return;
    }
    const log = this.context.logs.get({ topic, partition: number });
    const decision = decideLeaderAndIsr({
      brokerId: this.context.brokerId,
      leader: state.leader,
      replicas: state.replicas,
      requestEpoch: state.leaderEpoch,
      currentEpoch: hosted?.partition.leaderEpoch ?? NO_LEADER_EPOCH,
      requestTopicId: topicId,
      logTopicId: log?.topicId,
    });
    switch (decision) {
      case 'MAKE_LEADER':
      case 'MAKE_FOLLOWER': {
        const partition = hosted?.partition ?? this.context.createPartition(topic, number);
        (decision === 'MAKE_LEADER' ? toLead : toFollow).push({ requested, partition });
        return;
      }
      case 'ASSIGN_TOPIC_ID':
        if (hosted && topicId !== undefined)
          this.#assignTopicId(requested, hosted.partition, topicId);
        else this.#answer(requested, 'STALE_CONTROLLER_EPOCH');
        return;
      default:
        this.#logIgnored(requested, decision);
        this.#answer(requested, decision);
    }
  }

  #makeLeaders(transitions: readonly Transition[]): void {
    this.context.fetchers.remove(transitions.map(({ partition }) => partition));
    for (const { requested, partition } of transitions) {
      this.#guarded(requested, partition, () => {
        this.#ensureLog(requested, partition);
        const before = roleOf(partition);
        const isNewLeader = partition.becomeLeader(requested.state);
        if (isNewLeader === undefined) this.#logOutdated(requested, partition);
        else this.#logChange(partition, before);
        if (isNewLeader === true) this.#changes.push({ partition, role: 'leader' });
      });
    }
  }

  #makeFollowers(transitions: readonly Transition[]): void {
    const toFetch: Partition[] = [];
    for (const { requested, partition } of transitions) {
      this.#guarded(requested, partition, () => {
        // The log is made in any case, so that its high watermark stays in the checkpoint (KAFKA-1647).
        this.#ensureLog(requested, partition);
        if (!this.context.metadata.hasAliveBroker(requested.state.leader)) {
          this.#stateChanges.error(
            `${this.#prefix}, ${partition.key}, cannot follow ${String(requested.state.leader)}: it is not alive`,
            { leaderEpoch: requested.state.leaderEpoch },
          );
          return;
        }
        const before = roleOf(partition);
        const isNewEpoch = partition.becomeFollower(requested.state);
        if (isNewEpoch === undefined) this.#logOutdated(requested, partition);
        if (isNewEpoch !== true) return;
        this.#logChange(partition, before);
        this.#changes.push({ partition, role: 'follower' });
        toFetch.push(partition);
      });
    }
    // Positions are read from the log, so the old fetchers must have let go of it.
    this.context.fetchers.remove(toFetch);
    if (!this.context.isStopped) this.context.fetchers.add(toFetch);
  }

  #ensureLog(requested: Requested, partition: Partition): void {
    if (partition.log) {
      if (partition.log.topicId === undefined && requested.topicId !== undefined)
        this.#createLog(requested, partition);
      return;
    }
    partition.attachLog(this.#createLog(requested, partition));
  }

  /** Also gives a topic id to a log that was made before its topic had one. */
  #createLog({ topic, topicId, partition: number, isNew }: Requested, partition: Partition) {
    return this.context.logs.getOrCreate(
      { topic, partition: number },
      { topicId, isNew, config: partition.settings },
    );
  }

  #assignTopicId(requested: Requested, partition: Partition, topicId: string): void {
    this.#guarded(requested, partition, () => {
      this.#ensureLog(requested, partition);
      partition.watchers.notify('role');
      this.context.fetchers.assignTopicId(partition, topicId);
    });
  }

  /** A failed disk takes the one partition out, not the others. */
  #guarded(requested: Requested, partition: Partition, change: () => void): void {
    try {
      change();
      this.#answer(requested, 'NONE');
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#stateChanges.error(
        `${this.#prefix}, ${partition.key}, ${roleOf(partition)} → offline: ${error.message}`,
      );
      this.context.fetchers.remove([partition]);
      partition.detach();
      this.context.hosted.markOffline(partition.topic, partition.partition);
      this.#answer(requested, 'KAFKA_STORAGE_ERROR');
    }
  }

  #answer({ topic, topicId, partition }: Requested, error: ErrorName): void {
    this.#outcomes.push({ topic, topicId, partition, error });
  }

  #logChange(partition: Partition, before: string): void {
    if (!this.#stateChanges.isEnabled('info')) return;
    const change = `${before} → ${roleOf(partition)}`;
    this.#stateChanges.info(`${this.#prefix}, ${partition.key}, ${change}`, {
      leaderEpoch: partition.leaderEpoch,
      partitionEpoch: partition.partitionEpoch,
      isr: partition.isr.join(','),
      endOffset: partition.log?.logEndOffset,
      highWatermark: partition.log?.highWatermark,
    });
  }

  #logOutdated({ state }: Requested, partition: Partition): void {
    this.#stateChanges.info(`${this.#prefix}, ${partition.key}, ignored: a later state is known`, {
      partitionEpoch: partition.partitionEpoch,
      request: state.partitionEpoch,
    });
  }

  #logIgnored({ topic, partition, state }: Requested, error: string): void {
    if (!this.#stateChanges.isEnabled('debug')) return;
    this.#stateChanges.debug(
      `${this.#prefix}, ${topic}-${String(partition)}, LeaderAndIsr ignored: ${error}`,
      { leader: state.leader, leaderEpoch: state.leaderEpoch },
    );
  }
}

function* requestedPartitions(request: LeaderAndIsrRequest): Iterable<Requested> {
  for (const state of request.ungroupedPartitionStates)
    yield requestedPartition(state.topicName, ZERO_UUID, state);
  for (const topic of request.topicStates) {
    for (const state of topic.partitionStates)
      yield requestedPartition(topic.topicName, topic.topicId, state);
  }
}

type WireState = LeaderAndIsrRequest['ungroupedPartitionStates'][number];

function requestedPartition(topic: string, topicId: string, state: WireState): Requested {
  return {
    topic,
    topicId: topicId === ZERO_UUID ? undefined : topicId,
    partition: state.partitionIndex,
    isNew: state.isNew,
    state,
  };
}
