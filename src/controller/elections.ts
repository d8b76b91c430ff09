/** Elections that somebody asks for: by request, preferred leaders by znode or by the clock, unclean ones by a setting. */
import { ERRORS } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type { TopicPartition } from '../protocol/topic-partition';
import type { PartitionContext } from './state/context';
import { decideLeaderRebalance, mayPreferredLead } from './state/leader-balance';
import { electRequested, isElectionNeeded } from './state/requested-election';
import type { ElectionType } from './state/requested-election';
import type { PartitionStateMachine } from './partition-machine';
import type { Tenure } from './tenure';

const FIRST_REBALANCE_MS = 5_000;

/** The leader that was elected, or why there was no election. */
export type ElectionResult = TopicPartition & (ElectedResult | Refusal);

interface ElectedResult {
  readonly error: undefined;
  readonly leader: number;
}

interface Refusal {
  readonly error: ErrorName;
  readonly message: string | null;
}

const UNAVAILABLE = {
  PREFERRED: 'PREFERRED_LEADER_NOT_AVAILABLE',
  UNCLEAN: 'ELIGIBLE_LEADERS_NOT_AVAILABLE',
} as const satisfies Record<ElectionType, ErrorName>;

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
    const partitions = (wanted ?? []).flatMap((name) => this.#eligible(name));
    await this.#elect(partitions, 'PREFERRED');
    await store.admin.deletePreferredElection(this.#tenure.fence);
    // The next may have been made before this one's watch was set again.
    this.#putPreferredElection();
  }

  /** Elects as ElectLeaders asks, and says for each partition what came of it. */
  async electRequested(
    names: readonly TopicPartition[],
    type: ElectionType,
  ): Promise<readonly ElectionResult[]> {
    const asked = names.map((name) => ({ name, found: this.#electable(name, type) }));
    const partitions = asked.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]));
    const elected = await this.#elect(partitions, type);
    return asked.map(({ name, found }) => {
      if (typeof found === 'string') return { ...name, ...refusal(found) };
      const leader = elected.has(found) ? found.leadership?.leader : undefined;
      if (leader !== undefined) return { ...name, error: undefined, leader };
      const isr = found.leadership?.isr.join(',') ?? 'none';
      return {
        ...name,
        ...refusal(UNAVAILABLE[type], `No replica of ${found.key} may lead now (ISR ${isr}).`),
      };
    });
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
    await this.#elect(partitions, 'PREFERRED');
  }

  #elect(
    partitions: readonly PartitionContext[],
    type: ElectionType,
  ): Promise<ReadonlySet<PartitionContext>> {
    const { context } = this.#tenure;
    return this.#partitions.electLeaders(
      partitions,
      () => (partition, state) => electRequested(context, partition, state, type),
    );
  }

  /** The partition, or why there is no election of this type. */
  #electable(
    { topic, partition: id }: TopicPartition,
    type: ElectionType,
  ): PartitionContext | ErrorName {
    const { context } = this.#tenure;
    const partition = context.partition(topic, id);
    if (!partition) return 'UNKNOWN_TOPIC_OR_PARTITION';
    if (context.isQueuedForDeletion(topic)) return 'INVALID_TOPIC_EXCEPTION';
    return isElectionNeeded(context, partition, type) ? partition : 'ELECTION_NOT_NEEDED';
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

export function refuseElections(
  partitions: readonly TopicPartition[],
  error: ErrorName,
): readonly ElectionResult[] {
  return partitions.map(({ topic, partition }) => ({ topic, partition, error, message: null }));
}

const MESSAGES: Partial<Record<ErrorName, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'The partition does not exist.',
  INVALID_TOPIC_EXCEPTION: 'The topic is being deleted',
};

function refusal(error: ErrorName, message = MESSAGES[error] ?? ERRORS[error].message): Refusal {
  return { error, message };
}
