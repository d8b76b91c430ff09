import { Group } from '../../src/coordinator/group/state/group';
import type { DecisionContext } from '../../src/coordinator/group/state/effects';
import type { GroupState } from '../../src/coordinator/group/state/group';
import type { MemberProfile } from '../../src/coordinator/group/state/member';
import { subscriptionTo } from './subscription';

export const GROUP_TIME_MS = 1_700_000_000_000;

export function aContext(options: Partial<DecisionContext> = {}): DecisionContext {
  return { nowMs: GROUP_TIME_MS, initialRebalanceDelayMs: 3000, maxSize: 1000, ...options };
}

export function aProfile(options: Partial<MemberProfile> = {}): MemberProfile {
  return {
    id: 'm1',
    instanceId: null,
    clientId: 'client',
    clientHost: '/127.0.0.1',
    rebalanceTimeoutMs: 60_000,
    sessionTimeoutMs: 10_000,
    protocols: [{ name: 'range', metadata: subscriptionTo(['t']) }],
    ...options,
  };
}

/** A group in `state` at generation 1, reached as groups reach it. `Dead` was stable before. */
export function aGroup(
  options: {
    state?: GroupState;
    members?: readonly Partial<MemberProfile>[];
    protocolType?: string;
    pendingMemberIds?: readonly string[];
  } = {},
): Group {
  const { state = 'Stable', members = [{}], protocolType = 'consumer' } = options;
  const group = new Group('g', GROUP_TIME_MS);
  if (state === 'Empty') return group;
  for (const member of members) group.addMember(aProfile(member), protocolType, undefined);
  for (const id of options.pendingMemberIds ?? []) group.addPendingMemberId(id);
  group.transitionTo('PreparingRebalance', GROUP_TIME_MS);
  group.startNextGeneration(GROUP_TIME_MS);
  if (state === 'CompletingRebalance') return group;
  group.transitionTo('Stable', GROUP_TIME_MS);
  if (state !== 'Stable') group.transitionTo(state, GROUP_TIME_MS);
  return group;
}
