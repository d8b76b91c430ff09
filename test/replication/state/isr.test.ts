import { NEVER, type FollowerState } from '../../../src/replication/state/follower-state';
import {
  committedIsr,
  decideExpand,
  decideOutcome,
  decideShrink,
  expanding,
  shrinking,
} from '../../../src/replication/state/isr';

const aFollower = (brokerId: number, over: Partial<FollowerState> = {}): FollowerState => ({
  brokerId,
  logEndOffset: 10,
  logStartOffset: 0,
  lastFetchLeaderEndOffset: 10,
  lastFetchMs: 0,
  lastCaughtUpMs: 0,
  ...over,
});

const JOINING = { brokerId: 3, brokerEpoch: 72 };

describe('joining', () => {
  test.each`
    endOffset | highWatermark | epochStart | alive    | isr       | joins    | because
    ${10}     | ${10}         | ${5}       | ${true}  | ${[1]}    | ${true}  | ${'it has all that is committed and is past the start of the epoch'}
    ${9}      | ${10}         | ${5}       | ${true}  | ${[1]}    | ${false} | ${'it lacks committed records'}
    ${10}     | ${8}          | ${11}      | ${true}  | ${[1]}    | ${false} | ${'an earlier leader may have committed what lies before the epoch'}
    ${11}     | ${8}          | ${11}      | ${true}  | ${[1]}    | ${true}  | ${'it reached the start of the epoch'}
    ${10}     | ${10}         | ${5}       | ${false} | ${[1]}    | ${false} | ${'the controller says that it is not alive'}
    ${10}     | ${10}         | ${5}       | ${true}  | ${[1, 2]} | ${false} | ${'it is in the ISR'}
    ${-1}     | ${0}          | ${0}       | ${true}  | ${[1]}    | ${false} | ${'it has not fetched from this leader yet'}
  `('$joins: $because', ({ endOffset, highWatermark, epochStart, alive, isr, joins }) => {
    const proposal = decideExpand(committedIsr(isr), aFollower(2, { logEndOffset: endOffset }), {
      brokerEpoch: 71,
      isFollowerAlive: alive,
      highWatermark,
      epochStartOffset: epochStart,
    });
    expect(proposal?.proposedIsr).toEqual(joins ? [...isr, 2] : undefined);
    expect(proposal?.joining).toEqual(joins ? { brokerId: 2, brokerEpoch: 71 } : undefined);
  });

  test('waits while another change is pending', () => {
    const pending = expanding(committedIsr([1]), JOINING);
    const fetch = {
      brokerEpoch: 71,
      isFollowerAlive: true,
      highWatermark: 0,
      epochStartOffset: 0,
    };
    expect(decideExpand(pending, aFollower(2), fetch)).toBeUndefined();
  });
});

describe('leaving', () => {
  const leader = { brokerId: 1, endOffset: 20, nowMs: 100_000, maxLagMs: 30_000 };

  test.each`
    endOffset | caughtUp   | leaves   | because
    ${20}     | ${NEVER}   | ${false} | ${'it has all that the leader has'}
    ${10}     | ${70_000}  | ${false} | ${'it was caught up just within the lag time'}
    ${10}     | ${69_999}  | ${true}  | ${'it was last caught up too long ago'}
    ${-1}     | ${NEVER}   | ${true}  | ${'it was never heard of'}
    ${-1}     | ${100_000} | ${false} | ${'the leader is new and gives it time'}
  `('$leaves: $because', ({ endOffset, caughtUp, leaves }) => {
    const followers = new Map([
      [2, aFollower(2, { logEndOffset: endOffset, lastCaughtUpMs: caughtUp })],
    ]);
    const proposal = decideShrink(committedIsr([1, 2]), followers, leader);
    expect(proposal?.proposedIsr).toEqual(leaves ? [1] : undefined);
  });

  test('all that lag leave at once, the leader never does', () => {
    const followers = new Map([2, 3].map((id) => [id, aFollower(id, { lastCaughtUpMs: NEVER })]));
    const proposal = decideShrink(committedIsr([3, 1, 2]), followers, leader);
    expect(proposal?.proposedIsr).toEqual([1]);
  });

  test('a member that is no longer assigned leaves', () => {
    expect(decideShrink(committedIsr([1, 9]), new Map(), leader)?.proposedIsr).toEqual([1]);
  });

  test('waits while another change is pending', () => {
    const followers = new Map([[2, aFollower(2, { lastCaughtUpMs: NEVER })]]);
    expect(
      decideShrink(shrinking(committedIsr([1, 2, 3]), [3]), followers, leader),
    ).toBeUndefined();
  });
});

test.each`
  state                                       | isr       | maximal      | because
  ${committedIsr([1, 2])}                     | ${[1, 2]} | ${[1, 2]}    | ${'nothing is pending'}
  ${expanding(committedIsr([1, 2]), JOINING)} | ${[1, 2]} | ${[1, 2, 3]} | ${'a joining replica counts at once'}
  ${shrinking(committedIsr([1, 2]), [2])}     | ${[1, 2]} | ${[1, 2]}    | ${'a leaving replica counts until it is confirmed'}
`('the largest ISR that could be in force is $maximal: $because', ({ state, isr, maximal }) => {
  expect(state.isr).toEqual(isr);
  expect(state.maximalIsr).toEqual(maximal);
});

describe('the answer of the controller', () => {
  const committed = committedIsr([1, 2]);
  const proposal = shrinking(committed, [2]);
  const ok = (leaderEpoch: number, partitionEpoch: number) => ({
    error: 'NONE' as const,
    leaderEpoch,
    partitionEpoch,
    isr: [1],
  });

  test.each`
    answer                                     | outcome                   | because
    ${ok(5, 8)}                                | ${'committed'}            | ${'the change is in force'}
    ${ok(5, 7)}                                | ${'committed'}            | ${'the controller had that state already'}
    ${ok(5, 6)}                                | ${'ignored'}              | ${'something newer is known'}
    ${ok(4, 8)}                                | ${'ignored'}              | ${'it is about another leader epoch'}
    ${{ error: 'INELIGIBLE_REPLICA' }}         | ${'reverted'}             | ${'it is certain not to have been applied'}
    ${{ error: 'OPERATION_NOT_ATTEMPTED' }}    | ${'reverted'}             | ${'it is certain not to have been applied'}
    ${{ error: 'FENCED_LEADER_EPOCH' }}        | ${'awaitingLeaderAndIsr'} | ${'there is a newer leader epoch'}
    ${{ error: 'INVALID_UPDATE_VERSION' }}     | ${'awaitingLeaderAndIsr'} | ${'it may have been applied before'}
    ${{ error: 'UNKNOWN_TOPIC_OR_PARTITION' }} | ${'awaitingLeaderAndIsr'} | ${'the topic may be gone'}
    ${{ error: 'UNKNOWN_TOPIC_ID' }}           | ${'awaitingLeaderAndIsr'} | ${'the topic may be gone'}
    ${{ error: 'INVALID_REQUEST' }}            | ${'awaitingLeaderAndIsr'} | ${'asking again would not help'}
    ${{ error: 'UNKNOWN_SERVER_ERROR' }}       | ${'retry'}                | ${'nothing is known'}
  `('$outcome: $because', ({ answer, outcome }) => {
    const result = decideOutcome(proposal, answer, {
      state: proposal,
      leaderEpoch: 5,
      partitionEpoch: 7,
    });
    expect(result.kind).toBe(outcome);
  });

  test('is ignored once a LeaderAndIsr has replaced the proposal', () => {
    const now = { state: committedIsr([1, 2, 3]), leaderEpoch: 5, partitionEpoch: 7 };
    expect(decideOutcome(proposal, ok(5, 8), now)).toEqual({ kind: 'ignored' });
  });

  test('says what the ISR is', () => {
    const result = decideOutcome(proposal, ok(5, 8), {
      state: proposal,
      leaderEpoch: 5,
      partitionEpoch: 7,
    });
    expect(result).toEqual({ kind: 'committed', state: committedIsr([1]), partitionEpoch: 8 });
  });

  test('takes back a refused proposal', () => {
    const answer = { error: 'INELIGIBLE_REPLICA' };
    const result = decideOutcome(proposal, answer, {
      state: proposal,
      leaderEpoch: 5,
      partitionEpoch: 7,
    });
    expect(result).toEqual({ kind: 'reverted', state: committed });
  });
});
