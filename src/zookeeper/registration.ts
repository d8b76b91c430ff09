/**
 * Registers a broker although its znode may still belong to another session: to the one of its earlier
 * run, which it closes if it still has the credentials, or else to one that it waits out. Kafka's broker
 * exits instead, when it is started again faster than its old session expires.
 */

import { deferred } from '../base/deferred';
import type { Clock, Log } from '../platform/ports';
import { ZooKeeperError, isZooKeeperError } from './errors';
import { sessionName } from './reconnecting-session';
import type { KafkaZooKeeper } from './store';
import type { BrokerRegistration, SessionCredentials } from './types';

const RETRY_MS = 500;

export interface RegistrationOptions {
  readonly store: KafkaZooKeeper;
  readonly registration: BrokerRegistration;
  /** The session of the earlier run, if the broker kept its credentials. */
  readonly earlier: SessionCredentials | undefined;
  /** `closeStaleSession` with the broker's options. */
  readonly closeStale: (credentials: SessionCredentials) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked before each attempt: a broker that is told to stop gives up. */
  readonly isStopping: () => boolean;
}

/** Resolves with the broker epoch; with `undefined` if the broker is stopping. */
export async function registerBroker(options: RegistrationOptions): Promise<number | undefined> {
  const { store, registration, log } = options;
  let earlier = options.earlier;
  while (!options.isStopping()) {
    const result = await tryToRegister(options);
    if (result?.status === 'registered') return result.epoch;
    if (result && earlier?.sessionId === result.ownerSession) {
      log.info('closing the ZooKeeper session of the earlier run', {
        session: sessionName(earlier.sessionId),
      });
      // Once: if that fails, the session expires by itself.
      await options.closeStale(earlier).catch((error: unknown) => logFailure(log, error));
      earlier = undefined;
      continue;
    }
    log.warn('waiting to register the broker', {
      broker: registration.id,
      state: store.session.state,
      owner: result && sessionName(result.ownerSession),
    });
    await pause(options.clock);
  }
  return undefined;
}

/** `undefined` if the session expired meanwhile: its successor tries again. */
async function tryToRegister({ store, registration }: RegistrationOptions) {
  try {
    return await store.brokers.register(registration);
  } catch (error) {
    if (isZooKeeperError(error, 'SESSION_EXPIRED') && store.session.state !== 'closed') {
      return undefined;
    }
    throw error;
  }
}

function logFailure(log: Log, error: unknown): void {
  if (!(error instanceof ZooKeeperError)) throw error;
  log.warn('cannot close the session of the earlier run', { error });
}

async function pause(clock: Clock): Promise<void> {
  const over = deferred();
  clock.callAfter(RETRY_MS, over.resolve);
  await over.promise;
}
