import { decideBrokerChange } from '../../../src/controller/state/broker-change';
import type { ReplicaStateName } from '../../../src/controller/state/transitions';
import { decideDeletionStep } from '../../../src/controller/state/deletion-step';
import { decideLeaderRebalance } from '../../../src/controller/state/leader-balance';
import { aContext, aPartition } from '../../builders/controller-context';
import { registrationOf } from '../../builders/controller-cluster';

const registered = (epochs: Record<number, number>) =>
  new Map(
    Object.entries(epochs).map(([id, epoch]) => [
      Number(id),
      { ...registrationOf(Number(id)), epoch },
    ]),
  );

test.each`
  known               | now                 | added     | bounced | gone   | because
  ${{}}               | ${{ 2: 10, 1: 11 }} | ${[1, 2]} | ${[]}   | ${[]}  | ${'all are new, in the order of their ids'}
  ${{ 1: 10 }}        | ${{ 1: 10 }}        | ${[]}     | ${[]}   | ${[]}  | ${'nothing happened'}
  ${{ 1: 10, 2: 11 }} | ${{ 2: 11 }}        | ${[]}     | ${[]}   | ${[1]} | ${'its znode is gone'}
  ${{ 1: 10 }}        | ${{ 1: 12 }}        | ${[]}     | ${[1]}  | ${[]}  | ${'a higher epoch is a new registration'}
  ${{ 1: 10, 2: 11 }} | ${{ 1: 12, 3: 13 }} | ${[3]}    | ${[1]}  | ${[2]} | ${'everything at once'}
`('$known → $now: $because', ({ known, now, added, bounced, gone }) => {
  const change = decideBrokerChange(registered(known), registered(now));
  const ids = (brokers: readonly { id: number }[]) => brokers.map(({ id }) => id);
  expect([ids(change.added), ids(change.bounced), change.gone]).toEqual([added, bounced, gone]);
});

test.each`
  leaders          | percent | moved                    | because
  ${[0, 0, 0, 0]}  | ${10}   | ${[]}                    | ${'all are led by their preferred replica'}
  ${[0, 0, 0, 1]}  | ${10}   | ${['t-3']}               | ${'a quarter is over ten per cent'}
  ${[0, 0, 0, 1]}  | ${25}   | ${[]}                    | ${'a quarter is not over twenty-five per cent'}
  ${[1, 1, 2, 0]}  | ${50}   | ${['t-0', 't-1', 't-2']} | ${'all of an unbalanced broker return'}
  ${[-1, 0, 0, 0]} | ${0}    | ${['t-0']}               | ${'without a leader counts too'}
`('leaders $leaders at $percent %: $because', ({ leaders, percent, moved }) => {
  const context = aContext();
  for (const leader of leaders) aPartition(context, 't', { replicas: [0, 1, 2], leader });
  expect(decideLeaderRebalance(context, percent).map(({ key }) => key)).toEqual(moved);
});

test('a rebalance leaves alone what cannot move: preferred replica away, not in sync, or topic deleted', () => {
  const context = aContext({ brokers: [0, 1] });
  aPartition(context, 'away', { replicas: [9, 1], leader: 1 });
  aPartition(context, 'lagging', { replicas: [0, 1], leader: 1, isr: [1] });
  aPartition(context, 'deleted', { replicas: [0, 1], leader: 1 });
  context.queueForDeletion('deleted');
  expect(decideLeaderRebalance(context, 0)).toEqual([]);
});

test.each`
  states                                                        | isIneligible | step          | because
  ${['OnlineReplica', 'OnlineReplica']}                         | ${false}     | ${'delete'}   | ${'nothing was done yet'}
  ${['ReplicaDeletionStarted', 'ReplicaDeletionSuccessful']}    | ${false}     | ${'wait'}     | ${'a broker has not answered'}
  ${['ReplicaDeletionSuccessful', 'ReplicaDeletionSuccessful']} | ${false}     | ${'complete'} | ${'all brokers have answered'}
  ${['ReplicaDeletionSuccessful', 'ReplicaDeletionSuccessful']} | ${true}      | ${'complete'} | ${'all brokers have answered'}
  ${['ReplicaDeletionIneligible', 'ReplicaDeletionSuccessful']} | ${true}      | ${'wait'}     | ${'it failed, and nothing has changed since'}
  ${['ReplicaDeletionIneligible', 'ReplicaDeletionSuccessful']} | ${false}     | ${'delete'}   | ${'it is tried again'}
`('replicas $states: $step because $because', ({ states, isIneligible, step }) => {
  const context = aContext();
  const partition = aPartition(context, 't', { replicas: [0, 1], leader: 0 });
  (states as ReplicaStateName[]).forEach((state, broker) =>
    context.setReplicaState({ partition, broker }, state),
  );
  expect(decideDeletionStep(context, partition.topic, isIneligible).kind).toBe(step);
});

test('replicas are deleted where the broker is there; those deleted already are left alone', () => {
  const context = aContext({ brokers: [0, 1] });
  const partition = aPartition(context, 't', { replicas: [0, 1, 9], leader: 0 });
  context.setReplicaState({ partition, broker: 0 }, 'ReplicaDeletionSuccessful');
  expect(decideDeletionStep(context, partition.topic, false)).toEqual({
    kind: 'delete',
    online: [{ partition, broker: 1 }],
    offline: [{ partition, broker: 9 }],
  });
});
