import {
  NEVER,
  recordFetch,
  resetFollower,
  unknownFollower,
} from '../../../src/replication/state/follower-state';

const follower = {
  brokerId: 2,
  logEndOffset: 100,
  logStartOffset: 0,
  lastFetchLeaderEndOffset: 110,
  lastFetchMs: 5_000,
  lastCaughtUpMs: 1_000,
};

describe('a fetch', () => {
  test.each`
    fetchOffset | caughtUpMs | because
    ${120}      | ${6_000}   | ${'it is at the end of the leader now'}
    ${119}      | ${5_000}   | ${'it is past the end that the leader had at the fetch before'}
    ${110}      | ${5_000}   | ${'it is at the end that the leader had at the fetch before'}
    ${109}      | ${1_000}   | ${'it has not even reached that'}
  `('at $fetchOffset means caught up at $caughtUpMs: $because', ({ fetchOffset, caughtUpMs }) => {
    const fetch = {
      brokerEpoch: -1,
      fetchOffset,
      logStartOffset: 3,
      leaderEndOffset: 120,
      nowMs: 6_000,
    };
    expect(recordFetch(follower, fetch)).toEqual({
      brokerId: 2,
      logEndOffset: fetchOffset,
      logStartOffset: 3,
      lastFetchLeaderEndOffset: 120,
      lastFetchMs: 6_000,
      lastCaughtUpMs: caughtUpMs,
    });
  });

  test('that comes late moves neither time back', () => {
    const fetch = {
      brokerEpoch: -1,
      fetchOffset: 120,
      logStartOffset: 0,
      leaderEndOffset: 105,
      nowMs: 500,
    };
    expect(recordFetch(follower, fetch)).toMatchObject({
      lastCaughtUpMs: 1_000,
      lastFetchLeaderEndOffset: 110,
    });
  });

  test('of a follower outside the ISR, the first in an epoch, does not make it caught up', () => {
    const reset = resetFollower(follower, {
      isInSync: false,
      isNewLeader: true,
      leaderEndOffset: 200,
      nowMs: 9_000,
    });
    const fetch = {
      brokerEpoch: -1,
      fetchOffset: 100,
      logStartOffset: 0,
      leaderEndOffset: 200,
      nowMs: 9_001,
    };
    expect(recordFetch(reset, fetch).lastCaughtUpMs).toBe(NEVER);
  });
});

describe('a new leader epoch', () => {
  test.each`
    isInSync | caughtUpMs | because
    ${true}  | ${9_000}   | ${'a member of the ISR gets the whole lag time'}
    ${false} | ${NEVER}   | ${'others must not hold the high watermark back'}
  `('forgets positions if the leader is new: $because', ({ isInSync, caughtUpMs }) => {
    const reset = resetFollower(follower, {
      isInSync,
      isNewLeader: true,
      leaderEndOffset: 200,
      nowMs: 9_000,
    });
    expect(reset).toEqual({ ...unknownFollower(2), lastCaughtUpMs: caughtUpMs });
  });

  test.each`
    isInSync | timeMs   | because
    ${true}  | ${9_000} | ${'a member of the ISR gets the whole lag time'}
    ${false} | ${NEVER} | ${'others have to fetch first'}
  `('keeps positions if the leader is the same: $because', ({ isInSync, timeMs }) => {
    const reset = resetFollower(follower, {
      isInSync,
      isNewLeader: false,
      leaderEndOffset: 200,
      nowMs: 9_000,
    });
    expect(reset).toEqual({
      ...follower,
      lastFetchLeaderEndOffset: 200,
      lastFetchMs: timeMs,
      lastCaughtUpMs: timeMs,
    });
  });
});
