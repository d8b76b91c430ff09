import { leadershipChange } from '../../../src/controller/state/leadership-change';

interface Leadership {
  readonly leader: number;
  readonly epoch: number;
  readonly isr: readonly number[];
}

const state = ({ leader, epoch, isr }: Leadership) => ({
  leader,
  leaderEpoch: epoch,
  isr,
  controllerEpoch: 1,
  recovering: false,
});

test.each`
  before                                     | after                                   | line
  ${undefined}                               | ${{ leader: 1, epoch: 0, isr: [1, 2] }} | ${'leader 1, leader epoch 0, ISR 1,2'}
  ${{ leader: 1, epoch: 4, isr: [1, 2, 3] }} | ${{ leader: 2, epoch: 5, isr: [2, 3] }} | ${'leader 1 → 2, leader epoch 4 → 5, ISR 1,2,3 → 2,3'}
  ${{ leader: 2, epoch: 5, isr: [2] }}       | ${{ leader: 2, epoch: 5, isr: [2, 1] }} | ${'leader 2, leader epoch 5, ISR 2 → 2,1'}
  ${{ leader: 2, epoch: 5, isr: [2] }}       | ${{ leader: -1, epoch: 6, isr: [2] }}   | ${'leader 2 → none, leader epoch 5 → 6, ISR 2'}
  ${{ leader: -1, epoch: 6, isr: [2] }}      | ${{ leader: 2, epoch: 7, isr: [2] }}    | ${'leader none → 2, leader epoch 6 → 7, ISR 2'}
`('$line', ({ before, after, line }) => {
  const former = before as Leadership | undefined;
  expect(leadershipChange(former && state(former), state(after as Leadership))).toBe(line);
});
