/** A JoinGroup request without its wire form. */

import type { DecisionContext } from './effects';
import type { MemberProtocol, Ticket } from './member';

export interface JoinRequest {
  /** Empty if the member has no id yet. */
  readonly memberId: string;
  /** The id it gets if it has none. */
  readonly newMemberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly MemberProtocol[];
  readonly reason: string | null;
  /** v4: a dynamic member must come back with the id it is given. */
  readonly requiresKnownMemberId: boolean;
  /** v9: understands `skipAssignment`. */
  readonly canSkipAssignment: boolean;
}

/** A request that asks for a decision, and what the decision may depend on. */
export interface JoinAttempt {
  readonly request: JoinRequest;
  readonly ticket: Ticket;
  readonly context: DecisionContext;
}

/** Why the group rebalances, for the log. */
export function reasonOf(event: string, request: JoinRequest): string {
  return request.reason ? `${event}, client's reason: ${request.reason}` : event;
}
