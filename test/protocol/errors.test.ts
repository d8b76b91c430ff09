import { ERRORS, ProtocolError, errorCode, errorName } from '../../src/protocol/errors';
import type { ErrorName } from '../../src/protocol/errors';

test('the codes run from -1 to 127 without a gap', () => {
  const codes = Object.values(ERRORS).map(({ code }) => code);
  expect(codes).toEqual(Array.from({ length: 129 }, (_, index) => index - 1));
});

test.each(Object.keys(ERRORS) as ErrorName[])('%s has a code of its own', (name) => {
  expect(errorName(errorCode(name))).toBe(name);
});

test('a code that nobody knows is an unknown error of the server', () => {
  expect(errorName(12345)).toBe('UNKNOWN_SERVER_ERROR');
});

test.each`
  name                           | retriable
  ${'NOT_LEADER_OR_FOLLOWER'}    | ${true}
  ${'CORRUPT_MESSAGE'}           | ${true}
  ${'OFFSET_OUT_OF_RANGE'}       | ${false}
  ${'UNKNOWN_PRODUCER_ID'}       | ${false}
  ${'REBALANCE_IN_PROGRESS'}     | ${false}
  ${'COORDINATOR_NOT_AVAILABLE'} | ${true}
`(
  'whether $name may be tried again: $retriable',
  ({ name, retriable }: { name: ErrorName; retriable: boolean }) => {
    expect(ERRORS[name].retriable).toBe(retriable);
  },
);

test('an error speaks with the text of its code unless it has its own', () => {
  expect(new ProtocolError('INVALID_GROUP_ID').message).toBe('The configured groupId is invalid.');
  expect(new ProtocolError('INVALID_GROUP_ID', 'no').message).toBe('no');
});
