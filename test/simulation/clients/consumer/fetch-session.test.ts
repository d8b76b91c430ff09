import { FetchSession } from './fetch-session';
import type { Asked } from './fetch-session';
import type { Position } from './position';

function asked(partition: number, offset: number, topicId = 'one'): Asked {
  return { position: { topic: 't', partition } as Position, offset, leaderEpoch: 0, topicId };
}

function partitions(all: readonly Asked[]): number[] {
  return all.map(({ position }) => position.partition);
}

test('after the first answer only what has changed is named, and what is not wanted any more forgotten', () => {
  const session = new FetchSession(true);
  const first = session.request([asked(0, 5), asked(1, 5)]);
  expect(first).toMatchObject({ sessionId: 0, sessionEpoch: 0, isFull: true });
  session.answered(first, 77);
  const second = session.request([asked(0, 6), asked(1, 5)]);
  expect(second).toMatchObject({ sessionId: 77, sessionEpoch: 1, isFull: false });
  expect(partitions(second.named)).toEqual([0]);
  session.answered(second, 77);
  const third = session.request([asked(1, 5), asked(2, 0)]);
  expect(third.sessionEpoch).toBe(2);
  expect(partitions(third.named)).toEqual([2]);
  expect(partitions(third.forgotten)).toEqual([0]);
});

test('a topic made anew is forgotten under its old id and named under the new one', () => {
  const session = new FetchSession(true);
  session.answered(session.request([asked(0, 5)]), 77);
  const request = session.request([asked(0, 5, 'other')]);
  expect(request.named[0]?.topicId).toBe('other');
  expect(request.forgotten[0]?.topicId).toBe('one');
});

test.each`
  what           | act                                            | sessionId | because
  ${'renewed'}   | ${(session: FetchSession) => session.renew()}  | ${77}     | ${'the broker is to close it'}
  ${'forgotten'} | ${(session: FetchSession) => session.forget()} | ${0}      | ${'the broker has it no more'}
`('a session that is $what begins anew: $because', ({ act, sessionId }) => {
  const session = new FetchSession(true);
  session.answered(session.request([asked(0, 5)]), 77);
  act(session);
  const request = session.request([asked(0, 5)]);
  expect(request).toMatchObject({ sessionId, sessionEpoch: 0, isFull: true });
  expect(partitions(request.named)).toEqual([0]);
});

test('without a session each request stands alone', () => {
  const session = new FetchSession(false);
  const request = session.request([asked(0, 5)]);
  expect(request).toMatchObject({ sessionId: 0, sessionEpoch: -1, isFull: true });
  expect(session.accepts(request, 0)).toBe(true);
  expect(session.accepts(request, 9)).toBe(false);
});

test('an incremental answer belongs to the session that was asked', () => {
  const session = new FetchSession(true);
  session.answered(session.request([asked(0, 5)]), 77);
  const request = session.request([asked(0, 5)]);
  expect([77, 78, 0].map((id) => session.accepts(request, id))).toEqual([true, false, false]);
});
