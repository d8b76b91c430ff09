/** Bugs of leaders and followers: high watermark, ISR, truncation, fencing of epochs. */
import type { Mutant } from './mutant';

export const REPLICATION_MUTANTS: readonly Mutant[] = [
  {
    name: 'high-watermark-without-followers',
    breaks:
      "The high watermark is the leader's own log end: a comparison the wrong way round skips every follower that is behind.",
    patches: [
      {
        file: 'src/replication/state/high-watermark.ts',
        find: 'if (follower.logEndOffset >= candidate) continue;',
        replace: 'if (follower.logEndOffset <= candidate) continue;',
      },
    ],
    foundBy: ['replica-agreement', 'acked-record'],
    seedsNeeded: 30,
  },
  {
    name: 'high-watermark-from-what-was-sent',
    breaks:
      'A follower counts as having what its fetch is answered with, before its next fetch tells that it has.',
    patches: [
      {
        file: 'src/broker/fetch-request.ts',
        find: `fetchOffset: request.start.fetchOffset,
          logStartOffset`,
        replace: `fetchOffset: position.upTo,
          logStartOffset`,
      },
    ],
    foundBy: ['replica-agreement'],
    seedsNeeded: 30,
  },
  {
    name: 'high-watermark-falls',
    breaks: 'A new leader takes the high watermark back to what followers have told it so far.',
    patches: [
      {
        file: 'src/replication/leadership.ts',
        find: 'candidate <= this.log.highWatermark) return;',
        replace: 'candidate === this.log.highWatermark) return;',
      },
    ],
    foundBy: ['watermark'],
    seedsNeeded: 60,
  },
  {
    name: 'diverging-fetch-counts',
    breaks:
      'A follower counts as having what lies below its position although its history is another one.',
    patches: [
      {
        file: 'src/broker/fetch-request.ts',
        find: "this.reader.kind === 'follower' && !position.divergingEpoch",
        replace: "this.reader.kind === 'follower'",
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'isr-grows-without-catch-up',
    breaks: 'Any follower that fetches joins the ISR, however far behind.',
    patches: [
      {
        file: 'src/replication/state/isr.ts',
        find: `follower.logEndOffset >= fetch.highWatermark && follower.logEndOffset >= fetch.epochStartOffset;`,
        replace: 'follower.logEndOffset >= 0;',
      },
    ],
    foundBy: ['replica-agreement'],
    seedsNeeded: 150,
  },
  {
    name: 'isr-shrink-unconfirmed',
    breaks: 'A leader that proposes a smaller ISR goes by it before the controller has agreed.',
    patches: [
      {
        file: 'src/replication/state/isr.ts',
        find: `maximalIsr: state.isr,
    proposedIsr,`,
        replace: `maximalIsr: proposedIsr,
    proposedIsr,`,
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'truncation-by-high-watermark',
    breaks:
      "A follower cuts its log at its own high watermark, not where the leader's epochs say (before KIP-101).",
    patches: [
      {
        file: 'src/replication/fetcher-manager.ts',
        find: 'if (log.latestEpoch === undefined && log.highWatermark < log.logEndOffset)',
        replace: 'if (log.highWatermark < log.logEndOffset)',
      },
    ],
    foundBy: ['replica-agreement', 'acked-record', 'consumed-record'],
    seedsNeeded: 60,
  },
  {
    name: 'divergence-unnoticed',
    breaks:
      'A follower does not tell the epoch of its last record, so that its leader cannot find out where they part.',
    patches: [
      {
        file: 'src/replication/fetch-request.ts',
        find: `      lastFetchedEpoch,
      logStartOffset`,
        replace: `      lastFetchedEpoch: -1,
      logStartOffset`,
      },
    ],
    foundBy: ['replica-agreement', 'acked-record'],
    seedsNeeded: 60,
  },
  {
    name: 'min-isr-ignored',
    breaks: '`min.insync.replicas` counts as 1.',
    patches: [
      {
        file: 'src/replication/leadership.ts',
        find: 'return effectiveMinIsr(this.led.minInsyncReplicas, this.#followers.size + 1);',
        replace: 'return effectiveMinIsr(1, this.#followers.size + 1);',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'deposed-leader-acks',
    breaks:
      'A leader that was deposed while a produce waited acknowledges it if the records are in its log.',
    patches: [
      {
        file: 'src/replication/partition.ts',
        find: `if (!leadership) return 'NOT_LEADER_OR_FOLLOWER';
    if (this.requireLog().highWatermark`,
        replace: `if (!leadership) return this.requireLog().logEndOffset >= offset ? 'NONE' : 'NOT_LEADER_OR_FOLLOWER';
    if (this.requireLog().highWatermark`,
      },
    ],
    foundBy: ['acked-record', 'replica-agreement'],
    seedsNeeded: 30,
  },
  {
    name: 'stale-answer-applied',
    breaks: 'A follower applies the answer to a fetch of before its position or leader changed.',
    patches: [
      {
        file: 'src/replication/fetcher.ts',
        find: 'if (followed?.isExpected)',
        replace: 'if (followed)',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'fetch-session-forgets',
    breaks:
      'After a fetch session ends, the new one has only the partitions that have moved since.',
    patches: [
      {
        file: 'src/replication/fetch-request.ts',
        find: 'const changed = new Set(this.#inSession);',
        replace: 'const changed = new Set<FollowedPartition>();',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'follower-high-watermark-falls',
    breaks: "A follower takes over its leader's high watermark even if it knows a higher one.",
    patches: [
      {
        file: 'src/replication/follower-append.ts',
        find: 'if (highWatermark > log.highWatermark) log',
        replace: 'if (highWatermark !== log.highWatermark) log',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'leader-epoch-unchecked',
    breaks: 'A fetch with a leader epoch of before is served.',
    patches: [
      {
        file: 'src/replication/state/transitions.ts',
        find: 'requestEpoch === -1 || requestEpoch === currentEpoch',
        replace: 'requestEpoch <= currentEpoch',
      },
    ],
    foundBy: ['protocol', 'acting-leader'],
    seedsNeeded: 30,
  },
  {
    name: 'newer-leader-epoch-unchecked',
    breaks: 'A leader serves fetches that are meant for a later leader than it.',
    patches: [
      {
        file: 'src/replication/state/transitions.ts',
        find: 'requestEpoch === -1 || requestEpoch === currentEpoch',
        replace: 'requestEpoch === -1 || requestEpoch >= currentEpoch',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'deposed-controller-obeyed',
    breaks: 'A broker does not look at the epoch of the controller that gives it orders.',
    patches: [
      {
        file: 'src/replication/replica-manager.ts',
        find: 'if (request.controllerEpoch < this.#controllerEpoch)',
        replace: 'if (request.controllerEpoch < 0)',
      },
    ],
    foundBy: ['told-state'],
    seedsNeeded: 300,
  },
  {
    name: 'stale-broker-epoch-obeyed',
    breaks: 'A broker obeys what was meant for its life before.',
    patches: [
      {
        file: 'src/replication/replica-manager.ts',
        find: 'request.brokerEpoch !== -1 && request.brokerEpoch < brokerEpoch',
        replace: 'request.brokerEpoch < -1',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'deleted-topic-comes-back',
    breaks:
      'The log of a deleted topic stays, and the next topic of that name takes it over whatever its id.',
    patches: [
      {
        file: 'src/replication/stop-replica.ts',
        find: 'if (context.logs.get(requested)) context.logs.deleteAsync(requested);',
        replace: 'context.logs.get(requested);',
      },
      {
        file: 'src/replication/state/transitions.ts',
        find: 'logTopicId !== undefined && requestTopicId !== logTopicId',
        replace: 'logTopicId === undefined && requestTopicId !== logTopicId',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'topic-deletion-ignored',
    breaks: 'A broker answers that it has deleted a replica, and keeps its log.',
    patches: [
      {
        file: 'src/replication/stop-replica.ts',
        find: 'if (context.logs.get(requested)) context.logs.deleteAsync(requested);',
        replace: 'context.logs.get(requested);',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'follower-reports-too-early',
    breaks:
      'A follower tells its leader of records that are not on its device yet, where durability is strict.',
    patches: [
      {
        file: 'src/replication/fetch-answer.ts',
        find: "kind: 'moved', durable: replica.durable() };",
        replace: "kind: 'moved', durable: Promise.resolve() };",
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
];
