/** The producer id that makes retries idempotent (KIP-98). */
import type { Platform } from '../../platform/ports';
import { ERRORS, errorName } from '../../protocol/errors';
import {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '../../protocol/messages/22-init-producer-id';
import { pause } from '../pause';
import { PerfError } from '../perf-error';
import type { ClusterView } from './cluster-view';
import type { ProducerSettings } from './settings';

export interface ProducerIdentity {
  /** −1 if the producer is not idempotent. */
  readonly producerId: number;
  readonly producerEpoch: number;
}

const NOBODY: ProducerIdentity = { producerId: -1, producerEpoch: -1 };

/** Asks a broker for a producer id, unless the settings want none. Rejects with a `PerfError` or `NetworkError`. */
export async function takeIdentity(
  platform: Platform,
  view: ClusterView,
  settings: ProducerSettings,
): Promise<ProducerIdentity> {
  if (!settings.isIdempotent) return NOBODY;
  const deadlineMs = platform.clock.monotonicMs() + settings.deliveryTimeoutMs;
  for (;;) {
    const broker = await view.controller();
    const { errorCode, producerId, producerEpoch } = await broker.request(
      InitProducerIdRequest,
      InitProducerIdResponse,
      { transactionalId: null, transactionTimeoutMs: settings.requestTimeoutMs },
      settings.requestTimeoutMs,
    );
    const error = errorName(errorCode);
    if (error === 'NONE') return { producerId, producerEpoch };
    if (!ERRORS[error].retriable || platform.clock.monotonicMs() > deadlineMs)
      throw new PerfError(`no producer id: ${error} (enable.idempotence=false does without one)`);
    await pause(platform.clock, settings.retryBackoffMs);
  }
}
