import { FetchPartition } from '../../src/broker/fetch-partition';
import { FetchSessionCache } from '../../src/broker/fetch-session-cache';
import type { FetchScope, SessionRequest } from '../../src/broker/fetch-session-cache';
import { ZERO_UUID } from '../../src/protocol/schema';
import { ManualClock } from '../builders/manual-clock';

function aPartition(partition: number, fetchOffset = 0): FetchPartition {
  return new FetchPartition(
    { partition, topicId: ZERO_UUID, topic: 't' },
    {
      fetchOffset,
      maxBytes: 1000,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      logStartOffset: -1,
    },
  );
}

function aRequest(changes: Partial<SessionRequest> = {}): SessionRequest {
  return {
    sessionId: 0,
    sessionEpoch: 0,
    usesTopicIds: false,
    followerId: undefined,
    partitions: [],
    forgotten: [],
    ...changes,
  };
}

function aCache(maxSessions = 10): {
  clock: ManualClock;
  cache: FetchSessionCache;
  open(partitions: number[], changes?: Partial<SessionRequest>): number;
} {
  const clock = new ManualClock();
  let next = 100;
  const random = { below: () => next++, bytes: (count: number) => Buffer.alloc(count) };
  const cache = new FetchSessionCache(clock, random, maxSessions);
  return {
    clock,
    cache,
    open(partitions, changes = {}) {
      const scope = cache.scopeOf(
        aRequest({ partitions: partitions.map((each) => aPartition(each)), ...changes }),
      );
      return typeof scope === 'string' ? -1 : (scope.session?.id ?? 0);
    },
  };
}

function scoped(scope: FetchScope | string): FetchScope {
  if (typeof scope === 'string') throw new Error(scope);
  return scope;
}

test('a session remembers its partitions, and takes changes and forgotten ones', () => {
  const { cache, open } = aCache();
  const sessionId = open([0, 1, 2]);
  const second = scoped(
    cache.scopeOf(
      aRequest({
        sessionId,
        sessionEpoch: 1,
        partitions: [aPartition(1, 50), aPartition(3)],
        forgotten: [{ topic: 't', topicId: ZERO_UUID, partition: 0 }],
      }),
    ),
  );
  expect(second.isIncremental).toBe(true);
  expect(second.partitions().map(({ partition, start }) => [partition, start.fetchOffset])).toEqual(
    [
      [1, 50],
      [2, 0],
      [3, 0],
    ],
  );
  expect(second.session?.epoch).toBe(2);
});

test.each`
  request                              | answer                            | because
  ${{ sessionId: 9, sessionEpoch: 1 }} | ${'FETCH_SESSION_ID_NOT_FOUND'}   | ${'no such session'}
  ${{ sessionEpoch: 2 }}               | ${'INVALID_FETCH_SESSION_EPOCH'}  | ${'epoch 1 was expected'}
  ${{ usesTopicIds: true }}            | ${'FETCH_SESSION_TOPIC_ID_ERROR'} | ${'it began with names'}
  ${{ followerId: 2 }}                 | ${'FETCH_SESSION_ID_NOT_FOUND'}   | ${'it is a consumer’s'}
`('$answer because $because', ({ request, answer }) => {
  const { cache, open } = aCache();
  const sessionId = open([0]);
  const changes = request as Partial<SessionRequest>;
  expect(cache.scopeOf(aRequest({ sessionId, sessionEpoch: 1, ...changes }))).toBe(answer);
});

test('the final epoch ends a session and is answered whole', () => {
  const { cache, open } = aCache();
  const sessionId = open([0]);
  const last = scoped(
    cache.scopeOf(aRequest({ sessionId, sessionEpoch: -1, partitions: [aPartition(0)] })),
  );
  expect(last).toMatchObject({ session: undefined, isIncremental: false });
  expect(cache.size).toBe(0);
});

test('a session left without partitions ends', () => {
  const { cache, open } = aCache();
  const sessionId = open([0]);
  const forgotten = [{ topic: 't', topicId: ZERO_UUID, partition: 0 }];
  cache.scopeOf(aRequest({ sessionId, sessionEpoch: 1, forgotten }));
  expect(cache.size).toBe(0);
});

describe('a full cache', () => {
  test('refuses a consumer while all sessions are young', () => {
    const { open } = aCache(2);
    open([0]);
    open([0]);
    expect(open([0, 1, 2])).toBe(0);
  });

  test('gives a follower the place of a consumer at once', () => {
    const { open, cache } = aCache(2);
    open([0]);
    open([0]);
    expect(open([0], { followerId: 2 })).toBeGreaterThan(0);
    expect(cache.size).toBe(2);
    expect(cache.evictionCount).toBe(1);
  });

  test('gives up the least recently used session once it is idle', () => {
    const { open, cache, clock } = aCache(2);
    const idle = open([0]);
    clock.advance(121_000);
    const busy = open([0]);
    expect(open([0])).toBeGreaterThan(0);
    expect(cache.scopeOf(aRequest({ sessionId: idle, sessionEpoch: 1 }))).toBe(
      'FETCH_SESSION_ID_NOT_FOUND',
    );
    expect(
      scoped(cache.scopeOf(aRequest({ sessionId: busy, sessionEpoch: 1 }))).isIncremental,
    ).toBe(true);
  });
});
