import { aGroup, aProfile } from '../../../builders/group-builder';

function supporting(
  ...members: string[][]
): { id: string; protocols: { name: string; metadata: Uint8Array }[] }[] {
  return members.map((names, index) => ({
    id: `m${String(index + 1)}`,
    protocols: names.map((name) => ({ name, metadata: new Uint8Array(0) })),
  }));
}

test.each`
  members                                                | elected | because
  ${[['a', 'b']]}                                        | ${'a'}  | ${'one member takes what it prefers'}
  ${[['a', 'b'], ['b']]}                                 | ${'b'}  | ${'only b is supported by all'}
  ${[['a', 'b'], ['b', 'a'], ['b', 'a']]}                | ${'b'}  | ${'most prefer b'}
  ${[['a', 'b'], ['b', 'a']]}                            | ${'a'}  | ${'of equal ones the first voted for wins'}
  ${[['x', 'a', 'b'], ['y', 'b', 'a'], ['b', 'a', 'z']]} | ${'b'}  | ${'a vote goes to the first that all support'}
  ${[['a', 'a', 'b'], ['b', 'a']]}                       | ${'a'}  | ${'a protocol named twice counts once'}
`('of $members the group elects $elected: $because', ({ members, elected }) => {
  const group = aGroup({ state: 'CompletingRebalance', members: supporting(...members) });
  expect(group.protocolName).toBe(elected);
});

test('a protocol named twice by one member is not supported by two', () => {
  const group = aGroup({ members: supporting(['a', 'b'], ['b', 'b']) });
  expect(
    group.supportsProtocols(
      'consumer',
      aProfile({ protocols: [{ name: 'a', metadata: new Uint8Array(0) }] }).protocols,
    ),
  ).toBe(false);
});

test.each`
  from                     | to                       | because
  ${'Empty'}               | ${'Stable'}              | ${'nobody has an assignment'}
  ${'Empty'}               | ${'CompletingRebalance'} | ${'nobody has joined'}
  ${'Stable'}              | ${'Empty'}               | ${'members leave through a rebalance'}
  ${'Stable'}              | ${'CompletingRebalance'} | ${'a rebalance begins with joining'}
  ${'CompletingRebalance'} | ${'Empty'}               | ${'members leave through a rebalance'}
  ${'Dead'}                | ${'Empty'}               | ${'the dead do not return'}
`('a group does not go from $from to $to: $because', ({ from, to }) => {
  expect(() => aGroup({ state: from }).transitionTo(to, 0)).toThrow('cannot go from');
});

test('when the leader goes another member leads', () => {
  const group = aGroup({ members: [{ id: 'm1' }, { id: 'm2' }] });
  expect(group.leaderId).toBe('m1');
  group.remove('m1');
  expect(group.leaderId).toBe('m2');
  group.remove('m2');
  expect(group.leaderId).toBeUndefined();
});

test('a subscription that is none makes the group read every topic', () => {
  const protocols = [{ name: 'range', metadata: new Uint8Array([1, 2, 3]) }];
  expect(aGroup({ members: [{}] }).subscribedTopics).toEqual(new Set(['t']));
  expect(aGroup({ members: [{ protocols }] }).subscribedTopics).toBeUndefined();
  expect(aGroup({ members: [{}], protocolType: 'connect' }).subscribedTopics).toBeUndefined();
});
