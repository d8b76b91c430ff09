import { present } from '../../../../src/base/assert';
import { errorCode } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import { FetchRequest, FetchResponse } from '../../../../src/protocol/messages/01-fetch';
import {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../../../src/protocol/messages/02-list-offsets';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../../../src/protocol/messages/08-offset-commit';
import {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../../../src/protocol/messages/09-offset-fetch';
import {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../../../src/protocol/messages/10-find-coordinator';
import {
  JoinGroupRequest,
  JoinGroupResponse,
} from '../../../../src/protocol/messages/11-join-group';
import {
  HeartbeatRequest,
  HeartbeatResponse,
} from '../../../../src/protocol/messages/12-heartbeat';
import {
  LeaveGroupRequest,
  LeaveGroupResponse,
} from '../../../../src/protocol/messages/13-leave-group';
import {
  SyncGroupRequest,
  SyncGroupResponse,
} from '../../../../src/protocol/messages/14-sync-group';
import { buildBatch } from '../../../../src/protocol/records/builder';
import type { InputOf } from '../../../../src/protocol/schema';
import type { HistoryEvent } from '../../history';
import { startWorkload } from '../index';
import { ScriptedBroker } from '../scripted-broker';

type Joined = InputOf<typeof JoinGroupResponse>;

interface Script {
  /** Errors of the first heartbeats, and of the first commits. */
  readonly heartbeats?: ErrorName[];
  readonly commits?: ErrorName[];
  readonly committed?: number;
  /** What to answer instead of what a coordinator should. */
  readonly join?: (answer: Joined) => Joined;
  readonly assignment?: (bytes: Buffer) => Buffer;
}

/** A coordinator of a group with one member, and a leader of partitions with one record each at offset 10. */
async function aCoordinator(script: Script) {
  const { heartbeats = [], commits = [], committed = -1 } = script;
  const broker = await ScriptedBroker.start({ t: 2 });
  const asked: string[] = [];
  let generation = 0;
  broker.on(FindCoordinatorRequest, FindCoordinatorResponse, ({ coordinatorKeys }) => {
    const place = { errorCode: 0, nodeId: 1, host: 'broker1', port: 9092, errorMessage: null };
    return { ...place, coordinators: coordinatorKeys.map((key) => ({ key, ...place })) };
  });
  broker.on(
    JoinGroupRequest,
    JoinGroupResponse,
    ({ memberId, protocols, groupInstanceId }, version) => {
      asked.push(`join ${memberId}`);
      const isToComeAgain = memberId === '' && groupInstanceId === null && version >= 4;
      const { name, metadata } = present(protocols[0], 'protocol');
      const id = memberId === '' ? 'm-1' : memberId;
      if (isToComeAgain)
        return {
          ...{ errorCode: errorCode('MEMBER_ID_REQUIRED'), memberId: id, leader: '', members: [] },
          protocolName: version >= 7 ? null : '',
        };
      generation += 1;
      const answer = {
        ...{ errorCode: 0, generationId: generation, protocolType: 'consumer', protocolName: name },
        ...{ leader: id, memberId: id, members: [{ memberId: id, groupInstanceId, metadata }] },
      };
      return script.join?.(answer) ?? answer;
    },
  );
  broker.on(SyncGroupRequest, SyncGroupResponse, ({ assignments, protocolType, protocolName }) => {
    asked.push('sync');
    const assignment = assignments[0]?.assignment ?? Buffer.alloc(0);
    const bytes = script.assignment?.(assignment) ?? assignment;
    return { errorCode: 0, protocolType, protocolName, assignment: bytes };
  });
  broker.on(HeartbeatRequest, HeartbeatResponse, () => ({
    errorCode: errorCode(heartbeats.shift() ?? 'NONE'),
  }));
  broker.on(LeaveGroupRequest, LeaveGroupResponse, () => {
    asked.push('leave');
    return { errorCode: 0, members: [] };
  });
  broker.on(OffsetFetchRequest, OffsetFetchResponse, ({ groupId, topics, groups }) => {
    const told = (groups[0]?.topics ?? topics ?? []).map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({
        ...{ partitionIndex, committedOffset: committed, metadata: '', errorCode: 0 },
      })),
    }));
    return { errorCode: 0, topics: told, groups: [{ groupId, topics: told, errorCode: 0 }] };
  });
  broker.on(OffsetCommitRequest, OffsetCommitResponse, ({ topics }) => {
    const code = errorCode(commits.shift() ?? 'NONE');
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
      })),
    };
  });
  broker.on(ListOffsetsRequest, ListOffsetsResponse, ({ topics }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        ...{ partitionIndex, errorCode: 0, oldStyleOffsets: [], offset: 10 },
      })),
    })),
  }));
  broker.on(FetchRequest, FetchResponse, ({ topics }) => {
    const value = Buffer.from('x');
    const records = buildBatch({
      baseOffset: 10,
      leaderEpoch: 0,
      records: [{ key: null, value, timestamp: 0 }],
    });
    return {
      // Without a session every fetch names all partitions.
      sessionId: 0,
      responses: topics.map(({ topic, topicId, partitions }) => ({
        ...{ topic, topicId },
        partitions: partitions.map(({ partition, fetchOffset }) => ({
          ...{ partitionIndex: partition, errorCode: 0, highWatermark: 11, lastStableOffset: 11 },
          ...{ logStartOffset: 10, abortedTransactions: null },
          records: fetchOffset === 10 ? records : null,
        })),
      })),
    };
  });
  return { broker, asked };
}

async function run(script: Script, options: Record<string, string | number | boolean> = {}) {
  const { broker, asked } = await aCoordinator(script);
  const { world, history } = broker;
  const common = { members: 1, churnMs: 0, usesSessions: false };
  const plan = { id: 0, kind: 'group', options: { ...common, ...options } } as const;
  const workload = startWorkload(plan, broker.context);
  await world.runUntil(8_000);
  workload.stop();
  await world.runUntil(20_000, () => workload.isIdle);
  expect(workload.isIdle).toBe(true);
  return { asked, told: told(history.events), trace: world.trace.lines() };
}

function told(events: readonly HistoryEvent[]): string[] {
  return events.flatMap((event) => {
    switch (event.kind) {
      case 'assigned':
      case 'revoked': {
        const partitions = event.partitions.map(({ partition }) => partition).join();
        return [`${event.kind} ${partitions} in ${String(event.generation)}`];
      }
      case 'committed':
      case 'commitUnknown':
      case 'offsetRead':
        return [`${event.kind} ${String(event.partition)}@${String(event.offset)}`];
      default:
        return [];
    }
  });
}

test('a member joins, reads, commits and leaves', async () => {
  const { told: events, asked, trace } = await run({});
  expect(events).toEqual([
    'assigned 0,1 in 1',
    ...['offsetRead 0@-1', 'offsetRead 1@-1'],
    ...['committed 0@11', 'committed 1@11'],
    'revoked 0,1 in 1',
  ]);
  expect(asked.slice(-2)).toEqual(['sync', 'leave']);
  expect(trace).toEqual([
    expect.stringMatching(/ g0m1 +assigned group=g0 .*generation=1/),
    expect.stringMatching(/ g0m1 +revoked group=g0 .*generation=1/),
  ]);
});

test('what is committed already is not read and not committed again', async () => {
  const { told: events } = await run({ committed: 11 });
  expect(events).toEqual([
    'assigned 0,1 in 1',
    ...['offsetRead 0@11', 'offsetRead 1@11'],
    'revoked 0,1 in 1',
  ]);
});

test('a static member goes without leaving', async () => {
  const { asked } = await run({}, { isStatic: true });
  expect(asked).toEqual(['join ', 'sync']);
});

test.each`
  protocol         | error                      | kept     | because
  ${'eager'}       | ${'REBALANCE_IN_PROGRESS'} | ${false} | ${'an eager member lets go of all before it joins again'}
  ${'cooperative'} | ${'REBALANCE_IN_PROGRESS'} | ${true}  | ${'a cooperative one keeps what nobody takes from it'}
  ${'cooperative'} | ${'ILLEGAL_GENERATION'}    | ${false} | ${'who was thrown out has nothing'}
  ${'cooperative'} | ${'UNKNOWN_MEMBER_ID'}     | ${false} | ${'who was thrown out has nothing'}
`(
  'after $error $protocol members keep: $kept, since $because',
  async ({ protocol, error, kept }) => {
    const { told: events } = await run(
      { committed: 11, heartbeats: ['NONE', error] },
      { protocol },
    );
    const moves = events.filter((event) => /^(assigned|revoked)/.test(event));
    expect(moves).toEqual([
      'assigned 0,1 in 1',
      ...(kept ? [] : ['revoked 0,1 in 1']),
      'assigned 0,1 in 2',
      'revoked 0,1 in 2',
    ]);
  },
);

test('a member that is not known any more asks for another id', async () => {
  const { asked } = await run({ heartbeats: ['UNKNOWN_MEMBER_ID'] });
  expect(asked.filter((what) => what === 'join ').length).toBeGreaterThanOrEqual(2);
});

test.each`
  error                          | first              | because
  ${'REQUEST_TIMED_OUT'}         | ${'commitUnknown'} | ${'it may be in the log'}
  ${'COORDINATOR_NOT_AVAILABLE'} | ${'commitUnknown'} | ${'it may have been appended before replicas were missing'}
  ${'REBALANCE_IN_PROGRESS'}     | ${'committed'}     | ${'nothing was written, and it is tried again'}
`('a commit that is answered $error: $because', async ({ error, first }) => {
  const { told: events } = await run({ commits: [error] }, { protocol: 'cooperative' });
  expect(events.find((event) => event.startsWith('commit'))).toMatch(
    new RegExp(`^${first as string} `),
  );
  expect(events).toContain('committed 0@11');
});

test.each<[string, Script]>([
  ['JoinGroup: .*leader alone', { join: (answer) => ({ ...answer, leader: 'another' }) }],
  [
    'JoinGroup: .*a member twice',
    { join: (answer) => ({ ...answer, members: [...answer.members, ...answer.members] }) },
  ],
  ['JoinGroup: .*generation 0', { join: (answer) => ({ ...answer, generationId: 0 }) }],
  ['JoinGroup: protocol other', { join: (answer) => ({ ...answer, protocolName: 'other' }) }],
  [
    'SyncGroup: an assignment that no leader',
    { assignment: (bytes) => Buffer.concat([bytes, bytes]) },
  ],
  ['Heartbeat in g0: UNKNOWN_SERVER_ERROR', { heartbeats: ['UNKNOWN_SERVER_ERROR'] }],
  ['OffsetCommit in g0: NOT_LEADER', { commits: ['NOT_LEADER_OR_FOLLOWER'] }],
])('%s is nothing that a coordinator may answer', async (what, script) => {
  await expect(run(script)).rejects.toThrow(new RegExp(`^protocol: broker1 to g0m1: ${what}`));
});

test('members that come and go leave nothing behind', async () => {
  const { broker } = await aCoordinator({});
  const { world, history } = broker;
  const options = { members: 1, churnMs: 1_500, usesSessions: false };
  const workload = startWorkload({ id: 0, kind: 'group', options }, broker.context);
  await world.runUntil(40_000);
  workload.stop();
  await world.runUntil(80_000, () => workload.isIdle);
  expect(workload.isIdle).toBe(true);
  const events = told(history.events);
  expect(events.filter((event) => event.startsWith('assigned')).length).toBeGreaterThan(4);
  // Whatever a member had it has let go of.
  const owned = new Map<string, number>();
  for (const event of history.events) {
    if (event.kind === 'assigned') owned.set(event.client, event.partitions.length);
    if (event.kind === 'revoked')
      owned.set(event.client, (owned.get(event.client) ?? 0) - event.partitions.length);
  }
  expect([...owned.values()]).toEqual([0]);
});
