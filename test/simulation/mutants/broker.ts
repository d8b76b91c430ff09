/** Bugs of the broker's requests: when produces are answered, what fetches are served. */
import type { Mutant } from './mutant';

export const BROKER_MUTANTS: readonly Mutant[] = [
  {
    name: 'acks-all-is-acks-one',
    breaks: 'A produce with acks=all is answered when the leader has written it.',
    patches: [
      {
        file: 'src/broker/handlers/00-produce.ts',
        find: `request.acks === ACKS_ALL
        ?`,
        replace: `request.acks < ACKS_ALL
        ?`,
      },
    ],
    foundBy: ['replica-agreement', 'acked-record'],
    seedsNeeded: 30,
  },
  {
    name: 'timed-out-produce-acked',
    breaks: 'A produce whose time is over before its records are replicated is acknowledged.',
    patches: [
      {
        file: 'src/broker/delayed-outcomes.ts',
        find: "each.error ??= 'REQUEST_TIMED_OUT';",
        replace: "each.error ??= 'NONE';",
      },
    ],
    foundBy: ['replica-agreement', 'acked-record'],
    seedsNeeded: 30,
  },
  {
    name: 'consumers-read-uncommitted',
    breaks: 'Consumers are served up to the end of the log.',
    patches: [
      {
        file: 'src/replication/fetch-query.ts',
        find: 'return isCommittedOnly ? log.lastStableOffset : log.highWatermark;',
        replace: 'return isCommittedOnly ? log.lastStableOffset : log.writtenEndOffset;',
      },
    ],
    foundBy: ['protocol', 'consumed-record'],
    seedsNeeded: 30,
  },
  {
    name: 'fetch-session-keeps-old-position',
    breaks: 'A fetch session goes on from the position that a partition had when it came in.',
    patches: [
      {
        file: 'src/broker/fetch-session.ts',
        find: 'if (partition) partition.start = asked.start;',
        replace: 'if (partition) partition.start ??= asked.start;',
      },
    ],
    foundBy: ['liveness'],
    seedsNeeded: 30,
  },
  {
    name: 'fetch-session-misses-changes',
    breaks:
      'A partition at rest in a fetch session is not looked at again when something happens to it.',
    patches: [
      {
        file: 'src/broker/fetch-session.ts',
        find: `onChange(partition: FetchPartition, change: PartitionChange): void {
    this.#unsettle(partition);`,
        replace: 'onChange(partition: FetchPartition, change: PartitionChange): void {',
      },
    ],
    foundBy: ['liveness'],
    seedsNeeded: 30,
  },
  {
    name: 'fetch-session-epoch-unchecked',
    breaks: 'A fetch session answers a repeated or lost request as if it were the next one.',
    patches: [
      {
        file: 'src/broker/fetch-session-cache.ts',
        find: "if (session.epoch !== request.sessionEpoch) return 'INVALID_FETCH_SESSION_EPOCH';",
        replace: '',
      },
      {
        file: 'src/replication/fetch-request.ts',
        find: `  lost(): void {
    this.#become(restarted(this.#session));`,
        replace: `  lost(): void {
    this.#become(this.#session);`,
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'purgatory-leak',
    breaks: 'What waits in a purgatory longer than it may is never let go.',
    patches: [
      {
        file: 'src/broker/purgatory.ts',
        find: 'this.timers.add(waiting.timer, timeoutMs);',
        replace: '',
      },
    ],
    foundBy: ['idleness'],
    seedsNeeded: 30,
  },
  {
    name: 'completed-stays-watched',
    breaks: 'What is done stays in the watch lists of a purgatory.',
    patches: [
      {
        file: 'src/broker/purgatory.ts',
        find: `      link.unlink();
      if (list.operations.isEmpty) this.#byKey.delete(list.key);`,
        replace: '      if (list.operations.isEmpty) this.#byKey.delete(list.key), link.unlink();',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
];
