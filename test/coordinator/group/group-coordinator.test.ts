import type { OffsetFetchRequest } from '../../../src/protocol/messages/09-offset-fetch';
import type { JoinGroupRequest } from '../../../src/protocol/messages/11-join-group';
import { encodeOffsetKey, encodeOffsetValue } from '../../../src/coordinator/group/records';
import { errorName } from '../../../src/protocol/errors';
import { buildBatch } from '../../../src/protocol/records/builder';
import { aCoordinator, settle } from '../../builders/coordinator-builder';
import { subscriptionTo } from '../../builders/subscription';

const CONTEXT = { clientId: 'c', clientHost: '/127.0.0.1', apiVersion: 9 };

const JOIN: JoinGroupRequest = {
  groupId: 'g',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  memberId: '',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: subscriptionTo(['t']) }],
  reason: null,
};

const SYNC = {
  groupId: 'g',
  generationId: 1,
  memberId: 'm',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocolName: 'range',
  assignments: [],
};

// By Java's String.hashCode and Kafka's Utils.abs.
test.each`
  groupId                 | partition | because
  ${'g'}                  | ${3}      | ${'the hash is positive'}
  ${'my-group'}           | ${12}     | ${'of a negative hash the absolute value counts'}
  ${''}                   | ${0}      | ${'the hash is 0'}
  ${'polygenelubricants'} | ${0}      | ${'of the smallest integer the absolute value is 0'}
  ${'группа'}             | ${8}      | ${'the hash is over UTF-16 units'}
`('group "$groupId" is in partition $partition of 50: $because', ({ groupId, partition }) => {
  const { coordinator } = aCoordinator();
  coordinator.start(50);
  expect(coordinator.partitionFor(groupId)).toBe(partition);
});

test('before its start and after its stop the coordinator is not available', async () => {
  const { coordinator, clock } = aCoordinator();
  expect(errorName((await coordinator.joinGroup(CONTEXT, JOIN)).errorCode)).toBe(
    'COORDINATOR_NOT_AVAILABLE',
  );
  coordinator.start(1);
  await coordinator.onElected(0, 1);
  const waiting = coordinator.joinGroup({ ...CONTEXT, apiVersion: 3 }, JOIN);
  coordinator.stop();
  expect(errorName((await waiting).errorCode)).toBe('NOT_COORDINATOR');
  const listed = coordinator.listGroups(CONTEXT, { statesFilter: [], typesFilter: [] });
  expect(errorName(listed.errorCode)).toBe('COORDINATOR_NOT_AVAILABLE');
  expect(clock.pendingTimers).toBe(0);
});

test('while a partition is loaded each request is told so in the way that its clients understand', async () => {
  const { coordinator, log } = aCoordinator();
  coordinator.start(1);
  log.readFailure = new Error('EIO');
  void coordinator.onElected(0, 1);
  await settle();
  const member = { groupId: 'g', memberId: 'm', groupInstanceId: null, generationId: 1 };
  const list = { statesFilter: [], typesFilter: [] };
  const leave = { groupId: 'g', memberId: 'm', members: [] };
  const describe = { groups: ['g'], includeAuthorizedOperations: false };
  const errors = [
    (await coordinator.joinGroup(CONTEXT, JOIN)).errorCode,
    (await coordinator.syncGroup(CONTEXT, SYNC)).errorCode,
    coordinator.heartbeat(CONTEXT, member).errorCode,
    coordinator.leaveGroup(CONTEXT, leave).errorCode,
    coordinator.listGroups(CONTEXT, list).errorCode,
    coordinator.describeGroups(CONTEXT, describe).groups[0]?.errorCode,
    (await coordinator.deleteGroups(CONTEXT, { groupsNames: ['g'] })).results[0]?.errorCode,
  ];
  expect(errors.map((code) => errorName(code ?? 0))).toEqual([
    'COORDINATOR_LOAD_IN_PROGRESS',
    'REBALANCE_IN_PROGRESS',
    'NONE',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'COORDINATOR_LOAD_IN_PROGRESS',
  ]);
  coordinator.stop();
});

test.each`
  change                                                                      | error                 | because
  ${{ groupId: '' }}                                                          | ${'INVALID_GROUP_ID'} | ${'a group with members has a name'}
  ${{ groupId: 'g'.repeat(40_000) }}                                          | ${'INVALID_GROUP_ID'} | ${'the name does not fit into a record'}
  ${{ groupInstanceId: 'i'.repeat(40_000) }}                                  | ${'INVALID_REQUEST'}  | ${'the instance id does not fit'}
  ${{ protocolType: 'ж'.repeat(20_000) }}                                     | ${'INVALID_REQUEST'}  | ${'the type does not fit, in UTF-8'}
  ${{ protocols: [{ name: 'p'.repeat(40_000), metadata: Buffer.alloc(0) }] }} | ${'INVALID_REQUEST'}  | ${'the protocol name does not fit'}
`('a JoinGroup is refused with $error because $because', async ({ change, error }) => {
  const { coordinator } = aCoordinator();
  coordinator.start(1);
  await coordinator.onElected(0, 1);
  const answer = await coordinator.joinGroup(CONTEXT, { ...JOIN, ...change });
  expect(errorName(answer.errorCode)).toBe(error);
  coordinator.stop();
});

test('the longest client id still makes a member id that fits', async () => {
  const { coordinator } = aCoordinator();
  coordinator.start(1);
  await coordinator.onElected(0, 1);
  const context = { ...CONTEXT, clientId: 'c'.repeat(32_767) };
  const { memberId } = await coordinator.joinGroup(context, JOIN);
  expect(memberId).toBe(`${'c'.repeat(255)}-00000000-0000-4000-8000-000000000001`);
  coordinator.stop();
});

test.each`
  version | protocolName | because
  ${0}    | ${''}        | ${'"none" was the empty string'}
  ${6}    | ${''}        | ${'"none" was the empty string'}
  ${7}    | ${null}      | ${'the field may be null since v7'}
`(
  'a refused JoinGroup v$version has protocol $protocolName: $because',
  async ({ version, protocolName }) => {
    const { coordinator } = aCoordinator();
    const answer = await coordinator.joinGroup({ ...CONTEXT, apiVersion: version }, JOIN);
    expect(answer).toMatchObject({ protocolName, leader: '', generationId: -1, members: [] });
  },
);

test('SyncGroup v5 must say type and name of the protocol', async () => {
  const { coordinator } = aCoordinator();
  const context = { ...CONTEXT, apiVersion: 5 };
  for (const change of [{ protocolType: null }, { protocolName: null }]) {
    const answer = await coordinator.syncGroup(context, { ...SYNC, ...change });
    expect(errorName(answer.errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL');
  }
});

const FETCH: OffsetFetchRequest = {
  groupId: 'g',
  topics: [{ name: 't', partitionIndexes: [0] }],
  groups: [],
  requireStable: false,
};

test('an OffsetFetch that is refused says so on the partitions in v1, at the top later, by group since v8', () => {
  const { coordinator } = aCoordinator();
  const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics: FETCH.topics };
  const request = { ...FETCH, groups: [group] };
  const at = (apiVersion: number) => coordinator.fetchOffsets({ ...CONTEXT, apiVersion }, request);
  expect(at(1)).toMatchObject({
    topics: [
      { name: 't', partitions: [{ partitionIndex: 0, committedOffset: -1, errorCode: 15 }] },
    ],
  });
  expect(at(2)).toEqual({ topics: [], errorCode: 15 });
  expect(at(8)).toEqual({ groups: [{ groupId: 'g', topics: [], errorCode: 15 }] });
});

test('OffsetFetch of several groups answers each for itself', async () => {
  const { coordinator } = aCoordinator();
  coordinator.start(2);
  await coordinator.onElected(coordinator.partitionFor('g'), 1);
  const ask = (groupId: string) => ({ groupId, memberId: null, memberEpoch: -1, topics: null });
  const request = { ...FETCH, groups: [ask('g'), ask('h'), ask('')] };
  const { groups } = coordinator.fetchOffsets(CONTEXT, request);
  expect(groups?.map(({ groupId, errorCode }) => [groupId, errorName(errorCode ?? 0)])).toEqual([
    ['g', 'NONE'],
    ['h', 'NOT_COORDINATOR'],
    ['', 'NOT_COORDINATOR'],
  ]);
  coordinator.stop();
});

test('the marker of a transaction that was open at the election decides its offsets, also while loading', async () => {
  for (const whileLoading of [true, false]) {
    const { coordinator, log } = aCoordinator();
    log.add(0, anOffsetInTransaction(7));
    coordinator.start(1);
    const elected = coordinator.onElected(0, 1);
    if (!whileLoading) await elected;
    coordinator.onTransactionCompleted(0, 7, true);
    await elected;
    const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics: null };
    const { groups } = coordinator.fetchOffsets(CONTEXT, { ...FETCH, groups: [group] });
    expect(groups?.[0]?.topics[0]?.partitions[0]?.committedOffset).toBe(42);
    coordinator.stop();
  }
});

function anOffsetInTransaction(producerId: number): Buffer {
  const value = encodeOffsetValue({
    offset: 42,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: 1,
    expireTimestampMs: undefined,
  });
  const records = [{ key: encodeOffsetKey('g', 't', 0), value, timestamp: 1 }];
  return buildBatch({ records, producerId, producerEpoch: 0, isTransactional: true });
}
