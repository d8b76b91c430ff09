/** Bugs of the group coordinator: generations, commits, fail-over. */
import type { Mutant } from './mutant';

export const COORDINATOR_MUTANTS: readonly Mutant[] = [
  {
    name: 'commit-of-an-old-generation',
    breaks: 'A member that missed a rebalance may still commit.',
    patches: [
      {
        file: 'src/coordinator/group/state/commit-rules.ts',
        find: 'const error = generationError(group, memberId, instanceId, generation);',
        replace: 'const error = generationError(group, memberId, instanceId, group.generation);',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'heartbeat-of-an-old-generation',
    breaks: 'A member that missed a rebalance is told that all is well.',
    patches: [
      {
        file: 'src/coordinator/group/state/liveness.ts',
        find: 'const error = generationError(group, memberId, instanceId, generation);',
        replace: 'const error = generationError(group, memberId, instanceId, group.generation);',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'sync-of-an-old-generation',
    breaks: 'A member gets its assignment although it knows another generation.',
    patches: [
      {
        file: 'src/coordinator/group/state/sync.ts',
        find: 'const error = generationError(group, memberId, instanceId, generation);',
        replace: 'const error = generationError(group, memberId, instanceId, group.generation);',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'commit-acked-before-replicated',
    breaks: 'An offset commit is answered before it is on the other replicas.',
    patches: [
      {
        file: 'src/coordinator/group/offset-operations.ts',
        find: 'const error = await committed;',
        replace: `void committed;
  const error = 'NONE' as ErrorName;`,
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'assignment-before-stored',
    breaks: 'Members hear of their assignment before it is stored.',
    patches: [
      {
        file: 'src/coordinator/group/live-group.ts',
        find: 'const error = await this.#home.append([{ key, value }]).committed;',
        replace: `void this.#home.append([{ key, value }]).committed;
    const error = 'NONE' as ErrorName;`,
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'resigned-coordinator-answers',
    breaks: 'A broker that leads a partition of groups no more still answers for them.',
    patches: [
      {
        file: 'src/broker/replica-events.ts',
        find: `groups.onResigned(partition, leaderEpoch);
`,
        replace: '',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'groups-loaded-to-the-high-watermark',
    breaks:
      'A new coordinator reads its partition to the high watermark it knows, which may lag behind what was acknowledged.',
    patches: [
      {
        file: 'src/broker/coordinator-log.ts',
        find: `while (offset < log.logEndOffset) {
      const upTo = log.logEndOffset;`,
        replace: `while (offset < log.highWatermark) {
      const upTo = log.highWatermark;`,
      },
    ],
    foundBy: ['group-offset'],
    seedsNeeded: 60,
  },
  {
    name: 'static-member-leaves-its-former-self',
    breaks: 'A static member that starts again gets a place of its own beside its former self.',
    patches: [
      {
        file: 'src/coordinator/group/state/join.ts',
        find: `    return oldMemberId === undefined
      ? addMember(group, newMemberId, attempt)
      : replaceStaticMember(group, oldMemberId, attempt);`,
        replace: `    if (oldMemberId !== undefined) request = { ...request, instanceId: null };
    return addMember(group, newMemberId, { ...attempt, request });`,
      },
      {
        file: 'src/coordinator/group/state/join.ts',
        find: `function joinWithoutId(group: Group, attempt: JoinAttempt): Effect[] {
  const { request, ticket } = attempt;`,
        replace: `function joinWithoutId(group: Group, attempt: JoinAttempt): Effect[] {
  let { request, ticket } = attempt;`,
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'sessions-never-expire',
    breaks: 'A member that is silent keeps its partitions for ever.',
    patches: [
      {
        file: 'src/coordinator/group/state/liveness.ts',
        find: 'if (!member) return [];',
        replace: 'if (member) return [];',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
];
