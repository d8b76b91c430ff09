/**
 * Tells a broker whose settings have changed (Kafka's `ZkNodeChangeNotificationListener`): processes each
 * new child of `/config/changes` once, in order, and removes those older than 15 minutes.
 */

import { decodeOrWarn, ignoring, pipelined, readIfExists, type StoreContext } from './operations';
import { ANY_VERSION } from './session';
import type { ConfigEntity } from './types';
import { configChange, configChanges } from './znodes';

const EXPIRATION_MS = 15 * 60 * 1000;

export class ConfigChangeListener {
  readonly #context: StoreContext;
  /** Reads the entity's settings again and applies them; a failure is logged and not repeated. */
  readonly #onChange: (entity: ConfigEntity) => void | Promise<void>;
  #lastNumber = -1;
  #isRunning = false;
  #hasNews = false;
  #stopWatching: (() => void) | undefined;

  constructor(context: StoreContext, onChange: (entity: ConfigEntity) => void | Promise<void>) {
    this.#context = context;
    this.#onChange = onChange;
  }

  /** Processes all notifications there are (each is idempotent), then every new one. */
  async start(): Promise<void> {
    const { session } = this.#context;
    session.watchChildren(configChanges.path(), () => void this.#run());
    const removeHook = session.onSessionEstablished(() => this.#run());
    this.#stopWatching = () => {
      removeHook();
      session.unwatchChildren(configChanges.path());
    };
    await this.#run();
  }

  stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  /** One run at a time; news during a run make another. */
  async #run(): Promise<void> {
    this.#hasNews = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#hasNews && this.#stopWatching) {
        this.#hasNews = false;
        await this.#processNew();
      }
    } catch (error) {
      // The session is lost: its successor runs this again.
      this.#context.log.warn('cannot read the changes of settings', { error });
    } finally {
      this.#isRunning = false;
    }
  }

  async #processNew(): Promise<void> {
    const { session } = this.#context;
    const { children } = await session.getChildren(configChanges.path());
    const numbered = children
      .map((name) => ({ path: `${configChanges.path()}/${name}`, number: numberOf(name) }))
      .sort((a, b) => a.number - b.number);
    for (const { path, number } of numbered) {
      if (number <= this.#lastNumber) continue;
      await this.#process(path);
      this.#lastNumber = number;
    }
    await this.#purge(numbered.map(({ path }) => path));
  }

  async #process(path: string): Promise<void> {
    const { session, log } = this.#context;
    const found = await readIfExists(session, path);
    const entity = found && decodeOrWarn(log, () => configChange.decode(found.data, path));
    if (!entity) return;
    try {
      await this.#onChange(entity);
    } catch (error) {
      log.error('cannot apply a change of settings', { path, error });
    }
  }

  /** Any broker may: the time is the server's, of the node's creation. */
  async #purge(paths: readonly string[]): Promise<void> {
    const { session, clock } = this.#context;
    const oldestMs = clock.nowMs() - EXPIRATION_MS;
    await pipelined(paths, async (path) => {
      const stat = await session.exists(path);
      if (stat && stat.ctimeMs < oldestMs) {
        await ignoring('NO_NODE', session.delete(path, ANY_VERSION));
      }
    });
  }
}

function numberOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? -1);
}
