/**
 * Moves partitions between their states, and elects leaders: decides by `state/election`, writes the state
 * znodes, then tells the brokers. Kafka's `ZkPartitionStateMachine`.
 */
import type { PartitionState } from '../zookeeper/types';
import type { PartitionContext } from './state/context';
import { electAfterFailure, initialState, stateAfterElection } from './state/election';
import type { ElectedLeader } from './state/election';
import type { RequestBatch } from './state/request-batch';
import { mayPartitionEnter } from './state/transitions';
import type { PartitionStateName } from './state/transitions';
import { isWritable, logFailure, nameOf, refreshStates, writeStates } from './partition-states';
import type { PlannedState } from './partition-states';
import type { Tenure } from './tenure';

/** Chooses a leader for one partition, or `undefined` if nobody may lead. */
export type Elect = (
  partition: PartitionContext,
  state: PartitionState,
) => ElectedLeader | undefined;

/** Prepares an election of several partitions; asked again for those whose state changed meanwhile. */
export type ElectionStrategy = (partitions: readonly PartitionContext[]) => Elect | Promise<Elect>;

/** Only controllers write states, so conflicts end: with this one's own lost answers, or with its deposition. */
const MAX_ELECTION_ROUNDS = 5;
/** Partitions that a log line about many of them names. */
const MAX_NAMED_PARTITIONS = 5;

export class PartitionStateMachine {
  readonly #tenure: Tenure;

  constructor(tenure: Tenure) {
    this.#tenure = tenure;
  }

  /** The states that are in memory only. */
  enter(
    partitions: Iterable<PartitionContext>,
    target: Exclude<PartitionStateName, 'OnlinePartition'>,
  ): void {
    for (const partition of partitions) {
      if (this.#mayEnter(partition, target)) this.#setState(partition, target);
    }
  }

  /** Sets a state found at fail-over, when there is none before it. */
  initialise(partition: PartitionContext, state: PartitionStateName): void {
    this.#tenure.context.setPartitionState(partition, state);
  }

  /** Its leadership in the context names a leader that was chosen as its replicas were moved. */
  comeOnline(partition: PartitionContext): void {
    this.#setState(partition, 'OnlinePartition');
  }

  /** Finds a leader for partitions that never had one or lost theirs; topics being deleted are left alone. */
  async bringOnline(
    partitions: Iterable<PartitionContext>,
  ): Promise<ReadonlySet<PartitionContext>> {
    const { context } = this.#tenure;
    const staying = [...partitions].filter(({ topic }) => !context.isQueuedForDeletion(topic.name));
    return this.electLeaders(staying, (candidates) => this.#afterFailure(candidates));
  }

  /** Elects leaders, tells the brokers of all that succeeded in one batch, and gives these. */
  async electLeaders(
    partitions: readonly PartitionContext[],
    strategy: ElectionStrategy,
  ): Promise<ReadonlySet<PartitionContext>> {
    const valid = partitions.filter((partition) => this.#mayEnter(partition, 'OnlinePartition'));
    if (valid.length === 0) return new Set();
    const batch = this.#tenure.newBatch();
    const fresh = valid.filter(({ leadership }) => leadership === undefined);
    const created = await this.#createStates(fresh, batch);
    const led = valid.filter(({ leadership }) => leadership !== undefined);
    const elected = await this.#elect(
      led.filter((partition) => !created.has(partition)),
      strategy,
      batch,
    );
    this.#tenure.send(batch);
    return new Set([...created, ...elected]);
  }

  /** First leaders. A partition whose state znode exists already gets its leadership from there instead. */
  async #createStates(
    partitions: readonly PartitionContext[],
    batch: RequestBatch,
  ): Promise<ReadonlySet<PartitionContext>> {
    const { context, epoch, store } = this.#tenure;
    const leaderless: PartitionContext[] = [];
    const plans = partitions.flatMap((partition): PlannedState[] => {
      const { replicas } = partition.assignment;
      const state = initialState(replicas, (broker) => context.isOnline(broker, partition), epoch);
      if (!state) leaderless.push(partition);
      return state ? [{ partition, state }] : [];
    });
    this.#logNoLeader(leaderless);
    if (plans.length === 0) return new Set();
    const creations = plans.map(({ partition, state }) => ({ ...nameOf(partition), state }));
    const results = await store.partitions.createStates(creations, this.#tenure.fence);
    const created = new Set<PartitionContext>();
    const existing: PartitionContext[] = [];
    for (const { partition, state } of plans) {
      const result = results.get(partition.key);
      if (result?.status === 'ok') {
        this.#tenure.stateChanges.noteLeadership(partition, undefined, state);
        this.#lead(partition, { ...state, zkVersion: result.zkVersion });
        batch.addLeaderAndIsr(state.isr, partition, true);
        created.add(partition);
      } else if (result?.status === 'exists') existing.push(partition);
      else logFailure(this.#tenure, partition, 'could not create the state znode', result?.error);
    }
    for (const partition of await this.#adoptStates(existing, batch)) created.add(partition);
    return created;
  }

  /**
   * Takes over states that are there already, and gives those that this controller itself wrote when the
   * answer was lost. An unreadable state leaves its partition offline: only an operator can mend it.
   */
  async #adoptStates(
    partitions: readonly PartitionContext[],
    batch: RequestBatch,
  ): Promise<readonly PartitionContext[]> {
    const readable = await refreshStates(this.#tenure, partitions);
    const isOwn = ({ leadership }: PartitionContext): boolean =>
      leadership?.zkVersion === 0 && leadership.controllerEpoch === this.#tenure.epoch;
    const own = readable.filter(isOwn);
    for (const partition of own) {
      this.#setState(partition, 'OnlinePartition');
      batch.addLeaderAndIsr(partition.leadership?.isr ?? [], partition, true);
    }
    this.enter(
      partitions.filter(({ state }) => state === 'NewPartition'),
      'OfflinePartition',
    );
    return own;
  }

  async #elect(
    partitions: readonly PartitionContext[],
    strategy: ElectionStrategy,
    batch: RequestBatch,
  ): Promise<readonly PartitionContext[]> {
    const elected: PartitionContext[] = [];
    let open = partitions;
    for (let round = 0; open.length > 0; round += 1) {
      if (round === MAX_ELECTION_ROUNDS) {
        for (const partition of open)
          logFailure(this.#tenure, partition, 'its state znode keeps changing');
        break;
      }
      const elect = await strategy(open);
      const leaders = this.#chooseLeaders(open, elect);
      const { written, conflicts } = await writeStates(
        this.#tenure,
        plansOf(leaders, this.#tenure.epoch),
      );
      for (const partition of written) this.#announce(partition, leaders.get(partition), batch);
      elected.push(...written);
      open = await refreshStates(this.#tenure, conflicts);
    }
    return elected;
  }

  #chooseLeaders(
    partitions: readonly PartitionContext[],
    elect: Elect,
  ): ReadonlyMap<PartitionContext, ElectedLeader> {
    const leaders = new Map<PartitionContext, ElectedLeader>();
    const leaderless: PartitionContext[] = [];
    for (const partition of partitions) {
      const { leadership } = partition;
      if (!leadership || !isWritable(this.#tenure, partition, leadership)) continue;
      const leader = elect(partition, leadership);
      if (leader) leaders.set(partition, leader);
      else leaderless.push(partition);
    }
    this.#logNoLeader(leaderless);
    return leaders;
  }

  #announce(
    partition: PartitionContext,
    elected: ElectedLeader | undefined,
    batch: RequestBatch,
  ): void {
    const { leadership } = partition;
    if (!elected || !leadership) return;
    this.#lead(partition, leadership);
    batch.addLeaderAndIsr(elected.recipients, partition);
    if (!elected.isUnclean) return;
    this.#tenure.uncleanElections += 1;
    this.#tenure.log.warn('unclean leader election: records may be lost', {
      partition: partition.key,
      leader: elected.leader,
    });
  }

  /** The strategy for partitions without a leader; reads from ZooKeeper which topics accept losing data. */
  async #afterFailure(partitions: readonly PartitionContext[]): Promise<Elect> {
    const { context } = this.#tenure;
    const isOnline = (partition: PartitionContext) => (broker: number) =>
      context.isOnline(broker, partition);
    const withoutIsr = partitions.filter(
      (partition) => !partition.leadership?.isr.some(isOnline(partition)),
    );
    const unclean = await this.#topicsThatMayLoseData(
      new Set(withoutIsr.map(({ topic }) => topic.name)),
    );
    return (partition, { isr }) =>
      electAfterFailure(
        { assignment: partition.assignment.replicas, isr, isOnline: isOnline(partition) },
        unclean.has(partition.topic.name),
      );
  }

  async #topicsThatMayLoseData(topics: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    if (topics.size === 0) return topics;
    const { store, config } = this.#tenure;
    const settings = await store.configs.topics([...topics]);
    const isAllowed = (topic: string): boolean =>
      config.topicConfig(settings.get(topic) ?? {})['unclean.leader.election.enable'];
    return new Set([...topics].filter(isAllowed));
  }

  #lead(partition: PartitionContext, leadership: PartitionState): void {
    this.#tenure.context.setLeadership(partition, leadership);
    this.comeOnline(partition);
  }

  #setState(partition: PartitionContext, target: PartitionStateName): void {
    const { state } = partition;
    this.#tenure.context.setPartitionState(partition, target);
    this.#tenure.stateChanges.noteTransition(partition, state, target);
  }

  #mayEnter(partition: PartitionContext, target: PartitionStateName): boolean {
    if (mayPartitionEnter(target, partition.state)) return true;
    this.#tenure.stateChanges.noteFailure(
      partition,
      `cannot go from ${partition.state} to ${target}`,
    );
    return false;
  }

  /** One line for all: a broker's death may leave thousands without a leader. */
  #logNoLeader(partitions: readonly PartitionContext[]): void {
    if (partitions.length === 0) return;
    this.#tenure.log.warn('no replica may lead these partitions now', {
      count: partitions.length,
      first: partitions
        .slice(0, MAX_NAMED_PARTITIONS)
        .map(({ key, leadership }) => `${key} (ISR ${leadership?.isr.join(',') ?? 'none'})`)
        .join(' '),
    });
  }
}

function plansOf(
  leaders: ReadonlyMap<PartitionContext, ElectedLeader>,
  epoch: number,
): PlannedState[] {
  return [...leaders].flatMap(([partition, leader]) =>
    partition.leadership
      ? [{ partition, state: stateAfterElection(partition.leadership, leader, epoch) }]
      : [],
  );
}
