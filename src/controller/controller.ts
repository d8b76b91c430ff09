/**
 * One broker's share in the controller: it stands for election, acts while elected, and resigns. All that
 * happens goes through one queue, one event after another. Kafka's `KafkaController`.
 */
import { deferred } from '../base/deferred';
import { MetricsRegistry } from '../metrics/registry';
import type { Cancel, Platform } from '../platform/ports';
import {
  ControllerMovedError,
  isZooKeeperError,
  ZnodeFormatError,
  ZooKeeperError,
} from '../zookeeper/errors';
import type { ControllerEpoch } from '../zookeeper/types';
import { ActiveController } from './active-controller';
import { ControllerApi } from './controller-api';
import type { Question } from './controller-api';
import { observeController } from './controller-metrics';
import { EventQueue } from './event-queue';
import type { ControllerEvent } from './event-queue';
import { EventTimes } from './event-times';
import type { ControllerConfig, ControllerStore, PeerConnector } from './ports';
import { Tenure } from './tenure';

export interface ControllerOptions {
  readonly platform: Pick<Platform, 'clock' | 'log' | 'random'>;
  readonly brokerId: number;
  readonly zookeeper: ControllerStore;
  readonly config: ControllerConfig;
  readonly peers: PeerConnector;
  /** Takes the metrics of the controller; one that nobody sees if not given. */
  readonly metrics?: MetricsRegistry;
  /** Registers this broker in a new session, before it stands for election again. */
  readonly registerBroker: () => Promise<void>;
  /** A bug came to light: the broker must stop. */
  readonly onFatal: (error: unknown) => void;
  /** Another broker is controller now, as ZooKeeper says; `undefined`: none is. */
  readonly onControllerChange?: (controllerId: number | undefined) => void;
}

/** After a failed fail-over another broker shall have its try, and ZooKeeper its peace. */
const FAILED_FAILOVER_BACKOFF_MS = 1_000;
const STOP_TIMEOUT_MS = 1_000;
const TOPIC_ID_BYTES = 16;

export class Controller extends ControllerApi {
  readonly #options: ControllerOptions;
  readonly #queue: EventQueue;
  readonly #log: Platform['log'];
  #active: ActiveController | undefined;
  #controllerId: number | undefined;
  #removeHooks: readonly (() => void)[] = [];
  #cancelBackoff: Cancel | undefined;
  #isStopped = false;
  /** Unclean elections of earlier tenures. */
  #pastUncleanElections = 0;

  constructor(options: ControllerOptions) {
    super();
    this.#options = options;
    this.#log = options.platform.log.area('controller');
    const { metrics = new MetricsRegistry() } = options;
    this.#queue = new EventQueue(
      (event, error) => this.#onFailure(event, error),
      new EventTimes(metrics, options.platform.clock),
    );
    observeController(metrics, {
      active: () => this.#active,
      uncleanElectionCount: () =>
        this.#pastUncleanElections + (this.#active?.tenure.uncleanElections ?? 0),
      waitingEventCount: () => this.#queue.size,
    });
  }

  /** Stands for election; resolves once that is decided and, if it was won, the fail-over is done. */
  async start(): Promise<void> {
    const { session } = this.#options.zookeeper;
    this.#removeHooks = [
      session.onSessionExpired(() => this.#onSessionExpired()),
      session.onSessionEstablished(() => this.#onSessionEstablished()),
    ];
    const started = deferred();
    this.#queue.put({
      name: 'Startup',
      run: () => this.#standForElection().finally(() => started.resolve()),
      preempt: () => started.resolve(),
    });
    await started.promise;
  }

  /** Stops acting at once. The znode of an active controller goes with the session. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const remove of this.#removeHooks) remove();
    this.#cancelBackoff?.();
    this.#options.zookeeper.election.unwatchController();
    this.#endTenure('the broker stops');
    // An event that waits for a ZooKeeper that is away ends with the session, which is closed after this.
    const waited = deferred();
    const cancel = this.#options.platform.clock.callAfter(STOP_TIMEOUT_MS, () => waited.resolve());
    await Promise.race([this.#queue.close(), waited.promise]);
    cancel();
  }

  /** Whether this broker acts as the controller. */
  get isActive(): boolean {
    return this.#active !== undefined;
  }

  /** The broker that is controller, as far as this one knows. */
  get controllerId(): number | undefined {
    return this.#controllerId;
  }

  /** Counts for metrics; all 0 on a broker that is not the controller. */
  get statistics() {
    const tenure = this.#active?.tenure;
    return {
      controllerEpoch: tenure?.epoch ?? 0,
      topicCount: tenure?.context.topics.size ?? 0,
      leaderlessPartitionCount: tenure?.context.leaderless.size ?? 0,
      uncleanElectionCount: tenure?.uncleanElections ?? 0,
    };
  }

  /** `unclean.leader.election.enable` became true for a topic, or (`undefined`) for all. */
  uncleanElectionEnabled(topic: string | undefined): void {
    this.#queue.put({
      name:
        topic === undefined ? 'UncleanLeaderElectionEnable' : 'TopicUncleanLeaderElectionEnable',
      run: () => this.#active?.elections.onUncleanElectionEnabled(topic),
    });
  }

  /** Whoever asks a broker that is not, or no longer, the controller is refused. */
  protected override ask<T>({ name, answer, refuse, notController }: Question<T>): Promise<T> {
    const answered = deferred<T>();
    const preempt = (): void => answered.resolve(refuse(notController));
    const run = async (): Promise<void> => {
      if (!this.#active) return preempt();
      try {
        answered.resolve(await answer(this.#active));
      } catch (error) {
        const isDeposed =
          error instanceof ControllerMovedError || isZooKeeperError(error, 'SESSION_EXPIRED');
        answered.resolve(refuse(isDeposed ? notController : 'UNKNOWN_SERVER_ERROR'));
        if (isDeposed || !isFault(error)) throw error;
        this.#log.error('controller could not do what a broker asked', {
          event: name,
          error: error.message,
        });
      }
    };
    this.#queue.put({ name, run, preempt });
    return answered.promise;
  }

  // --- election

  /**
   * Reads who is controller, and stands if nobody acts as one. `/controller` may name this broker though it
   * does not act: an answer was lost, or the znode is left from before a restart. Then it must stand too, or
   * there would be a controller in name only (KAFKA-13407).
   */
  async #standForElection(): Promise<void> {
    const { brokerId, zookeeper } = this.#options;
    const holder = await this.#followController();
    const isTaken = this.#active !== undefined || (holder !== undefined && holder !== brokerId);
    if (isTaken || this.#cancelBackoff || this.#isStopped) return;
    const result = await zookeeper.election.elect(brokerId);
    if (this.#isStopped) return;
    if (result.won) await this.#begin(result);
    else if (result.controllerId === brokerId) this.#standLater();
    else this.#setController(result.controllerId);
  }

  /** Arms the watch on `/controller`, resigns if it names another, and gives whom it names. */
  async #followController(): Promise<number | undefined> {
    const { brokerId, zookeeper } = this.#options;
    await zookeeper.election.watchController((event) => {
      this.#queue.put({
        name: event === 'deleted' ? 'Reelect' : 'ControllerChange',
        run: () => this.#standForElection(),
      });
    });
    const id = await zookeeper.election.controllerId();
    if (id !== brokerId) {
      this.#endTenure(`broker ${String(id ?? 'none')} is controller`);
      this.#setController(id);
    }
    return id;
  }

  async #begin(elected: ControllerEpoch): Promise<void> {
    const { platform, brokerId, zookeeper, config, peers } = this.#options;
    this.#log.info('elected controller', { controllerEpoch: elected.epoch });
    const tenure = new Tenure(elected, {
      brokerId,
      clock: platform.clock,
      log: this.#log,
      store: zookeeper,
      config,
      peers,
      newTopicId: () => newTopicId(platform.random),
      put: (event) => this.#queue.put(event),
    });
    this.#active = new ActiveController(tenure);
    this.#setController(brokerId);
    await this.#active.start();
  }

  #endTenure(why: string): void {
    if (!this.#active) return;
    this.#log.info('resigns as controller', { controllerEpoch: this.#active.tenure.epoch, why });
    this.#active.stop();
    this.#pastUncleanElections += this.#active.tenure.uncleanElections;
    this.#active = undefined;
  }

  /** Gives the office back, so that this or another broker begins from what ZooKeeper says. */
  async #giveUp(): Promise<void> {
    const fence = this.#active?.tenure.fence;
    this.#endTenure('it failed');
    this.#setController(undefined);
    this.#standLater();
    if (fence) await this.#options.zookeeper.election.resign(fence);
  }

  #standLater(): void {
    this.#cancelBackoff?.();
    this.#cancelBackoff = this.#options.platform.clock.callAfter(FAILED_FAILOVER_BACKOFF_MS, () => {
      this.#cancelBackoff = undefined;
      this.#putElection();
    });
  }

  #putElection(): void {
    this.#queue.put({ name: 'Reelect', run: () => this.#standForElection() });
  }

  #setController(id: number | undefined): void {
    if (id === this.#controllerId) return;
    this.#controllerId = id;
    this.#options.onControllerChange?.(id);
  }

  // --- session and failures

  /** Resigns at once, even in the middle of an event: what it still writes is refused by its tenure. */
  #onSessionExpired(): void {
    this.#endTenure('the ZooKeeper session expired');
    this.#queue.clearAndPut({ name: 'Expire', run: () => this.#setController(undefined) });
  }

  #onSessionEstablished(): void {
    this.#queue.put({
      name: 'RegisterBrokerAndReelect',
      run: async () => {
        await this.#options.registerBroker();
        await this.#standForElection();
      },
    });
  }

  async #onFailure(event: ControllerEvent, error: unknown): Promise<void> {
    // The session's hooks have dealt with it, or are about to.
    if (isZooKeeperError(error, 'SESSION_EXPIRED')) return;
    if (!isFault(error)) return this.#options.onFatal(error);
    if (this.#isStopped) return;
    this.#log.warn('controller event failed', { event: event.name, error: error.message });
    try {
      if (!(error instanceof ControllerMovedError)) return await this.#giveUp();
      this.#endTenure('another controller was elected');
      this.#putElection();
    } catch (failure) {
      if (!isFault(failure)) this.#options.onFatal(failure);
    }
  }
}

/** What ZooKeeper can do to a controller; anything else that is thrown is a bug. */
function isFault(error: unknown): error is Error {
  return (
    error instanceof ZooKeeperError ||
    error instanceof ZnodeFormatError ||
    error instanceof ControllerMovedError
  );
}

function newTopicId(random: Platform['random']): string {
  return random.bytes(TOPIC_ID_BYTES).toString('base64url');
}
