/** A group enters memory when its partition is loaded, and leaves it when that moves or the group is deleted. */

import type { ErrorName } from '../../../protocol/errors';
import { cancelTimer, info, refuseJoin, refuseSync, restartSession } from './effects';
import type { DecisionContext, Effect } from './effects';
import type { Group } from './group';
import { prepareRebalance } from './rebalance';

/** After a group was read from the log: sessions start, and a group above `group.max.size` rebalances to shed members. */
export function onLoaded(group: Group, context: DecisionContext): Effect[] {
  const effects: Effect[] = [...group.members.values()].map(restartSession);
  if (group.size === 0) return effects;
  const message = `loaded at generation ${String(group.generation)} with ${String(group.size)} members`;
  effects.push(info(message));
  if (group.size <= context.maxSize) return effects;
  return [...effects, ...prepareRebalance(group, 'more members than group.max.size', context)];
}

/** Answers all that is parked with `error`; the group is dead, and whoever still holds it must not use it. */
export function onUnloaded(group: Group, error: ErrorName, context: DecisionContext): Effect[] {
  const effects: Effect[] = [cancelTimer('rebalance'), cancelTimer('sync')];
  for (const memberId of group.pendingMemberIds) effects.push(cancelTimer(`member:${memberId}`));
  for (const member of group.members.values()) {
    effects.push(cancelTimer(`member:${member.id}`));
    const joinTicket = group.park(member, undefined);
    if (joinTicket !== undefined) effects.push(refuseJoin(joinTicket, error, member.id));
    if (member.syncTicket !== undefined) effects.push(refuseSync(member.syncTicket, error));
    member.syncTicket = undefined;
  }
  group.transitionTo('Dead', context.nowMs);
  return effects;
}
