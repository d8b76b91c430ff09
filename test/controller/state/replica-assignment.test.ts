import {
  isBeingReassigned,
  originReplicas,
  reassignTo,
  settledOn,
  targetReplicas,
} from '../../../src/controller/state/replica-assignment';
import type { ReplicaAssignment } from '../../../src/zookeeper/types';

const moving = (replicas: number[], adding: number[], removing: number[]): ReplicaAssignment => ({
  replicas,
  adding,
  removing,
});

test.each`
  current                           | target       | next                                    | because
  ${settledOn([1, 2, 3])}           | ${[2, 3, 4]} | ${moving([2, 3, 4, 1], [4], [1])}       | ${'the target comes first, in its order'}
  ${settledOn([1, 2])}              | ${[3, 4]}    | ${moving([3, 4, 1, 2], [3, 4], [1, 2])} | ${'all replicas may change'}
  ${settledOn([1, 2])}              | ${[2, 1]}    | ${settledOn([2, 1])}                    | ${'another order needs nothing to be copied'}
  ${settledOn([1, 2, 3])}           | ${[1, 2]}    | ${moving([1, 2, 3], [], [3])}           | ${'fewer replicas'}
  ${settledOn([1])}                 | ${[1, 2, 3]} | ${moving([1, 2, 3], [2, 3], [])}        | ${'more replicas'}
  ${settledOn([1, 2])}              | ${[1, 2]}    | ${settledOn([1, 2])}                    | ${'nothing changes'}
  ${moving([2, 3, 4, 1], [4], [1])} | ${[2, 3, 5]} | ${moving([2, 3, 5, 1], [5], [1])}       | ${'a new move begins where the old one began'}
  ${moving([2, 3, 4, 1], [4], [1])} | ${[2, 3, 1]} | ${settledOn([2, 3, 1])}                 | ${'back to where it was: a cancel'}
  ${moving([2, 3, 4, 1], [4], [1])} | ${[2, 3, 4]} | ${moving([2, 3, 4, 1], [4], [1])}       | ${'the same move again'}
`('$current to $target: $because', ({ current, target, next }) => {
  expect(reassignTo(current as ReplicaAssignment, target as number[])).toEqual(next);
});

test.each`
  assignment                        | isMoving | origin       | target
  ${settledOn([1, 2])}              | ${false} | ${[1, 2]}    | ${[1, 2]}
  ${moving([2, 3, 4, 1], [4], [1])} | ${true}  | ${[2, 3, 1]} | ${[2, 3, 4]}
  ${moving([1, 2, 3], [], [3])}     | ${true}  | ${[1, 2, 3]} | ${[1, 2]}
  ${moving([1, 2, 3], [2, 3], [])}  | ${true}  | ${[1]}       | ${[1, 2, 3]}
`('$assignment goes from $origin to $target', (row) => {
  const { assignment, isMoving, origin, target } = row as {
    assignment: ReplicaAssignment;
    isMoving: boolean;
    origin: number[];
    target: number[];
  };
  expect(isBeingReassigned(assignment)).toBe(isMoving);
  expect(originReplicas(assignment)).toEqual(origin);
  expect(targetReplicas(assignment)).toEqual(target);
});
