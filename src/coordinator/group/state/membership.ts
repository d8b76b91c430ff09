/** The checks that many requests share. Each answers with the error, or `NONE`. */

import type { ErrorName } from '../../../protocol/errors';
import type { Group } from './group';

/** Whether the request comes from a current member, and not from one that another instance replaced (KIP-345). */
export function memberError(group: Group, memberId: string, instanceId: string | null): ErrorName {
  if (instanceId !== null) {
    const currentMemberId = group.memberIdOfInstance(instanceId);
    if (currentMemberId === undefined) return 'UNKNOWN_MEMBER_ID';
    if (currentMemberId !== memberId) return 'FENCED_INSTANCE_ID';
  }
  return group.members.has(memberId) ? 'NONE' : 'UNKNOWN_MEMBER_ID';
}

/** `memberError`, then whether the member knows the current generation. A dead group was just unloaded or deleted. */
export function generationError(
  group: Group,
  memberId: string,
  instanceId: string | null,
  generation: number,
): ErrorName {
  if (group.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE';
  const error = memberError(group, memberId, instanceId);
  if (error !== 'NONE') return error;
  return generation === group.generation ? 'NONE' : 'ILLEGAL_GENERATION';
}
