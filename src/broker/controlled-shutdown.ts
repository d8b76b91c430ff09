/**
 * Asks the controller to move this broker's leaders elsewhere before it stops, a limited number of times:
 * a broker that nobody can take over from stops all the same (`KafkaServer.controlledShutdown`).
 */
import { deferred } from '../base/deferred';
import { errorName } from '../protocol/errors';
import {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
} from '../protocol/messages/07-controlled-shutdown';
import type { ComposedBroker } from './compose';

const VERSION = 3;

type Outcome = 'done' | 'again';

export async function shutDownControlled(broker: ComposedBroker): Promise<void> {
  const { config, platform } = broker.services;
  const attempts = 1 + config.values['controlled.shutdown.max.retries'];
  const backoffMs = config.values['controlled.shutdown.retry.backoff.ms'];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const overdue = deferred<Outcome>();
    const cancel = platform.clock.callAfter(backoffMs, () => overdue.resolve('again'));
    const outcome = await Promise.race([ask(broker), overdue.promise]);
    cancel();
    if (outcome === 'done') return;
    if (attempt < attempts) await pause(broker, backoffMs / attempts);
  }
  platform.log.warn('stopping without having handed over all leaders');
}

async function ask({ services, controllerChannel }: ComposedBroker): Promise<Outcome> {
  const { brokerId, platform } = services;
  try {
    const answer = await controllerChannel.send({
      request: ControlledShutdownRequest,
      response: ControlledShutdownResponse,
      build: () => ({
        version: VERSION,
        message: { brokerId, brokerEpoch: services.brokerEpoch() },
      }),
      errorCodeOf: ({ errorCode }) => errorCode,
    });
    const error = errorName(answer.errorCode);
    if (error === 'NONE' && answer.remainingPartitions.length === 0) return 'done';
    platform.log.info('controlled shutdown not complete yet', {
      error,
      remaining: answer.remainingPartitions.length,
    });
  } catch (error) {
    platform.log.warn('controlled shutdown was not answered', { error });
  }
  return 'again';
}

function pause({ services }: ComposedBroker, delayMs: number): Promise<void> {
  return new Promise((resolve) => services.platform.clock.callAfter(delayMs, resolve));
}
