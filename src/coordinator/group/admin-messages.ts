/** DescribeGroups, ListGroups and DeleteGroups: groups as administrators see them. */

import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import type { DescribeGroupsResponse } from '../../protocol/messages/15-describe-groups';
import type { ListGroupsRequest, ListGroupsResponse } from '../../protocol/messages/16-list-groups';
import type { DeleteGroupsResponse } from '../../protocol/messages/42-delete-groups';
import type { InputOf } from '../../protocol/schema';
import { asBuffer } from './records';
import type { Group } from './state/group';
import { NO_BYTES } from './state/member';

export type DescribeResponse = InputOf<typeof DescribeGroupsResponse>;
export type DeleteResponse = InputOf<typeof DeleteGroupsResponse>;
export type ListResponse = InputOf<typeof ListGroupsResponse>;

type DescribedGroup = DescribeResponse['groups'][number];
type ListedGroup = ListResponse['groups'][number];

/** The only type of group that a coordinator of ZooKeeper mode has. */
const GROUP_TYPE = 'classic';

/** Metadata and assignments are shown of a stable group only: they are about to change in any other. */
export function describedGroup(group: Group): DescribedGroup {
  const protocolName = group.state === 'Stable' ? group.protocolName : undefined;
  return {
    errorCode: errorCode('NONE'),
    groupId: group.id,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: protocolName ?? '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: asBuffer(member.metadataFor(protocolName)),
      memberAssignment: asBuffer(protocolName === undefined ? NO_BYTES : member.assignment),
    })),
  };
}

/** A group that is not here: unknown ones are `Dead`, without an error. */
export function undescribedGroup(groupId: string, error: ErrorName): DescribedGroup {
  return {
    errorCode: errorCode(error),
    groupId,
    groupState: error === 'NONE' ? 'Dead' : '',
    protocolType: '',
    protocolData: '',
    members: [],
  };
}

/** Whether the group passes the filters, in any case of letters; an empty filter lets all pass (KIP-518, KIP-848). */
export function isListed(group: Group, request: ListGroupsRequest): boolean {
  return (
    passes(request.statesFilter, group.state.toLowerCase()) &&
    passes(request.typesFilter, GROUP_TYPE)
  );
}

function passes(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.some((each) => each.toLowerCase() === value);
}

export function listedGroup(group: Group): ListedGroup {
  return {
    groupId: group.id,
    protocolType: group.protocolType ?? '',
    groupState: group.state,
    groupType: GROUP_TYPE,
  };
}
