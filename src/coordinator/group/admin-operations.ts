/** DeleteGroups: what it takes to remove one group. */

import type { ErrorName } from '../../protocol/errors';
import { offsetWriteError } from '../runtime/write-errors';
import type { GroupPartition } from './group-partition';

/** Removes the offsets and the record of an empty group. */
export async function deleteGroup(home: GroupPartition, groupId: string): Promise<ErrorName> {
  const live = home.find(groupId);
  if (!live) return 'GROUP_ID_NOT_FOUND';
  if (live.group.state !== 'Empty') return 'NON_EMPTY_GROUP';
  return offsetWriteError(await home.removeOffsets(live, live.offsets.partitions()));
}
