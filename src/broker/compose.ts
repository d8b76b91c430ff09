/** Puts a broker's parts together. Nothing here does I/O or starts anything. */
import type { AssertionError } from '../base/assert';
import type { BrokerConfig } from '../config/broker-config';
import { Controller } from '../controller/controller';
import { GroupCoordinator } from '../coordinator/group/group-coordinator';
import { MetadataCache } from '../metadata/metadata-cache';
import { inArea } from '../platform/log-levels';
import type { LogLevels } from '../platform/log-levels';
import type { Platform } from '../platform/ports';
import { WheelClock } from '../platform/timers';
import { ControllerChannel } from '../replication/controller-channel';
import { IsrUpdates } from '../replication/isr-updates';
import { ReplicaManager } from '../replication/replica-manager';
import type { LogManager } from '../storage/log-manager';
import type { BrokerMetrics } from './broker-metrics';
import { CoordinatorLog } from './coordinator-log';
import { DelayedAppends } from './delayed-appends';
import { DelayedDeletions } from './delayed-deletions';
import { DelayedElections } from './delayed-elections';
import { Dispatcher } from './dispatcher';
import type { DynamicSettings } from './dynamic-settings';
import { FetchSessionCache } from './fetch-session-cache';
import { HANDLERS } from './handlers';
import type { Membership } from './membership';
import { controllerPeers, replicationPeers } from './peers';
import { allocateBlock, ProducerIdManager } from './producer-id-manager';
import { Purgatory } from './purgatory';
import { ReplicaEvents } from './replica-events';
import type { BrokerServices } from './services';
import { TopicAdmin } from './topic-admin';
import type { TopicConfigs } from './topic-configs';
import { GROUP_METADATA_TOPIC } from './topic-name';

export interface BrokerParts {
  readonly platform: Platform;
  readonly logLevels: LogLevels;
  readonly config: BrokerConfig;
  readonly metrics: BrokerMetrics;
  readonly membership: Membership;
  readonly logs: LogManager;
  readonly topicConfigs: TopicConfigs;
  readonly settings: DynamicSettings;
  readonly finalizedFeaturesEpoch: () => number;
  /** Registers this broker in a new session. */
  readonly registerBroker: () => Promise<void>;
  /** A bug came to light: the broker must stop. */
  readonly onFatal: (error: unknown) => void;
}

export interface ComposedBroker {
  readonly services: BrokerServices;
  readonly dispatcher: Dispatcher;
  readonly controllerChannel: ControllerChannel;
}

export function composeBroker(given: BrokerParts): ComposedBroker {
  // Requests, sessions and fetches set a timer each: one wheel takes them all.
  const clock = new WheelClock(given.platform.clock);
  const parts = { ...given, platform: { ...given.platform, clock } };
  const { platform, config, membership, metrics, topicConfigs } = parts;
  const { zookeeper, brokerId, registration } = membership;
  const brokerEpoch = (): number => registration.epoch;
  const own = { platform: inArea(platform, 'replication'), brokerId, brokerEpoch };
  const metadata = new MetadataCache();
  const events = new ReplicaEvents();
  const controllerChannel = new ControllerChannel({
    ...own,
    metadata,
    interBrokerListener: config.interBrokerListenerName,
    peers: replicationPeers(platform),
    requestTimeoutMs: () => config.values['request.timeout.ms'],
  });
  const replicas = new ReplicaManager({
    ...own,
    config,
    topicConfig: (topic) => topicConfigs.resolve(topic),
    interBrokerListener: config.interBrokerListenerName,
    logs: parts.logs,
    metadata,
    peers: replicationPeers(platform),
    isrUpdates: new IsrUpdates({ ...own, channel: controllerChannel }),
    listener: events,
    metrics: metrics.registry,
    onFatal: parts.onFatal,
  });
  const delayedAppends = new DelayedAppends(clock.timers, replicas);
  const groups = groupCoordinator(parts, { metadata, replicas, delayedAppends });
  const services: BrokerServices = {
    platform,
    logLevels: parts.logLevels,
    config,
    metrics,
    brokerId,
    brokerEpoch,
    whenRegistered: () => registration.whenRegistered,
    clusterId: membership.clusterId,
    finalizedFeaturesEpoch: parts.finalizedFeaturesEpoch,
    servedApis: HANDLERS,
    zookeeper,
    metadata,
    replicas,
    logDirectories: parts.logs.directories,
    controller: controllerOf(parts),
    groups,
    topicConfigs,
    topicAdmin: new TopicAdmin({ ...platform, timers: clock.timers, config, metadata, zookeeper }),
    producerIds: new ProducerIdManager(
      () => allocateBlock(controllerChannel, brokerId, brokerEpoch()),
      platform.log,
    ),
    fetchSessions: new FetchSessionCache(
      platform.clock,
      platform.random,
      config.values['max.incremental.fetch.session.cache.slots'],
    ),
    readMemory: parts.logs.memory,
    delayedAppends,
    delayedDeletions: new DelayedDeletions(clock.timers, replicas),
    delayedElections: new DelayedElections(clock.timers, metadata),
    delayedFetches: new Purgatory(clock.timers),
  };
  events.connect({ ...services, log: platform.log });
  connectListeners(parts, services);
  const onBug = (error: AssertionError): void => parts.onFatal(error);
  return { services, dispatcher: new Dispatcher(services, HANDLERS, onBug), controllerChannel };
}

function controllerOf({ platform, config, membership, ...parts }: BrokerParts): Controller {
  return new Controller({
    platform,
    brokerId: membership.brokerId,
    zookeeper: membership.zookeeper,
    config,
    peers: controllerPeers(platform),
    metrics: parts.metrics.registry,
    registerBroker: parts.registerBroker,
    onFatal: parts.onFatal,
  });
}

function groupCoordinator(
  { platform, config, metrics }: BrokerParts,
  {
    metadata,
    replicas,
    delayedAppends,
  }: Pick<BrokerServices, 'metadata' | 'replicas' | 'delayedAppends'>,
): GroupCoordinator {
  const log = new CoordinatorLog(GROUP_METADATA_TOPIC, {
    replicas,
    delayedAppends,
    timeoutMs: () => config.values['offsets.commit.timeout.ms'],
  });
  return new GroupCoordinator({
    platform,
    settings: config.values,
    writer: log,
    reader: log,
    topicExists: (topic, partition) => metadata.partition(topic, partition) !== undefined,
    metrics: metrics.registry,
  });
}

/** Who hears of changed metadata and changed settings. */
function connectListeners({ settings, topicConfigs }: BrokerParts, services: BrokerServices): void {
  const { metadata, topicAdmin, groups, replicas, controller, delayedElections } = services;
  metadata.onChange(({ topicsChanged, partitionsRemoved, topicsRemoved }) => {
    for (const topic of topicsRemoved) {
      topicConfigs.forget(topic);
      groups.onTopicDeleted(topic);
    }
    delayedElections.checkAll(topicsChanged);
    topicAdmin.check(topicsChanged.keys());
    topicAdmin.check(partitionsRemoved.keys());
  });
  settings.connect({
    replicas,
    onUncleanElectionEnabled: (topic) => controller.uncleanElectionEnabled(topic),
  });
}
