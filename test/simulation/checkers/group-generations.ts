import type { HistoryEvent } from '../history';
import type { Checker, CheckerContext } from './checker';
import { nameOf } from './named';

interface Generation {
  readonly generation: number;
  readonly atMs: number;
  readonly client: string;
}

/**
 * A commit is taken from members of the present generation only (ILLEGAL_GENERATION for others): once a member has been
 * told its assignment in a generation, the coordinator has left the one before, and a commit of that one which is sent
 * later must be refused. It stays so after a fail-over, since a generation is stored before members hear of it. Nothing
 * is judged after an unclean election of `__consumer_offsets`.
 */
export class GroupGenerations implements Checker {
  readonly name = 'group-generation';
  readonly #latest = new Map<string, Generation>();

  constructor(private readonly context: CheckerContext) {}

  onHistoryEvent(event: HistoryEvent): void {
    if (event.kind === 'assigned') {
      const { group, generation, atMs, client } = event;
      const known = this.#latest.get(group);
      if (!known || generation > known.generation)
        this.#latest.set(group, { generation, atMs, client });
      return;
    }
    if (event.kind !== 'committed') return;
    const latest = this.#latest.get(event.group);
    if (!latest || latest.generation <= event.generation || latest.atMs >= event.askedMs) return;
    if (!this.context.committed.isTopicJudged('__consumer_offsets')) return;
    this.context.fail(
      this,
      `group ${event.group}: the commit of ${nameOf(event)} that ${event.client} asked for at ` +
        `${String(event.askedMs)} ms in generation ${String(event.generation)} was taken, though ` +
        `${latest.client} was in generation ${String(latest.generation)} since ${String(latest.atMs)} ms`,
    );
  }
}
