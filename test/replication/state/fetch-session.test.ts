import {
  advanced,
  failed,
  INITIAL_SESSION,
  isFull,
  restarted,
} from '../../../src/replication/state/fetch-session';

const LAST_EPOCH = 2 ** 31 - 1;

test.each`
  session                                 | answered | next                           | because
  ${INITIAL_SESSION}                      | ${77}    | ${{ sessionId: 77, epoch: 1 }} | ${'the leader made a session'}
  ${INITIAL_SESSION}                      | ${0}     | ${INITIAL_SESSION}             | ${'the leader has no room for one'}
  ${{ sessionId: 77, epoch: 1 }}          | ${77}    | ${{ sessionId: 77, epoch: 2 }} | ${'the session goes on'}
  ${{ sessionId: 77, epoch: LAST_EPOCH }} | ${77}    | ${{ sessionId: 77, epoch: 1 }} | ${'epochs start again at 1'}
  ${{ sessionId: 77, epoch: 9 }}          | ${0}     | ${INITIAL_SESSION}             | ${'the leader closed it'}
  ${{ sessionId: 77, epoch: 0 }}          | ${88}    | ${{ sessionId: 88, epoch: 1 }} | ${'the old one was replaced'}
`('after an answer: $because', ({ session, answered, next }) => {
  expect(advanced(session, answered)).toEqual(next);
});

test.each`
  error                            | next                           | because
  ${'FETCH_SESSION_ID_NOT_FOUND'}  | ${INITIAL_SESSION}             | ${'there is nothing to close'}
  ${'INVALID_FETCH_SESSION_EPOCH'} | ${{ sessionId: 77, epoch: 0 }} | ${'the session is still there and has to go'}
`('after $error: $because', ({ error, next }) => {
  expect(failed({ sessionId: 77, epoch: 5 }, error)).toEqual(next);
});

test('a fetch after a lost answer is full and closes the old session', () => {
  const session = restarted({ sessionId: 77, epoch: 5 });
  expect(session).toEqual({ sessionId: 77, epoch: 0 });
  expect(isFull(session)).toBe(true);
  expect(isFull({ sessionId: 77, epoch: 1 })).toBe(false);
});
