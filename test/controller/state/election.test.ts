import {
  electAfterFailure,
  electForShutdown,
  electPreferred,
  electReassigned,
  initialState,
  stateAfterElection,
  stateWithoutReplica,
} from '../../../src/controller/state/election';
import type { PartitionState } from '../../../src/zookeeper/types';

interface Row {
  readonly assignment: readonly number[];
  readonly isr: readonly number[];
  readonly live: readonly number[];
}

function candidates({ assignment, isr, live }: Row) {
  return { assignment, isr, isOnline: (broker: number) => live.includes(broker) };
}

function aState(state: Partial<PartitionState> = {}): PartitionState {
  return {
    leader: 1,
    leaderEpoch: 5,
    isr: [1, 2, 3],
    controllerEpoch: 3,
    recovering: false,
    zkVersion: 9,
    ...state,
  };
}

describe('after a failure', () => {
  test.each`
    assignment   | isr          | live         | unclean  | leader       | newIsr       | because
    ${[1, 2, 3]} | ${[1, 2, 3]} | ${[1, 2, 3]} | ${false} | ${1}         | ${[1, 2, 3]} | ${'the preferred replica is in the ISR'}
    ${[1, 2, 3]} | ${[3, 2]}    | ${[2, 3]}    | ${false} | ${2}         | ${[3, 2]}    | ${'the order of the assignment decides, not that of the ISR'}
    ${[1, 2, 3]} | ${[1, 3]}    | ${[2, 3]}    | ${false} | ${3}         | ${[3]}       | ${'only members of the ISR may lead'}
    ${[1, 2, 3]} | ${[1, 2, 3]} | ${[3]}       | ${false} | ${3}         | ${[3]}       | ${'dead brokers leave the ISR with the election'}
    ${[1, 2, 3]} | ${[1]}       | ${[2, 3]}    | ${false} | ${undefined} | ${undefined} | ${'no ISR member is alive'}
    ${[1, 2, 3]} | ${[1]}       | ${[2, 3]}    | ${true}  | ${2}         | ${[2]}       | ${'unclean election accepts data loss'}
    ${[1, 2, 3]} | ${[1, 3]}    | ${[2, 3]}    | ${true}  | ${3}         | ${[3]}       | ${'no data is lost while an ISR member is alive'}
    ${[1, 2, 3]} | ${[1]}       | ${[]}        | ${true}  | ${undefined} | ${undefined} | ${'nobody is alive at all'}
    ${[1, 2, 3]} | ${[]}        | ${[2]}       | ${false} | ${undefined} | ${undefined} | ${'an empty ISR elects nobody'}
    ${[1, 2]}    | ${[9, 2]}    | ${[9, 2]}    | ${false} | ${2}         | ${[9, 2]}    | ${'a leader is always an assigned replica'}
    ${[1, 2]}    | ${[9]}       | ${[9, 2]}    | ${true}  | ${undefined} | ${undefined} | ${'an ISR member is online, if not an assigned one'}
  `('elects $leader because $because', ({ leader, newIsr, unclean, ...row }) => {
    const elected = electAfterFailure(candidates(row), unclean);
    expect(elected?.leader).toBe(leader);
    expect(elected?.isr).toEqual(newIsr);
  });

  test('live replicas hear of the new leader, in sync or not', () => {
    const row = { assignment: [1, 2, 3, 4], isr: [1, 2], live: [2, 3] };
    expect(electAfterFailure(candidates(row), false)).toMatchObject({
      recipients: [2, 3],
      isUnclean: false,
    });
  });
});

test.each`
  assignment | isr       | live      | leader       | because
  ${[2, 1]}  | ${[1, 2]} | ${[1, 2]} | ${2}         | ${'the first replica is the preferred one'}
  ${[2, 1]}  | ${[1]}    | ${[1, 2]} | ${undefined} | ${'it is not in sync'}
  ${[2, 1]}  | ${[1, 2]} | ${[1]}    | ${undefined} | ${'it is not alive'}
  ${[]}      | ${[]}     | ${[1]}    | ${undefined} | ${'there are no replicas'}
`('preferred: elects $leader because $because', ({ leader, ...row }) => {
  const elected = electPreferred(candidates(row));
  expect(elected).toEqual(
    leader && { leader, isr: row.isr, isUnclean: false, recipients: row.assignment },
  );
});

test.each`
  target    | isr          | live         | leader       | because
  ${[4, 5]} | ${[1, 4, 5]} | ${[1, 4, 5]} | ${4}         | ${'the first target replica takes over'}
  ${[4, 5]} | ${[1, 5]}    | ${[1, 4, 5]} | ${5}         | ${'only members of the ISR may lead'}
  ${[4, 5]} | ${[1, 4]}    | ${[1, 5]}    | ${undefined} | ${'no target replica in the ISR is alive'}
`('end of a reassignment: elects $leader because $because', ({ target, leader, isr, live }) => {
  const elected = electReassigned(candidates({ assignment: [1, 4, 5], isr, live }), target);
  expect(elected).toEqual(leader && { leader, isr, isUnclean: false, recipients: target });
});

test.each`
  assignment   | isr          | live         | stopping  | leader       | newIsr       | because
  ${[1, 2, 3]} | ${[1, 2, 3]} | ${[1, 2, 3]} | ${[1]}    | ${2}         | ${[2, 3]}    | ${'the first replica that stays takes over'}
  ${[1, 2, 3]} | ${[1, 2, 3]} | ${[1, 2, 3]} | ${[1, 2]} | ${3}         | ${[3]}       | ${'all brokers that stop leave the ISR'}
  ${[1, 2, 3]} | ${[1, 3]}    | ${[1, 2, 3]} | ${[1]}    | ${3}         | ${[3]}       | ${'only members of the ISR may lead'}
  ${[1, 2]}    | ${[1]}       | ${[1, 2]}    | ${[1]}    | ${undefined} | ${undefined} | ${'it is the only one in sync'}
  ${[1, 2]}    | ${[1, 2]}    | ${[1]}       | ${[1]}    | ${undefined} | ${undefined} | ${'the other one is dead'}
`('shutdown: elects $leader because $because', ({ stopping, leader, newIsr, ...row }) => {
  const elected = electForShutdown(candidates(row), (broker) => stopping.includes(broker));
  expect(elected).toEqual(
    leader && { leader, isr: newIsr, isUnclean: false, recipients: row.live },
  );
});

test('an election always raises the leader epoch, and names the controller that held it', () => {
  const elected = { leader: 1, isr: [1, 2], isUnclean: false, recipients: [1, 2] };
  expect(stateAfterElection(aState(), elected, 4)).toEqual(
    aState({ leader: 1, leaderEpoch: 6, isr: [1, 2], controllerEpoch: 4 }),
  );
});

test.each`
  before   | isUnclean | after    | because
  ${false} | ${false}  | ${false} | ${'a leader from the ISR has everything'}
  ${false} | ${true}   | ${true}  | ${'an unclean leader has to recover (KIP-704)'}
  ${true}  | ${false}  | ${true}  | ${'only the leader says when it has recovered'}
`('recovering $before becomes $after because $because', ({ before, isUnclean, after }) => {
  const elected = { leader: 2, isr: [2], isUnclean, recipients: [2] };
  expect(stateAfterElection(aState({ recovering: before }), elected, 4).recovering).toBe(after);
});

test.each`
  assignment   | live         | leader       | isr          | because
  ${[2, 0, 1]} | ${[0, 1, 2]} | ${2}         | ${[2, 0, 1]} | ${'all are alive, in the order of the assignment'}
  ${[2, 0, 1]} | ${[0, 1]}    | ${0}         | ${[0, 1]}    | ${'the first live replica leads'}
  ${[2, 0, 1]} | ${[]}        | ${undefined} | ${undefined} | ${'nobody is alive'}
`('a new partition gets leader $leader because $because', ({ assignment, live, leader, isr }) => {
  const state = initialState(assignment, (broker) => live.includes(broker), 7);
  const fresh = { leaderEpoch: 0, controllerEpoch: 7, recovering: false, zkVersion: 0 };
  expect(state).toEqual(isr && { ...fresh, leader, isr });
});

test.each`
  leader | isr          | gone | after                                          | because
  ${1}   | ${[1, 2, 3]} | ${2} | ${{ leader: 1, isr: [1, 3], leaderEpoch: 6 }}  | ${'a follower leaves the ISR'}
  ${1}   | ${[1, 2, 3]} | ${1} | ${{ leader: -1, isr: [2, 3], leaderEpoch: 6 }} | ${'the leader is gone'}
  ${1}   | ${[1]}       | ${1} | ${{ leader: -1, isr: [1], leaderEpoch: 6 }}    | ${'the last member stays: only it has all records'}
  ${1}   | ${[1, 3]}    | ${2} | ${undefined}                                   | ${'it was not in sync'}
`('without $gone the state is $after because $because', ({ leader, isr, gone, after }) => {
  const state = stateWithoutReplica(aState({ leader, isr }), gone, 4);
  expect(state).toEqual(after && aState({ ...after, controllerEpoch: 4 }));
});
