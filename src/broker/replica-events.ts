/** What happens to replicas wakes what waits for it: appends, deletions, and the group coordinator. Fetches watch their partitions themselves. */
import type { GroupCoordinator } from '../coordinator/group/group-coordinator';
import type { Log } from '../platform/ports';
import type { ReplicaListener, ReplicaRole } from '../replication/ports';
import type { ReplicaManager } from '../replication/replica-manager';
import type { BrokerMetrics } from './broker-metrics';
import type { DelayedAppends } from './delayed-appends';
import type { DelayedDeletions } from './delayed-deletions';
import { GROUP_METADATA_TOPIC } from './topic-name';

interface Woken {
  readonly delayedAppends: DelayedAppends;
  readonly delayedDeletions: DelayedDeletions;
  readonly groups: GroupCoordinator;
  readonly replicas: Pick<ReplicaManager, 'hostsTopic'>;
  readonly metrics: Pick<BrokerMetrics, 'traffic'>;
  readonly log: Log;
}

export class ReplicaEvents implements ReplicaListener {
  #woken: Woken | undefined;

  /** Replication and what listens to it need each other; this closes the circle, before the first event. */
  connect(woken: Woken): void {
    this.#woken = woken;
  }

  onHighWatermark(topic: string, partition: number): void {
    this.#woken?.delayedAppends.check(topic, partition);
  }

  onFollowerLogStart(topic: string, partition: number): void {
    this.#woken?.delayedDeletions.check(topic, partition);
  }

  onIsrChanged(topic: string, partition: number): void {
    this.#woken?.delayedAppends.check(topic, partition);
  }

  onLeadershipChanged(
    topic: string,
    partition: number,
    role: ReplicaRole,
    leaderEpoch: number,
  ): void {
    this.onHighWatermark(topic, partition);
    this.onFollowerLogStart(topic, partition);
    if (topic === GROUP_METADATA_TOPIC) this.#onGroupPartition(partition, role, leaderEpoch);
    if (role === 'deleted' || role === 'offline') this.#onReplicaGone(topic);
  }

  #onReplicaGone(topic: string): void {
    if (!this.#woken) return;
    const { replicas, metrics } = this.#woken;
    if (!replicas.hostsTopic(topic)) metrics.traffic.forget(topic);
  }

  #onGroupPartition(partition: number, role: ReplicaRole, leaderEpoch: number): void {
    if (!this.#woken) return;
    const { groups, log } = this.#woken;
    if (role !== 'leader') {
      groups.onResigned(partition, leaderEpoch);
      return;
    }
    groups.onElected(partition, leaderEpoch).catch((error: unknown) => {
      log.error('groups of a partition could not be loaded', { partition, error });
    });
  }
}
