/** Who may commit offsets to a group, by its state. Source: Kafka's `GroupCoordinator.validateOffsetCommit`. */

import type { ErrorName } from '../../../protocol/errors';
import { restartSession } from './effects';
import type { Group } from './group';
import type { Decision } from './liveness';
import { generationError } from './membership';

export interface CommitRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** −1 from a client outside of group management. */
  readonly generation: number;
}

export function decideCommit(group: Group, request: CommitRequest): Decision<ErrorName> {
  const error = commitError(group, request);
  if (error !== 'NONE') return { answer: error, effects: [] };
  const member = group.members.get(request.memberId);
  return { answer: 'NONE', effects: member ? [restartSession(member)] : [] };
}

function commitError(group: Group, request: CommitRequest): ErrorName {
  const { memberId, instanceId, generation } = request;
  if (group.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE';
  if (group.state === 'Empty' && generation < 0) return 'NONE';
  const isFromMember = generation >= 0 || memberId !== '' || instanceId !== null;
  if (!isFromMember) return group.state === 'Empty' ? 'NONE' : 'UNKNOWN_MEMBER_ID';
  const error = generationError(group, memberId, instanceId, generation);
  if (error !== 'NONE') return error;
  // It knows the new generation already, but not its new assignment: what it commits it may not own.
  return group.state === 'CompletingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
}
