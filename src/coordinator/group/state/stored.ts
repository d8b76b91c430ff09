/** Continues what waited for a group record: the write is committed (`NONE`) or has failed with `error`. */

import { unreachable } from '../../../base/assert';
import type { ErrorName } from '../../../protocol/errors';
import { warn } from './effects';
import type { DecisionContext, Effect, Stored } from './effects';
import type { Group } from './group';
import { onStaticJoinStored } from './static-member';
import { onAssignmentStored } from './sync';

export function onStored(
  group: Group,
  stored: Stored,
  error: ErrorName,
  context: DecisionContext,
): Effect[] {
  switch (stored.kind) {
    case 'assignment':
      return onAssignmentStored(group, stored, error, context);
    case 'static-join':
      return onStaticJoinStored(group, stored, error);
    case 'emptied':
      // Another coordinator would find the previous generation, whose sessions then expire again.
      return error === 'NONE' ? [] : [warn(`the empty group cannot be stored: ${error}`)];
    default:
      return unreachable(stored);
  }
}
