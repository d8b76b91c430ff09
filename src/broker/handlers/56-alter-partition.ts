/**
 * AlterPartition (56): v0–3. A leader asks the controller to change its partition's ISR (KIP-497).
 * Versions: v1 leader recovery state (KIP-704) · v2 topic ids · v3 ISR with broker epochs (KIP-903).
 */
import {
  AlterPartitionRequest,
  AlterPartitionResponse,
} from '../../protocol/messages/56-alter-partition';
import { defineHandler } from '../handler';

export const alterPartition = defineHandler({
  request: AlterPartitionRequest,
  response: AlterPartitionResponse,
  versions: [0, 3],
  handle: ({ broker, apiVersion }, request) =>
    broker.controller.alterPartition(request, apiVersion),
});
