/** Bugs of the way to ZooKeeper: replies that are lost, watches. */
import type { Mutant } from './mutant';

export const ZOOKEEPER_MUTANTS: readonly Mutant[] = [
  {
    name: 'lost-election-reply-is-defeat',
    breaks:
      'A broker that won the election without hearing of it takes its own znode for that of a rival (KAFKA-13407).',
    patches: [
      {
        file: 'src/zookeeper/election-store.ts',
        find: `holder.stat.ephemeralOwner === this.#context.session.sessionId) {
        return { won: true, ...before };
      } else if (holder.brokerId === brokerId && holder.stat.ephemeralOwner !== 0n) {`,
        replace:
          'holder.brokerId === brokerId && holder.stat.ephemeralOwner !== this.#context.session.sessionId) {',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'lost-reply-is-failure',
    breaks:
      'A transaction whose reply was lost counts as refused, although it may have been carried out.',
    patches: [
      {
        file: 'src/zookeeper/request-pipeline.ts',
        find: "if (isZooKeeperError(error, 'CONNECTION_LOSS')) {",
        replace: `if (isZooKeeperError(error, 'CONNECTION_LOSS') && operation === 'multi') {
      request.reject(new MultiError('CONNECTION_LOSS', 1, path));
    } else if (isZooKeeperError(error, 'CONNECTION_LOSS')) {`,
      },
    ],
    foundBy: ['liveness'],
    seedsNeeded: 300,
  },
  {
    name: 'lost-registration-reply-is-a-rival',
    breaks: 'A broker takes its own registration, whose reply was lost, for that of another.',
    patches: [
      {
        file: 'src/zookeeper/broker-store.ts',
        find: `if (owner === sessionId) return { status: 'registered', epoch: found.stat.czxid };
      if (!this.#ownSessions.has(owner))`,
        replace: 'if (owner === sessionId || !this.#ownSessions.has(owner))',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'watch-not-set-again',
    breaks: 'A watch on children is set by the first read only.',
    patches: [
      {
        file: 'src/zookeeper/reconnecting-session.ts',
        find: 'client.getChildren(path, this.#childHandlers.has(path))',
        replace:
          'client.getChildren(path, this.#childHandlers.has(path) && !this.#seen.has(path) && !!this.#seen.add(path))',
      },
      {
        file: 'src/zookeeper/reconnecting-session.ts',
        find: 'readonly #childHandlers = new Map<string, () => void>();',
        replace: `readonly #childHandlers = new Map<string, () => void>();
  readonly #seen = new Set<string>();`,
      },
    ],
    foundBy: ['liveness'],
    seedsNeeded: 30,
  },
];
