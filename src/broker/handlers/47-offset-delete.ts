/** OffsetDelete (47): v0. Removes committed offsets of topics that the group does not read now (KIP-496). */
import {
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from '../../protocol/messages/47-offset-delete';
import { defineHandler } from '../handler';

export const offsetDelete = defineHandler({
  request: OffsetDeleteRequest,
  response: OffsetDeleteResponse,
  versions: [0, 0],
  handle: (context, request) => context.broker.groups.deleteOffsets(context, request),
});
