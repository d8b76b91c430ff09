import { partitionOfGroup } from '../../../src/coordinator/group/group-registry';
import { brokerHost } from '../cluster/simulated-broker';
import type { HistoryEvent, OffsetRead } from '../history';
import type { Checker, CheckerContext } from './checker';
import { nameOf } from './named';

const GROUP_TOPIC = '__consumer_offsets';

interface Commit {
  readonly askedMs: number;
  readonly atMs: number;
  readonly offset: number;
}

interface Commits {
  readonly confirmed: Commit[];
  /** Offsets that may have been committed, or may still be, at any time. */
  readonly unknown: Set<number>;
}

/** Longer than a member waits for an answer: by then all is told that went on beside a question. */
const FLIGHT_MS = 10_000;

/**
 * A group's committed offset is never older than what was confirmed: the coordinator answers OffsetCommit when its
 * record is committed in `__consumer_offsets`, only takes commits of the members of the present generation, and reads
 * everything again before it serves elsewhere. So whoever asks is told the last offset that was confirmed before, or one that
 * somebody committed beside that or the question, or of which nobody knows what became.
 *
 * An owner may commit an earlier offset than before, as after it had to begin anew; that is what counts then. Judged is
 * a while after the question, when all that went on beside it has been told. Exceptions: an offset that expired (no run
 * lasts that week), offsets of deleted topics, a coordinator that was deposed and
 * has not heard of it (as Kafka's, it answers from memory; it cannot commit), and an unclean election of `__consumer_offsets`.
 */
export class GroupOffsets implements Checker {
  readonly name = 'group-offset';
  readonly #commits = new Map<string, Commits>();
  #reads: OffsetRead[] = [];

  constructor(private readonly context: CheckerContext) {}

  onHistoryEvent(event: HistoryEvent): void {
    if (event.kind === 'committed') {
      this.#commitsOf(event).confirmed.push(event);
    } else if (event.kind === 'commitUnknown') {
      this.#commitsOf(event).unknown.add(event.offset);
    } else if (event.kind === 'offsetRead' && this.#isCoordinator(event)) this.#reads.push(event);
  }

  #isCoordinator({ group, broker }: OffsetRead): boolean {
    const { committed } = this.context;
    const count = committed.topics.get(GROUP_TOPIC)?.partitions.size ?? 1;
    const partition = partitionOfGroup(group, count);
    const leader = committed.partition(GROUP_TOPIC, partition)?.state.leader;
    return leader === undefined || broker === brokerHost(leader);
  }

  nowAndThen(): void {
    const untilMs = this.context.world.nowMs - FLIGHT_MS;
    this.#reads = this.#reads.filter((read) => {
      if (read.atMs > untilMs) return true;
      this.#judge(read);
      return false;
    });
  }

  atEnd(): void {
    for (const read of this.#reads.splice(0)) this.#judge(read);
  }

  #judge(read: OffsetRead): void {
    const { committed } = this.context;
    if (!committed.isJudged(read) || !committed.isTopicJudged(GROUP_TOPIC)) return;
    const { confirmed, unknown } = this.#commitsOf(read);
    const before = confirmed.filter(({ atMs }) => atMs < read.askedMs);
    const sure = before.at(-1);
    if (!sure || read.offset >= sure.offset || unknown.has(read.offset)) return;
    const isReplaced = (commit: Commit): boolean =>
      before.some(({ askedMs }) => askedMs > commit.atMs);
    const isPossible = (commit: Commit): boolean =>
      commit.offset === read.offset && commit.askedMs < read.atMs && !isReplaced(commit);
    if (confirmed.some(isPossible)) return;
    this.context.fail(
      this,
      `group ${read.group}: ${read.client} was told at ${String(read.atMs)} ms that ` +
        `${String(read.offset)} is committed for ${nameOf(read)}, after ${String(sure.offset)} ` +
        `was confirmed at ${String(sure.atMs)} ms`,
    );
  }

  #commitsOf(event: {
    readonly group: string;
    readonly topic: string;
    readonly partition: number;
  }): Commits {
    const key = `${event.group}/${nameOf(event)}`;
    const known = this.#commits.get(key);
    if (known) return known;
    const commits = { confirmed: [], unknown: new Set<number>() };
    this.#commits.set(key, commits);
    return commits;
  }
}
