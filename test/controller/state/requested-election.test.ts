import { electRequested, isElectionNeeded } from '../../../src/controller/state/requested-election';
import type { ElectionType } from '../../../src/controller/state/requested-election';
import { aContext, aPartition } from '../../builders/controller-context';

interface Row {
  readonly type: ElectionType;
  readonly leader: number | undefined;
  readonly isr: readonly number[];
  readonly live: readonly number[];
  readonly needed: boolean;
  readonly elected: number | undefined;
}

test.each`
  type           | leader       | isr       | live         | needed   | elected      | because
  ${'PREFERRED'} | ${0}         | ${[0, 1]} | ${[0, 1, 2]} | ${false} | ${0}         | ${'the preferred replica leads'}
  ${'PREFERRED'} | ${1}         | ${[0, 1]} | ${[0, 1, 2]} | ${true}  | ${0}         | ${'another one leads'}
  ${'PREFERRED'} | ${1}         | ${[1, 2]} | ${[0, 1, 2]} | ${true}  | ${undefined} | ${'the preferred replica is out of sync'}
  ${'PREFERRED'} | ${1}         | ${[0, 1]} | ${[1, 2]}    | ${true}  | ${undefined} | ${'the preferred replica is away'}
  ${'PREFERRED'} | ${-1}        | ${[1]}    | ${[0, 2]}    | ${true}  | ${undefined} | ${'a preferred leader is never unclean'}
  ${'PREFERRED'} | ${undefined} | ${[]}     | ${[0, 1]}    | ${true}  | ${undefined} | ${'there never was a leader'}
  ${'UNCLEAN'}   | ${1}         | ${[1]}    | ${[0, 1, 2]} | ${false} | ${1}         | ${'its leader is alive'}
  ${'UNCLEAN'}   | ${-1}        | ${[1]}    | ${[0, 2]}    | ${true}  | ${0}         | ${'no ISR member is alive: the first replica that is'}
  ${'UNCLEAN'}   | ${-1}        | ${[1]}    | ${[1, 2]}    | ${true}  | ${1}         | ${'an ISR member that is alive goes first'}
  ${'UNCLEAN'}   | ${1}         | ${[1]}    | ${[2]}       | ${true}  | ${2}         | ${'its leader is away, which the state does not say yet'}
  ${'UNCLEAN'}   | ${-1}        | ${[1]}    | ${[]}        | ${true}  | ${undefined} | ${'nobody is alive'}
`('$type, led by $leader, ISR $isr, live $live: $because', (row) => {
  const { type, leader, isr, live, needed, elected } = row as Row;
  const context = aContext({ brokers: live });
  const replicas = [0, 1, 2];
  const partition = aPartition(context, 't', {
    replicas,
    isr,
    ...(leader === undefined ? {} : { leader }),
  });
  expect(isElectionNeeded(context, partition, type)).toBe(needed);
  const state = { leader: -1, leaderEpoch: 3, controllerEpoch: 1, recovering: false, zkVersion: 4 };
  expect(electRequested(context, partition, { ...state, isr }, type)?.leader).toBe(elected);
});
