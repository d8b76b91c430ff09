import {
  checkLeaderEpoch,
  decideLeaderAndIsr,
  mayStop,
} from '../../../src/replication/state/transitions';

const ME = 1;

test.each`
  requestEpoch | currentEpoch | leader | replicas  | requestId    | logId        | decision                        | because
  ${0}         | ${-1}        | ${1}   | ${[1, 2]} | ${'A'}       | ${undefined} | ${'MAKE_LEADER'}                | ${'it is the first word about a new partition'}
  ${0}         | ${-1}        | ${2}   | ${[1, 2]} | ${'A'}       | ${'A'}       | ${'MAKE_FOLLOWER'}              | ${'another broker leads'}
  ${5}         | ${4}         | ${-1}  | ${[1, 2]} | ${'A'}       | ${'A'}       | ${'MAKE_FOLLOWER'}              | ${'nobody leads'}
  ${5}         | ${4}         | ${2}   | ${[2, 3]} | ${'A'}       | ${'A'}       | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'this broker is no replica'}
  ${4}         | ${4}         | ${1}   | ${[1, 2]} | ${'A'}       | ${'A'}       | ${'STALE_CONTROLLER_EPOCH'}     | ${'it is a repetition'}
  ${4}         | ${4}         | ${1}   | ${[1, 2]} | ${'A'}       | ${undefined} | ${'ASSIGN_TOPIC_ID'}            | ${'the topic has got an id since'}
  ${4}         | ${4}         | ${1}   | ${[1, 2]} | ${undefined} | ${undefined} | ${'STALE_CONTROLLER_EPOCH'}     | ${'there is no id to assign'}
  ${3}         | ${4}         | ${1}   | ${[1, 2]} | ${'A'}       | ${undefined} | ${'STALE_CONTROLLER_EPOCH'}     | ${'it is out of date'}
  ${9}         | ${4}         | ${1}   | ${[1, 2]} | ${'A'}       | ${'B'}       | ${'INCONSISTENT_TOPIC_ID'}      | ${'the log belongs to another topic of the same name'}
  ${9}         | ${4}         | ${1}   | ${[1, 2]} | ${undefined} | ${'B'}       | ${'MAKE_LEADER'}                | ${'an old controller knows no ids'}
`('LeaderAndIsr is $decision: $because', ({ decision, requestId, logId, ...rest }) => {
  const input = { brokerId: ME, ...rest, requestTopicId: requestId, logTopicId: logId };
  expect(decideLeaderAndIsr(input)).toBe(decision);
});

test.each`
  requestEpoch | currentEpoch | obeys    | because
  ${5}         | ${4}         | ${true}  | ${'the controller is ahead'}
  ${4}         | ${4}         | ${true}  | ${'both know the same'}
  ${3}         | ${4}         | ${false} | ${'it was overtaken by a newer leader'}
  ${-1}        | ${4}         | ${true}  | ${'the controller is too old to say'}
  ${-2}        | ${4}         | ${true}  | ${'the topic is being deleted'}
`('StopReplica is obeyed: $obeys, $because', ({ requestEpoch, currentEpoch, obeys }) => {
  expect(mayStop(requestEpoch, currentEpoch)).toBe(obeys);
});

test.each`
  requestEpoch | error                     | because
  ${-1}        | ${'NONE'}                 | ${'the client does not know'}
  ${4}         | ${'NONE'}                 | ${'both know the same'}
  ${3}         | ${'FENCED_LEADER_EPOCH'}  | ${'the client follows an old leader'}
  ${5}         | ${'UNKNOWN_LEADER_EPOCH'} | ${'this replica has not heard yet'}
`('epoch $requestEpoch gives $error: $because', ({ requestEpoch, error }) => {
  expect(checkLeaderEpoch(requestEpoch, 4)).toBe(error);
});
