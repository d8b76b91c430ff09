import { decideTruncation } from '../../../src/replication/state/truncation';

const UNKNOWN = { epoch: -1, endOffset: -1 };

test.each`
  leaderEpoch | leaderEnd | own                            | end    | offset | complete | because
  ${3}        | ${50}     | ${{ epoch: 3, endOffset: 80 }} | ${100} | ${50}  | ${true}  | ${'the leader ended that epoch earlier'}
  ${3}        | ${80}     | ${{ epoch: 3, endOffset: 50 }} | ${100} | ${50}  | ${true}  | ${'the follower ended that epoch earlier'}
  ${3}        | ${200}    | ${{ epoch: 3, endOffset: 90 }} | ${90}  | ${90}  | ${true}  | ${'the leader has all that the follower has'}
  ${3}        | ${80}     | ${{ epoch: 2, endOffset: 60 }} | ${100} | ${60}  | ${false} | ${'the follower does not know the epoch: the next older one decides, and the leader is asked again'}
  ${3}        | ${80}     | ${UNKNOWN}                     | ${100} | ${80}  | ${true}  | ${'the follower knows no epoch so old'}
  ${3}        | ${180}    | ${UNKNOWN}                     | ${100} | ${100} | ${true}  | ${'nothing is cut beyond the end'}
  ${-1}       | ${70}     | ${{ epoch: 3, endOffset: 80 }} | ${100} | ${70}  | ${true}  | ${'the leader knows an end but no epoch'}
  ${-1}       | ${-1}     | ${{ epoch: 3, endOffset: 80 }} | ${100} | ${40}  | ${true}  | ${'the leader knows nothing: back to the fetch position'}
`('to $offset: $because', ({ leaderEpoch, leaderEnd, own, end, offset, complete }) => {
  const truncation = decideTruncation(
    { epoch: leaderEpoch, endOffset: leaderEnd },
    { fetchOffset: 40, logEndOffset: end, endOffsetForEpoch: () => own },
  );
  expect(truncation).toEqual({ offset, isComplete: complete });
});
