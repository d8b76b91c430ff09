/** `group reset`: the rules of kafka-consumer-groups --reset-offsets, partition by partition. */
import { planReset } from '../../../src/cli/group/reset-plan';

const at = (earliest: number, latest: number, committed?: number, atTime?: number) => ({
  topic: 't',
  partition: 0,
  earliest,
  latest,
  committed,
  ...(atTime === undefined ? {} : { atTime }),
});
const each = (offset: number) => ({ kind: 'each', offsets: new Map([['t-0', offset]]) });

test.each`
  facts                 | target                            | to    | note                                           | because
  ${at(10, 90, 50)}     | ${{ kind: 'earliest' }}           | ${10} | ${''}                                          | ${'the log begins there'}
  ${at(10, 90, 50)}     | ${{ kind: 'latest' }}             | ${90} | ${''}                                          | ${'the log ends there'}
  ${at(10, 90, 50)}     | ${{ kind: 'current' }}            | ${50} | ${''}                                          | ${'that is committed'}
  ${at(10, 90)}         | ${{ kind: 'current' }}            | ${90} | ${'nothing is committed: the end of the log'}  | ${'without a commit the end is taken'}
  ${at(10, 90, 5)}      | ${{ kind: 'current' }}            | ${10} | ${'5 is before the log: its start instead'}    | ${'what was committed is deleted by now'}
  ${at(10, 90, 50)}     | ${{ kind: 'offset', offset: 70 }} | ${70} | ${''}                                          | ${'it lies in the log'}
  ${at(10, 90, 50)}     | ${{ kind: 'offset', offset: 3 }}  | ${10} | ${'3 is before the log: its start instead'}    | ${'what is before the log is its start'}
  ${at(10, 90, 50)}     | ${{ kind: 'offset', offset: 99 }} | ${90} | ${'99 is after the log: its end instead'}      | ${'what is after the log is its end'}
  ${at(10, 90, 50)}     | ${{ kind: 'shift', by: -20 }}     | ${30} | ${''}                                          | ${'it is shifted back'}
  ${at(10, 90, 50)}     | ${{ kind: 'shift', by: 20 }}      | ${70} | ${''}                                          | ${'it is shifted on'}
  ${at(10, 90, 50)}     | ${{ kind: 'shift', by: -60 }}     | ${10} | ${'-10 is before the log: its start instead'}  | ${'a shift ends at the start'}
  ${at(10, 90, 50)}     | ${{ kind: 'shift', by: 60 }}      | ${90} | ${'110 is after the log: its end instead'}     | ${'a shift ends at the end'}
  ${at(10, 90, 50, 42)} | ${{ kind: 'time', timestamp: 1 }} | ${42} | ${''}                                          | ${'that record is the first since then'}
  ${at(10, 90, 50, -1)} | ${{ kind: 'time', timestamp: 1 }} | ${90} | ${'no record is that new: the end of the log'} | ${'all records are older'}
  ${at(10, 90, 50)}     | ${each(66)}                       | ${66} | ${''}                                          | ${'the file says so'}
  ${at(0, 0)}           | ${{ kind: 'latest' }}             | ${0}  | ${''}                                          | ${'an empty log begins and ends at 0'}
`('$target.kind of $facts is $to because $because', ({ facts, target, to, note }) => {
  const planned = { topic: 't', partition: 0, from: facts.committed, to, note };
  expect(planReset(facts, target)).toEqual(planned);
});

test.each`
  target                                  | problem
  ${{ kind: 'shift', by: 1 }}             | ${'nothing is committed to shift from'}
  ${{ kind: 'each', offsets: new Map() }} | ${'the file does not name it'}
`('$target.kind cannot be planned: $problem', ({ target, problem }) => {
  expect(planReset(at(10, 90), target)).toEqual({ topic: 't', partition: 0, problem });
});
