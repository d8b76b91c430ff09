/**
 * AlterPartitionReassignments (45): v0. Moves partitions to other brokers, or cancels that (KIP-455), on the
 * controller. Answers once the moves have begun; ListPartitionReassignments tells which are under way.
 */
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../../protocol/messages/45-alter-partition-reassignments';
import { defineHandler } from '../handler';

export const alterPartitionReassignments = defineHandler({
  request: AlterPartitionReassignmentsRequest,
  response: AlterPartitionReassignmentsResponse,
  versions: [0, 0],
  handle: ({ broker }, request) => broker.controller.alterPartitionReassignments(request),
});
