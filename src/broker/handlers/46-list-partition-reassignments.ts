/** ListPartitionReassignments (46): v0. The reassignments that the controller carries out. */
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../../protocol/messages/46-list-partition-reassignments';
import { defineHandler } from '../handler';

export const listPartitionReassignments = defineHandler({
  request: ListPartitionReassignmentsRequest,
  response: ListPartitionReassignmentsResponse,
  versions: [0, 0],
  handle: ({ broker }, request) => broker.controller.listPartitionReassignments(request),
});
