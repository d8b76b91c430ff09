/** Members of groups, one request at a time. */
import { errorName } from '../../src/protocol/errors';
import { JoinGroupRequest, JoinGroupResponse } from '../../src/protocol/messages/11-join-group';
import { SyncGroupRequest, SyncGroupResponse } from '../../src/protocol/messages/14-sync-group';
import type { InputOf } from '../../src/protocol/schema';
import type { Brokers } from './broker-client';
import { subscriptionTo } from './subscription';

/** What every member sends along; Kafka looks into it. */
export const SUBSCRIPTION = subscriptionTo(['topic']);

type JoinFields = Partial<InputOf<typeof JoinGroupRequest>>;

export interface Membership {
  readonly memberId: string;
  readonly generationId: number;
}

export async function join(
  brokers: Brokers,
  groupId: string,
  { version = 9, ...fields }: JoinFields & { readonly version?: number } = {},
) {
  const answer = await brokers.ask(JoinGroupRequest, JoinGroupResponse, version, {
    groupId,
    sessionTimeoutMs: 30_000,
    ...(version >= 1 ? { rebalanceTimeoutMs: 5000 } : {}),
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: SUBSCRIPTION }],
    ...fields,
  });
  return { ...answer, error: errorName(answer.errorCode) };
}

/** Joins as the only member, with the id that the coordinator first hands out where it does. */
export async function joinAlone(
  brokers: Brokers,
  groupId: string,
  options: Parameters<typeof join>[2] = {},
) {
  const first = await join(brokers, groupId, options);
  if (first.error !== 'MEMBER_ID_REQUIRED') return first;
  return join(brokers, groupId, { ...options, memberId: first.memberId });
}

/** A group of one member that has its assignment. */
export async function aStableGroup(
  brokers: Brokers,
  groupId: string,
  options: Parameters<typeof join>[2] = {},
): Promise<Membership> {
  const { memberId, generationId, error } = await joinAlone(brokers, groupId, options);
  if (error !== 'NONE') throw new Error(`not joined: ${error}`);
  const { errorCode } = await brokers.ask(SyncGroupRequest, SyncGroupResponse, 3, {
    groupId,
    generationId,
    memberId,
    groupInstanceId: options.groupInstanceId ?? null,
    assignments: [{ memberId, assignment: Buffer.from('assignment') }],
  });
  if (errorCode !== 0) throw new Error(`not synced: ${errorName(errorCode)}`);
  return { memberId, generationId };
}
