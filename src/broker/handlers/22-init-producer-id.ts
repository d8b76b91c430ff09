/**
 * InitProducerId (22): v0–5. A producer id for idempotent produce (KIP-98).
 * Versions: v2 flexible · v3 the producer's current id and epoch (KIP-360) · v4 PRODUCER_FENCED.
 */
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '../../protocol/messages/22-init-producer-id';
import { defineHandler } from '../handler';

const NO_PRODUCER_ID = -1;
const NO_PRODUCER_EPOCH = -1;

function refused(error: ErrorName) {
  return {
    throttleTimeMs: 0,
    errorCode: errorCode(error),
    producerId: NO_PRODUCER_ID,
    producerEpoch: NO_PRODUCER_EPOCH,
  };
}

export const initProducerId = defineHandler({
  request: InitProducerIdRequest,
  response: InitProducerIdResponse,
  versions: [0, 5],
  handle: async ({ broker }, request) => {
    const hasId = request.producerId !== NO_PRODUCER_ID;
    const hasEpoch = request.producerEpoch !== NO_PRODUCER_EPOCH;
    if (hasId !== hasEpoch) return refused('INVALID_REQUEST');
    // This broker coordinates no transactions, so no id of one can be given out here.
    if (request.transactionalId !== null) {
      return refused(
        request.transactionalId === '' ? 'INVALID_REQUEST' : 'COORDINATOR_NOT_AVAILABLE',
      );
    }
    const producerId = await broker.producerIds.next();
    if (producerId === undefined) return refused('COORDINATOR_LOAD_IN_PROGRESS');
    return { throttleTimeMs: 0, errorCode: errorCode('NONE'), producerId, producerEpoch: 0 };
  },
});
