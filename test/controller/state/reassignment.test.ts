import {
  decideReassignment,
  decideReassignmentStep,
  stateWithoutDropped,
} from '../../../src/controller/state/reassignment';
import { settledOn } from '../../../src/controller/state/replica-assignment';
import type { PartitionState, ReplicaAssignment } from '../../../src/zookeeper/types';

const EPOCH = 9;

function aState({ leader, isr }: { leader: number; isr: readonly number[] }): PartitionState {
  return { leader, isr, leaderEpoch: 3, controllerEpoch: 1, recovering: false, zkVersion: 4 };
}

const settled = settledOn([1, 2, 3]);
const moving: ReplicaAssignment = { replicas: [2, 3, 4, 1], adding: [4], removing: [1] };

interface Request {
  readonly current: ReplicaAssignment | undefined;
  readonly target: readonly number[] | null;
  readonly live?: readonly number[];
  readonly isr?: readonly number[];
  readonly isBeingDeleted?: boolean;
  readonly neverLed?: boolean;
}

function decide({ current, target, live = [1, 2, 3, 4, 5], isr = [1, 2, 3], ...rest }: Request) {
  const leadership = rest.neverLed ? undefined : aState({ leader: isr[0] ?? -1, isr });
  return decideReassignment(target, {
    partition: current && { assignment: current, leadership },
    isBeingDeleted: rest.isBeingDeleted ?? false,
    isLive: (id) => live.includes(id),
  });
}

test.each`
  request                                                    | error                            | because
  ${{ current: settled, target: [] }}                        | ${'INVALID_REPLICA_ASSIGNMENT'}  | ${'a partition has replicas'}
  ${{ current: settled, target: [2, 2] }}                    | ${'INVALID_REPLICA_ASSIGNMENT'}  | ${'a broker has one replica at most'}
  ${{ current: settled, target: [1, -1] }}                   | ${'INVALID_REPLICA_ASSIGNMENT'}  | ${'broker ids are not negative'}
  ${{ current: settled, target: [2, 3, 9] }}                 | ${'INVALID_REPLICA_ASSIGNMENT'}  | ${'no broker 9 is alive'}
  ${{ current: undefined, target: [9] }}                     | ${'INVALID_REPLICA_ASSIGNMENT'}  | ${'the replicas are judged first'}
  ${{ current: undefined, target: [1] }}                     | ${'UNKNOWN_TOPIC_OR_PARTITION'}  | ${'there is no such partition'}
  ${{ current: settled, target: [2], isBeingDeleted: true }} | ${'UNKNOWN_TOPIC_OR_PARTITION'}  | ${'the topic is to be deleted'}
  ${{ current: settled, target: null }}                      | ${'NO_REASSIGNMENT_IN_PROGRESS'} | ${'there is nothing to cancel'}
  ${{ current: undefined, target: null }}                    | ${'NO_REASSIGNMENT_IN_PROGRESS'} | ${'there is nothing to cancel'}
  ${{ current: moving, target: null, isr: [4] }}             | ${'INVALID_REPLICA_ASSIGNMENT'}  | ${'only the replica to be dropped has every record'}
  ${{ current: moving, target: [2, 5], isr: [4] }}           | ${'INVALID_REPLICA_ASSIGNMENT'}  | ${'only the replica to be dropped has every record'}
`('$request: $error because $because', ({ request, error }) => {
  expect(decide(request as Request)).toMatchObject({ kind: 'refused', error });
});

test.each`
  request                                                    | assignment                                                            | dropped   | because
  ${{ current: settled, target: [2, 3, 4] }}                 | ${moving}                                                             | ${[]}     | ${'replicas that go stay until the others have caught up'}
  ${{ current: settled, target: [1, 2], live: [1] }}         | ${{ replicas: [1, 2, 3], adding: [], removing: [3] }}                 | ${[]}     | ${'replicas that stay need not be alive'}
  ${{ current: moving, target: null }}                       | ${settledOn([2, 3, 1])}                                               | ${[4]}    | ${'a cancelled move drops what it had added'}
  ${{ current: moving, target: null, isBeingDeleted: true }} | ${settledOn([2, 3, 1])}                                               | ${[4]}    | ${'a move that holds up a deletion can be cancelled'}
  ${{ current: moving, target: null, isr: [4, 2] }}          | ${settledOn([2, 3, 1])}                                               | ${[4]}    | ${'another replica has every record'}
  ${{ current: moving, target: [5, 4] }}                     | ${{ replicas: [5, 4, 2, 3, 1], adding: [5, 4], removing: [2, 3, 1] }} | ${[]}     | ${'4 is wanted still'}
  ${{ current: moving, target: [5, 2] }}                     | ${{ replicas: [5, 2, 3, 1], adding: [5], removing: [3, 1] }}          | ${[4]}    | ${'4 is wanted no more'}
  ${{ current: settled, target: [4, 1], neverLed: true }}    | ${settledOn([4, 1])}                                                  | ${[2, 3]} | ${'there is nothing to copy'}
`('$request: taken because $because', ({ request, assignment, dropped }) => {
  expect(decide(request as Request)).toMatchObject({ kind: 'move', assignment, dropped });
});

const addOne: ReplicaAssignment = { replicas: [1, 2], adding: [2], removing: [] };
const shrink: ReplicaAssignment = { replicas: [2, 1], adding: [], removing: [1] };

test.each`
  assignment           | leader | isr             | live            | step          | to                               | because
  ${moving}            | ${1}   | ${[1, 2, 3]}    | ${[1, 2, 3, 4]} | ${'expand'}   | ${{ leader: 1, isr: [1, 2, 3] }} | ${'4 has not caught up'}
  ${moving}            | ${1}   | ${[1, 2, 3]}    | ${[1, 2, 3]}    | ${'expand'}   | ${{ leader: 1, isr: [1, 2, 3] }} | ${'4 is waited for'}
  ${moving}            | ${1}   | ${[1, 2, 4]}    | ${[1, 2, 3, 4]} | ${'expand'}   | ${{ leader: 1, isr: [1, 2, 4] }} | ${'3 stays and is out of sync'}
  ${moving}            | ${-1}  | ${[1]}          | ${[2, 3, 4]}    | ${'expand'}   | ${{ leader: -1, isr: [1] }}      | ${'nobody leads, yet replicas hear of the move'}
  ${moving}            | ${1}   | ${[1, 2, 3, 4]} | ${[1, 2, 3, 4]} | ${'complete'} | ${{ leader: 2, isr: [2, 3, 4] }} | ${'the leader goes: the first of the target leads'}
  ${moving}            | ${1}   | ${[1, 2, 3, 4]} | ${[1, 3, 4]}    | ${'complete'} | ${{ leader: 3, isr: [2, 3, 4] }} | ${'the first of the target is away'}
  ${moving}            | ${4}   | ${[1, 2, 3, 4]} | ${[1, 2, 3, 4]} | ${'complete'} | ${{ leader: 4, isr: [2, 3, 4] }} | ${'a leader that stays goes on'}
  ${moving}            | ${4}   | ${[1, 2, 3, 4]} | ${[1, 2, 3]}    | ${'complete'} | ${{ leader: 2, isr: [2, 3, 4] }} | ${'the leader is away'}
  ${moving}            | ${1}   | ${[1, 2, 3, 4]} | ${[1]}          | ${'wait'}     | ${undefined}                     | ${'none of those that stay may lead'}
  ${addOne}            | ${1}   | ${[1, 2]}       | ${[1, 2]}       | ${'complete'} | ${{ leader: 1, isr: [1, 2] }}    | ${'nobody goes'}
  ${shrink}            | ${1}   | ${[1, 2]}       | ${[1, 2]}       | ${'complete'} | ${{ leader: 2, isr: [2] }}       | ${'nobody comes'}
  ${shrink}            | ${1}   | ${[1]}          | ${[1, 2]}       | ${'expand'}   | ${{ leader: 1, isr: [1] }}       | ${'the replica that stays is out of sync'}
  ${settledOn([2, 1])} | ${1}   | ${[1]}          | ${[1, 2]}       | ${'complete'} | ${{ leader: 1, isr: [1] }}       | ${'another order alone needs no replica in sync'}
  ${settledOn([1, 2])} | ${-1}  | ${[2]}          | ${[1]}          | ${'wait'}     | ${undefined}                     | ${'the only replica in sync is away'}
`('$assignment, led by $leader, ISR $isr, live $live: $step because $because', (row) => {
  const { assignment, leader, isr, live, step, to } = row as {
    assignment: ReplicaAssignment;
    leader: number;
    isr: number[];
    live: number[];
    step: string;
    to: object | undefined;
  };
  const decided = decideReassignmentStep(assignment, aState({ leader, isr }), {
    isOnline: (id) => live.includes(id),
    controllerEpoch: EPOCH,
  });
  expect(decided).toEqual(
    to === undefined
      ? { kind: step }
      : {
          kind: step,
          state: { ...to, leaderEpoch: 4, controllerEpoch: EPOCH, recovering: false, zkVersion: 4 },
        },
  );
});

test.each`
  leader | isr             | live         | to                               | because
  ${1}   | ${[1, 2, 3]}    | ${[1, 2, 3]} | ${undefined}                     | ${'4 had not caught up'}
  ${1}   | ${[1, 2, 3, 4]} | ${[1, 2, 3]} | ${{ leader: 1, isr: [1, 2, 3] }} | ${'4 leaves the ISR'}
  ${4}   | ${[1, 3, 4]}    | ${[1, 2, 3]} | ${{ leader: 3, isr: [1, 3] }}    | ${'4 led: the first in sync of those left leads'}
  ${4}   | ${[3, 4]}       | ${[1, 2]}    | ${{ leader: -1, isr: [3] }}      | ${'4 led, and who is in sync is away'}
`('4 is dropped, led by $leader, ISR $isr: $because', ({ leader, isr, live, to }) => {
  const state = stateWithoutDropped(
    aState({ leader: leader as number, isr: isr as number[] }),
    { assignment: settledOn([2, 3, 1]), dropped: [4] },
    { isOnline: (id) => (live as number[]).includes(id), controllerEpoch: EPOCH },
  );
  const expected = to as object | undefined;
  expect(state).toEqual(
    expected && {
      ...expected,
      leaderEpoch: 4,
      controllerEpoch: EPOCH,
      recovering: false,
      zkVersion: 4,
    },
  );
});
