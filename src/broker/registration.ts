/**
 * The broker's place under `/brokers/ids`. A broker that was killed and started again finds its own old
 * session still owning the znode: it closes that session, whose id and password it keeps on disk, or,
 * where it cannot, waits until the session expires. It never exits for it.
 */
import { deferred } from '../base/deferred';
import type { Clock, Files, Log } from '../platform/ports';
import { closeStaleSession } from '../zookeeper/connect';
import type { ZooKeeperOptions } from '../zookeeper/connect';
import type { KafkaZooKeeper } from '../zookeeper/store';
import type { SessionCredentials } from '../zookeeper/session';
import type { BrokerRegistration } from '../zookeeper/types';

const RETRY_MS = 500;

interface RegistrationParts {
  readonly clock: Clock;
  readonly files: Files;
  readonly log: Log;
  readonly zookeeper: KafkaZooKeeper;
  readonly zookeeperOptions: ZooKeeperOptions;
  /** Where session id and password are kept. Secret: whoever has them owns the session. */
  readonly sessionFile: string;
}

export class Registration {
  #epoch = -1;
  /** The session that the registration belongs to. */
  #session: bigint | undefined;
  #isClosed = false;
  readonly #registeredOnce = deferred();

  constructor(private readonly parts: RegistrationParts) {}

  /** The czxid of the registration in force; −1 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Resolves when this run of the broker has registered for the first time, or has given up. Until then what a
   * controller sends is meant for an earlier run.
   */
  get whenRegistered(): Promise<void> {
    return this.#registeredOnce.promise;
  }

  /** Whether the registration in force is of a session that has not expired, as far as is known here. */
  get isInForce(): boolean {
    const { sessionId, state } = this.parts.zookeeper.session;
    return sessionId === this.#session && (state === 'connected' || state === 'disconnected');
  }

  /** Resolves once the broker is registered, however long another session owns its znode. */
  async register(broker: BrokerRegistration): Promise<void> {
    const { zookeeper, log, clock } = this.parts;
    for (;;) {
      const result = await zookeeper.brokers.register(broker);
      if (result.status === 'registered') {
        this.#epoch = result.epoch;
        this.#session = zookeeper.session.sessionId;
        this.#saveSession();
        this.#registeredOnce.resolve();
        log.info('registered in ZooKeeper', { epoch: result.epoch });
        return;
      }
      const { ownerSession } = result;
      if (!(await this.#closeOwn(ownerSession))) {
        log.warn('another session owns the registration of this broker id; waiting for it to end', {
          ownerSession,
        });
        await new Promise<void>((resolve) => clock.callAfter(RETRY_MS, resolve));
      }
      if (this.#isClosed) return;
    }
  }

  /** Gives up waiting; for the end of the broker. */
  close(): void {
    this.#isClosed = true;
    this.#registeredOnce.resolve();
  }

  /** Closes the owner if it is the session that this broker had before it was started again. */
  async #closeOwn(ownerSession: bigint): Promise<boolean> {
    const credentials = this.#savedSession();
    if (credentials?.sessionId !== ownerSession) return false;
    try {
      const outcome = await closeStaleSession(this.parts.zookeeperOptions, credentials);
      if (outcome === 'unknown') return false;
      this.parts.log.info('closed the session of an earlier run', { session: ownerSession });
      return true;
    } catch (error) {
      this.parts.log.warn('could not close the session of an earlier run', { error });
      return false;
    }
  }

  #saveSession(): void {
    const { sessionId, password } = this.parts.zookeeper.session.sessionCredentials();
    const text = JSON.stringify({
      sessionId: `0x${sessionId.toString(16)}`,
      password: password.toString('base64'),
    });
    try {
      this.parts.files.replaceFileSync(this.parts.sessionFile, Buffer.from(text), 'owner');
    } catch (error) {
      this.parts.log.warn('could not keep the ZooKeeper session for a restart', { error });
    }
  }

  /** What an earlier run kept; a damaged file is as good as none, since waiting works too. */
  #savedSession(): SessionCredentials | undefined {
    const content = this.parts.files.readFileSync(this.parts.sessionFile);
    if (!content) return undefined;
    try {
      const { sessionId, password } = JSON.parse(content.toString()) as Record<string, string>;
      if (!sessionId || !password) return undefined;
      return { sessionId: BigInt(sessionId), password: Buffer.from(password, 'base64') };
    } catch (error) {
      this.parts.log.warn('ignoring a damaged session file', {
        file: this.parts.sessionFile,
        error,
      });
      return undefined;
    }
  }
}
