import { NEVER, unknownFollower } from '../../../src/replication/state/follower-state';
import {
  effectiveMinIsr,
  highWatermarkCandidate,
} from '../../../src/replication/state/high-watermark';

const NOW = 100_000;
const LAG = 30_000;
const FRESH = NOW - LAG;
const STALE = FRESH - 1;

interface Row {
  end2: number;
  end3: number;
  caughtUp3: number;
  alive3: boolean;
  isrSize: number;
  maximal: number[];
  minIsr: number;
}

test.each`
  end2  | end3  | caughtUp3 | alive3   | isrSize | maximal      | minIsr | candidate    | because
  ${80} | ${90} | ${NOW}    | ${true}  | ${3}    | ${[1, 2, 3]} | ${2}   | ${80}        | ${'the slowest member of the ISR decides'}
  ${99} | ${99} | ${NOW}    | ${true}  | ${3}    | ${[1, 2, 3]} | ${2}   | ${99}        | ${'the leader waits for both'}
  ${-1} | ${99} | ${NOW}    | ${true}  | ${3}    | ${[1, 2, 3]} | ${2}   | ${-1}        | ${'a member that has not fetched yet could have anything'}
  ${90} | ${50} | ${STALE}  | ${true}  | ${2}    | ${[1, 2]}    | ${2}   | ${90}        | ${'one outside the ISR that lags does not count'}
  ${90} | ${50} | ${FRESH}  | ${true}  | ${2}    | ${[1, 2]}    | ${2}   | ${50}        | ${'one that is about to join is waited for'}
  ${90} | ${50} | ${FRESH}  | ${false} | ${2}    | ${[1, 2]}    | ${2}   | ${90}        | ${'a dead one is not about to join'}
  ${90} | ${85} | ${STALE}  | ${true}  | ${2}    | ${[1, 2, 3]} | ${2}   | ${85}        | ${'one whose joining is pending counts'}
  ${90} | ${90} | ${NOW}    | ${true}  | ${1}    | ${[1]}       | ${2}   | ${undefined} | ${'below the minimum of the ISR nothing is committed'}
  ${90} | ${90} | ${NOW}    | ${true}  | ${1}    | ${[1, 2]}    | ${2}   | ${undefined} | ${'a pending member does not make up the minimum'}
  ${99} | ${99} | ${NEVER}  | ${true}  | ${1}    | ${[1]}       | ${1}   | ${100}       | ${'alone in the ISR the leader decides'}
  ${99} | ${99} | ${NOW}    | ${true}  | ${1}    | ${[1]}       | ${1}   | ${99}        | ${'alone, it still waits for one that keeps up'}
`('$candidate: $because', (row: Row & { candidate: number | undefined }) => {
  const followers = new Map([
    [2, { ...unknownFollower(2), logEndOffset: row.end2 }],
    [3, { ...unknownFollower(3), logEndOffset: row.end3, lastCaughtUpMs: row.caughtUp3 }],
  ]);
  const candidate = highWatermarkCandidate({
    leaderEndOffset: 100,
    followers,
    isrSize: row.isrSize,
    maximalIsr: row.maximal,
    effectiveMinIsr: row.minIsr,
    nowMs: NOW,
    maxLagMs: LAG,
    isAlive: (id) => id !== 3 || row.alive3,
  });
  expect(candidate).toBe(row.candidate);
});

test.each`
  configured | replicas | effective | because
  ${1}       | ${3}     | ${1}      | ${'it is as configured'}
  ${2}       | ${3}     | ${2}      | ${'it is as configured'}
  ${2}       | ${1}     | ${1}      | ${'a topic with one replica could never be written otherwise'}
`('of $configured and $replicas replicas: $because', ({ configured, replicas, effective }) => {
  expect(effectiveMinIsr(configured, replicas)).toBe(effective);
});
