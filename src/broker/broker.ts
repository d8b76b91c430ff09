/**
 * One broker, from its properties to its last flush: joins the cluster, loads its logs, serves, and stops
 * in good order (`kafka.server.KafkaServer`).
 */
import { BrokerConfig } from '../config/broker-config';
import { MetricsRegistry } from '../metrics/registry';
import { KafkaServer } from '../network/server';
import { inArea } from '../platform/log-levels';
import type { LogLevels } from '../platform/log-levels';
import type { Platform } from '../platform/ports';
import { LogManager } from '../storage/log-manager';
import { ConfigChangeListener } from '../zookeeper/config-changes';
import type { ClientMaker } from '../zookeeper/session-client';
import type { BrokerRegistration } from '../zookeeper/types';
import { brokerLog } from './broker-log';
import { BrokerMetrics } from './broker-metrics';
import { BrokerStatus } from './broker-status';
import { composeBroker } from './compose';
import type { ComposedBroker } from './compose';
import { shutDownControlled } from './controlled-shutdown';
import { DynamicSettings } from './dynamic-settings';
import { refuseSharedEndpoints, refuseUnservedSecurity, registrationOf } from './endpoints';
import { FinalizedFeatures } from './finalized-features';
import { joinCluster } from './membership';
import type { Membership } from './membership';
import { observeBroker } from './observe-broker';
import { serverLimits } from './server-limits';
import type { BrokerServices } from './services';
import { TopicConfigs } from './topic-configs';
import { GROUP_METADATA_TOPIC } from './topic-name';

export interface BrokerOptions {
  readonly platform: Platform;
  /** As in `server.properties`. */
  readonly properties: Readonly<Record<string, string>>;
  /** Where the properties come from, for messages. */
  readonly source?: string;
  /** A bug, or the loss of every log directory, stopped the broker. */
  readonly onFatal?: (error: unknown) => void;
  /** Makes the clients of ZooKeeper; those of production unless given. ZooKeeper is the one outside that no `Platform` reaches. */
  readonly createZooKeeperClient?: ClientMaker;
}

/** What a broker stands on before any of its parts is made. */
interface Foundation {
  readonly platform: Platform;
  readonly logLevels: LogLevels;
  readonly config: BrokerConfig;
  readonly membership: Membership;
  readonly logs: LogManager;
  readonly metrics: BrokerMetrics;
}

export interface BrokerInside {
  readonly services: BrokerServices;
  readonly server: KafkaServer;
}

/** How long a start waits to hear from the controller. */
const MAX_METADATA_WAIT_MS = 10_000;

/** A broker that is part of its cluster and serves. */
export class Broker {
  /** The port of each listener, by name. */
  ports: ReadonlyMap<string, number> = new Map();
  #server: KafkaServer | undefined;
  readonly #status: BrokerStatus;
  #composed: ComposedBroker | undefined;
  #configChanges: ConfigChangeListener | undefined;
  #isEnded = false;

  private readonly platform: Platform;
  private readonly logLevels: LogLevels;
  private readonly config: BrokerConfig;
  private readonly membership: Membership;
  private readonly logs: LogManager;
  private readonly metrics: BrokerMetrics;

  private constructor(
    foundation: Foundation,
    private readonly onFatal: ((error: unknown) => void) | undefined,
  ) {
    this.platform = foundation.platform;
    this.logLevels = foundation.logLevels;
    this.config = foundation.config;
    this.membership = foundation.membership;
    this.logs = foundation.logs;
    this.metrics = foundation.metrics;
    this.#status = new BrokerStatus({
      id: this.id,
      platform: this.platform,
      registry: this.metrics.registry,
      condition: () => this.#condition(),
    });
  }

  /**
   * Resolves once the broker is registered and serves. Rejects with a `ConfigError`, `NetworkError`,
   * `ZooKeeperError`, `MetaPropertiesError`, `FileError` or `StorageError`; everything is closed then.
   */
  static async start(options: BrokerOptions): Promise<Broker> {
    const config = BrokerConfig.parse(options.properties, options.source);
    refuseUnservedSecurity(config, options.source);
    const { log, levels: logLevels } = brokerLog(options.platform.log, config);
    const unnamed = { ...options.platform, log };
    const metrics = new BrokerMetrics(new MetricsRegistry());
    const membership = await joinCluster(unnamed, config, {
      metrics: metrics.registry,
      createClient: options.createZooKeeperClient,
    });
    const platform = { ...unnamed, log: log.with({ broker: membership.brokerId }) };
    const topicConfigs = new TopicConfigs(config, membership.zookeeper, platform.log);
    const logs = new LogManager({
      platform,
      metrics: metrics.registry,
      config,
      topicConfig: (topic) => topicConfigs.resolve(topic),
    });
    const broker = new Broker(
      { platform, logLevels, config, membership, logs, metrics },
      options.onFatal,
    );
    try {
      await broker.#start(topicConfigs);
      return broker;
    } catch (error) {
      await broker.#close();
      throw error;
    }
  }

  get id(): number {
    return this.membership.brokerId;
  }

  /** The port on which metrics and health are served, if they are. */
  get metricsPort(): number | undefined {
    return this.#status.port;
  }

  /** What it is made of, for whoever looks at a whole cluster from outside; to be looked at only. `undefined` until it serves. */
  get parts(): BrokerInside | undefined {
    const services = this.#composed?.services;
    const server = this.#server;
    return services && server && !this.#isEnded ? { services, server } : undefined;
  }

  /** Hands the leaders over, flushes and closes everything. `why` is for the log. */
  async stop(why?: string): Promise<void> {
    if (this.#isEnded) return;
    this.platform.log.info('stopping', { why });
    const composed = this.#composed;
    if (composed && this.config.values['controlled.shutdown.enable']) {
      this.#status.phase = 'pendingControlledShutdown';
      await shutDownControlled(composed);
    }
    await this.#close();
    this.platform.log.info('stopped');
  }

  /** Ends as a crash would: connections drop, nothing is flushed or handed over, the ZooKeeper session is left to expire. */
  async kill(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.membership.zookeeper.session.abandon();
    this.membership.registration.close();
    this.#configChanges?.stop();
    await this.#server?.close();
    await this.#stopParts();
    await this.#status.close();
    this.logs.abandon();
  }

  async #start(topicConfigs: TopicConfigs): Promise<void> {
    const { platform, logLevels, config, membership, logs, metrics } = this;
    const { zookeeper, brokerId } = membership;
    const settings = new DynamicSettings(brokerId, {
      config,
      topicConfigs,
      zookeeper,
      ...platform,
    });
    await settings.load();
    // Before the logs are loaded: that may take long, and how far it is can be seen.
    if (config.metricsListener) await this.#status.show(config.metricsListener);
    this.#status.phase = 'recovery';
    await logs.start();
    this.#status.phase = 'starting';
    const features = new FinalizedFeatures(zookeeper, platform.log);
    await features.start();
    const composed = composeBroker({
      platform,
      logLevels,
      config,
      membership,
      logs,
      metrics,
      topicConfigs,
      settings,
      finalizedFeaturesEpoch: () => features.epoch,
      registerBroker: () => this.#register(),
      onFatal: (error) => this.#onFatal(error),
    });
    this.#composed = composed;
    observeBroker(metrics.registry, { ...composed, server: () => this.#server });
    logs.onDirFailure((directory) => this.#onDirFailure(directory));
    await this.#serve(composed);
    await refuseSharedEndpoints(zookeeper, this.#registrationOf());
    await this.#register();
    await composed.services.controller.start();
    await this.#awaitMetadata(composed);
    this.#configChanges = new ConfigChangeListener(
      { session: zookeeper.session, ...platform },
      (entity) => settings.onChange(entity),
    );
    await this.#configChanges.start();
    this.#status.phase = 'running';
    platform.log.info('started', { clusterId: membership.clusterId });
  }

  #condition() {
    const { controller, metadata } = this.#composed?.services ?? {};
    return {
      remainingLogs: this.logs.remainingLogs,
      isRegistered: this.membership.registration.isInForce,
      knowsController:
        controller?.controllerId !== undefined && metadata?.hasAliveBroker(this.id) === true,
    };
  }

  async #serve({ services, dispatcher }: ComposedBroker): Promise<void> {
    const { listeners } = this.config;
    await this.#startGroups(services);
    services.replicas.start();
    this.#server = new KafkaServer(
      inArea(this.platform, 'network'),
      () => serverLimits(this.config),
      dispatcher.dispatch,
    );
    const backlog = this.config.values['socket.listen.backlog.size'];
    this.ports = await this.#server.listen(listeners, backlog);
  }

  async #startGroups({ groups, zookeeper }: ComposedBroker['services']): Promise<void> {
    const topics = await zookeeper.topics.assignments([GROUP_METADATA_TOPIC]);
    const existing = topics.get(GROUP_METADATA_TOPIC);
    groups.start(existing?.partitions.size ?? this.config.values['offsets.topic.num.partitions']);
  }

  /** The controller's first UpdateMetadata makes this broker useful. Without a controller it serves all the same. */
  async #awaitMetadata({ services: { metadata } }: ComposedBroker): Promise<void> {
    if (metadata.hasAliveBroker(this.id)) return;
    await new Promise<void>((resolve) => {
      const stopListening = metadata.onChange(() => {
        cancel();
        stopListening();
        resolve();
      });
      const cancel = this.platform.clock.callAfter(MAX_METADATA_WAIT_MS, () => {
        this.platform.log.warn('no controller has sent metadata yet');
        stopListening();
        resolve();
      });
    });
  }

  #register(): Promise<void> {
    return this.membership.registration.register(this.#registrationOf());
  }

  #registrationOf(): BrokerRegistration {
    const { hostName } = this.platform.network;
    return registrationOf(this.id, this.config, { hostName, ports: this.ports });
  }

  /** The controller moves the leaders of the failed directory; a broker without any directory is of no use. */
  #onDirFailure(directory: string): void {
    if (this.logs.liveDirs.length === 0) {
      this.#onFatal(new Error(`all log directories have failed, the last one was ${directory}`));
      return;
    }
    const { zookeeper, brokerId } = this.membership;
    zookeeper.admin.announceLogDirFailure(brokerId).catch((error: unknown) => {
      this.platform.log.error('cannot tell the controller of a failed directory', {
        directory,
        error,
      });
    });
  }

  #onFatal(error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.platform.log.fatal('the broker cannot go on', { error, stack });
    void this.kill().finally(() => this.onFatal?.(error));
  }

  async #close(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#status.phase = 'shuttingDown';
    this.membership.registration.close();
    this.#configChanges?.stop();
    await this.#server?.close();
    await this.#stopParts();
    try {
      await this.logs.stop();
    } finally {
      await this.#status.close();
      await this.membership.zookeeper.session.close();
    }
  }

  /** What runs by itself ends; what waits is answered. */
  async #stopParts(): Promise<void> {
    const composed = this.#composed;
    if (!composed) return;
    const {
      controller,
      groups,
      replicas,
      delayedAppends,
      delayedDeletions,
      delayedElections,
      delayedFetches,
      topicAdmin,
      fetchSessions,
    } = composed.services;
    await controller.stop();
    groups.stop();
    replicas.stop();
    composed.controllerChannel.close();
    delayedAppends.close();
    delayedDeletions.close();
    delayedElections.close();
    delayedFetches.close();
    fetchSessions.close();
    topicAdmin.close();
  }
}
