import type { PartitionStateData } from '../../../src/zookeeper/types';
import type { TopicPartition } from '../history';
import type { Checker, CheckerContext } from './checker';
import type { Commit } from './committed-state';
import { nameOf, stateText } from './named';

const NO_LEADER = -1;

/**
 * What a partition's state znode may say, and what it may become.
 *
 * - The leader epoch never falls, and another leader, or none, is a new epoch: else two brokers would lead in one, and
 *   followers could not tell their histories apart (KIP-101).
 * - The ISR is never empty, without repetition, and within the assigned replicas, which a reassignment widens before it
 *   adds to the ISR and narrows after it has taken from it. The last member stays even when it is offline: it is
 *   the only one known to have every record.
 * - The leader is in the ISR.
 * - A new leader comes out of the ISR as it was; only the leader itself adds members, within its epoch. An election
 *   outside of the ISR needs `unclean.leader.election.enable`, and leaves the elected broker alone in the ISR; then
 *   the partition's records are judged no more.
 *
 * A topic that is deleted takes its states along; made anew, it begins anew.
 */
export class PartitionStates implements Checker {
  readonly name = 'partition-state';

  constructor(private readonly context: CheckerContext) {}

  onCommit(commit: Commit): void {
    if (commit.kind !== 'partitionState' || !commit.after) return;
    const { id, before, after } = commit;
    const wrong = this.#wrongIn(id, after) ?? (before && this.#wrongChange(id, before, after));
    if (wrong === undefined) return;
    const facts = `was: ${stateText(before)}; is: ${stateText(after)}`;
    this.context.fail(this, `${nameOf(id)}: ${wrong}; ${facts}`);
  }

  #wrongIn(id: TopicPartition, { leader, isr }: PartitionStateData): string | undefined {
    if (isr.length === 0) return 'the ISR is empty';
    if (new Set(isr).size < isr.length) return 'a broker is twice in the ISR';
    if (leader !== NO_LEADER && !isr.includes(leader)) return 'the leader is not in the ISR';
    const assigned = this.context.committed.topics.get(id.topic)?.partitions.get(id.partition);
    if (!assigned) return 'the topic has no such partition';
    const strangers = isr.filter((broker) => !assigned.replicas.includes(broker));
    if (strangers.length === 0) return undefined;
    return `${strangers.join(',')} of the ISR is not assigned ([${assigned.replicas.join(',')}])`;
  }

  #wrongChange(
    id: TopicPartition,
    before: PartitionStateData,
    after: PartitionStateData,
  ): string | undefined {
    if (after.leaderEpoch < before.leaderEpoch) return 'the leader epoch has fallen';
    if (after.leaderEpoch === before.leaderEpoch) {
      return after.leader === before.leader ? undefined : 'one leader epoch has two leaders';
    }
    const isOutside = after.leader !== NO_LEADER && !before.isr.includes(after.leader);
    if (isOutside && !this.context.committed.settings.mayElectUncleanly(id.topic))
      return 'the new leader was not in the ISR';
    if (isOutside)
      return after.isr.length === 1 ? undefined : 'an unclean leader is not alone in the ISR';
    const added = after.isr.filter((broker) => !before.isr.includes(broker));
    return added.length > 0 ? `an election added ${added.join(',')} to the ISR` : undefined;
  }
}
