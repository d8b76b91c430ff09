/** AllocateProducerIds (67): v0. The controller gives a broker a block of producer ids (KIP-730). */
import {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '../../protocol/messages/67-allocate-producer-ids';
import { defineHandler } from '../handler';

export const allocateProducerIds = defineHandler({
  request: AllocateProducerIdsRequest,
  response: AllocateProducerIdsResponse,
  versions: [0, 0],
  handle: ({ broker }, request) => broker.controller.allocateProducerIds(request),
});
