import type { Assigned, HistoryEvent, Revoked } from '../history';
import type { Checker, CheckerContext } from './checker';
import { nameOf } from './named';

interface Owner {
  readonly memberId: string;
  readonly generation: number;
}

const UUID = /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * In one generation of a group no partition has two owners at a time, and the generations of a member only rise. One
 * leader divides the partitions of a generation, the coordinator stores the result before it tells any member, and a
 * coordinator that takes over finds it in the log, so no generation is divided twice.
 *
 * Exceptions: owners of different generations may overlap, since a member that was thrown out does not know it yet; a
 * static member that comes back takes over, in the same generation, from the process before it, which may not have
 * heard of it (KIP-345); and nothing is judged once `__consumer_offsets` had an unclean election.
 */
export class GroupOwnership implements Checker {
  readonly name = 'group-ownership';
  /** By group and partition: those that have it now, as they believe. */
  readonly #owners = new Map<string, Owner[]>();
  readonly #generations = new Map<string, number>();

  constructor(private readonly context: CheckerContext) {}

  onHistoryEvent(event: HistoryEvent): void {
    if (event.kind === 'revoked') this.#release(event);
    else if (event.kind === 'assigned') this.#assign(event);
  }

  #assign(event: Assigned): void {
    const { group, memberId, generation } = event;
    const member = `${group}/${memberId}`;
    const before = this.#generations.get(member) ?? -1;
    this.#generations.set(member, generation);
    if (generation < before) this.#fail(event, `after it was in generation ${String(before)}`);
    for (const place of event.partitions) {
      const key = `${group}/${nameOf(place)}`;
      const others = (this.#owners.get(key) ?? []).filter((owner) => owner.memberId !== memberId);
      const rival = others.find(
        (owner) => owner.generation === generation && !isSuccessor(memberId, owner.memberId),
      );
      if (rival) this.#fail(event, `has ${nameOf(place)}, and so has ${rival.memberId}`);
      this.#owners.set(key, [...others, { memberId, generation }]);
    }
  }

  #release({ group, memberId, partitions }: Revoked): void {
    for (const place of partitions) {
      const key = `${group}/${nameOf(place)}`;
      const left = (this.#owners.get(key) ?? []).filter((owner) => owner.memberId !== memberId);
      this.#owners.set(key, left);
    }
  }

  #fail({ group, memberId, generation }: Assigned, what: string): void {
    if (!this.context.committed.isTopicJudged('__consumer_offsets')) return;
    const where = `group ${group}, generation ${String(generation)}: ${memberId}`;
    this.context.fail(this, `${where} ${what}`);
  }
}

/** Member ids of one client, or of one instance, differ in their random end. */
function isSuccessor(one: string, other: string): boolean {
  return one.replace(UUID, '') === other.replace(UUID, '');
}
