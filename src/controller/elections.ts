/** Elections that somebody asks for: preferred leaders by znode or by the clock, unclean ones by a setting. */
import type { TopicPartition } from '../protocol/topic-partition';
import type { PartitionContext } from './state/context';
import { electPreferred } from './state/election';
import { decideLeaderRebalance, mayPreferredLead } from './state/leader-balance';
import type { PartitionStateMachine } from './partition-machine';
import type { Tenure } from './tenure';

const FIRST_REBALANCE_MS = 5_000;

export class Elections {
  readonly #tenure: Tenure;
  readonly #partitions: PartitionStateMachine;

  constructor(tenure: Tenure, partitions: PartitionStateMachine) {
    this.#tenure = tenure;
    this.#partitions = partitions;
  }

  /** Serves `/admin/preferred_replica_election` if it is there, and watches for the next. */
  async onPreferredElection(): Promise<void> {
    const { store } = this.#tenure;
    const isThere = await store.admin.watchPreferredElection(() => this.#putPreferredElection());
    if (!isThere) return;
    const wanted = await store.admin.preferredElection();
    await this.#electPreferred((wanted ?? []).flatMap((name) => this.#eligible(name)));
    await store.admin.deletePreferredElection(this.#tenure.fence);
    // The next may have been made before this one's watch was set again.
    this.#putPreferredElection();
  }

  /** Partitions may lose data from now on, by setting: those without a leader get one. */
  async onUncleanElectionEnabled(topic: string | undefined): Promise<void> {
    const leaderless = [...this.#tenure.context.leaderless];
    await this.#partitions.bringOnline(
      leaderless.filter((each) => topic === undefined || each.topic.name === topic),
    );
  }

  /** Begins the periodic return of leaders to the preferred replicas; every tenure has its own timer. */
  scheduleRebalance(delayMs = FIRST_REBALANCE_MS): void {
    const { clock, config } = this.#tenure;
    this.#tenure.onEnd(
      clock.callAfter(delayMs, () => {
        this.#tenure.put('AutoPreferredReplicaLeaderElection', async () => {
          this.scheduleRebalance(config.values['leader.imbalance.check.interval.seconds'] * 1_000);
          if (config.values['auto.leader.rebalance.enable']) await this.#rebalance();
        });
      }),
    );
  }

  async #rebalance(): Promise<void> {
    const { context, config, log } = this.#tenure;
    const partitions = decideLeaderRebalance(
      context,
      config.values['leader.imbalance.per.broker.percentage'],
    );
    if (partitions.length === 0) return;
    log.info('leaders return to their preferred replicas', { partitions: partitions.length });
    await this.#electPreferred(partitions);
  }

  async #electPreferred(partitions: readonly PartitionContext[]): Promise<void> {
    const { context } = this.#tenure;
    await this.#partitions.electLeaders(partitions, () => (partition, { isr }) => {
      const isOnline = (broker: number): boolean => context.isOnline(broker, partition);
      return electPreferred({ assignment: partition.assignment.replicas, isr, isOnline });
    });
  }

  /** The partition, if an election would change its leader. */
  #eligible({ topic, partition: id }: TopicPartition): PartitionContext[] {
    const { context, log } = this.#tenure;
    const partition = context.partition(topic, id);
    if (!partition || context.isQueuedForDeletion(topic)) {
      log.warn('preferred election asked for an unknown partition', { topic, partition: id });
      return [];
    }
    const isPreferred = partition.leadership?.leader === partition.assignment.replicas[0];
    return isPreferred || !mayPreferredLead(context, partition) ? [] : [partition];
  }

  #putPreferredElection(): void {
    this.#tenure.put('PreferredElection', () => this.onPreferredElection());
  }
}
