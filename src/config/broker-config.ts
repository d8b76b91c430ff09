/**
 * The settings of one broker: what its properties file says, overlaid by what ZooKeeper holds for all
 * brokers and for this one. The only place where a dynamic change takes hold; parts of the broker read
 * `values` when they need one, or listen with `onChange`.
 */
import { ConfigError } from './config-error';
import { pickDynamic, settingNameOf } from './dynamic';
import type { DynamicProperties } from './dynamic';
import { readListeners } from './listeners';
import type { ListenerAddress, Listeners } from './listeners';
import { brokerSetting } from './settings/broker';
import type { BrokerValues } from './settings/broker';
import type { TopicConfig } from './settings/topic';
import { parseMetricsListener } from './metrics-listener';
import type { MetricsListener } from './metrics-listener';
import { checkStart, parseLogDirs } from './start-checks';
import { resolveTopicConfig } from './topic-config';
import { resolveLayers } from './values';
import type { BrokerTexts, Properties } from './values';
import { parseZooKeeperConnect } from './zookeeper-connect';
import type { ZooKeeperAddress } from './zookeeper-connect';

export interface DynamicChange {
  /** Names whose value is another one now. */
  readonly changed: ReadonlySet<string>;
  /** What could not be taken over, one line each. */
  readonly problems: readonly string[];
}

type ChangeListener = (changed: ReadonlySet<string>) => void;

/** Keys that plugins of a broker read, known though they are in no table. */
const PLUGIN_KEYS =
  /^(node\.id|super\.users|allow\.everyone\.if\.no\.acl\.found|authorizer\.zookeeper\..+)$/;

const isKnownKey = (key: string): boolean =>
  brokerSetting(settingNameOf(key)) !== undefined || PLUGIN_KEYS.test(key);

function changedNames(before: BrokerTexts, after: BrokerTexts): ReadonlySet<string> {
  const names = Object.keys({ ...before.texts, ...after.texts });
  return new Set(names.filter((name) => before.texts[name] !== after.texts[name]));
}

export class BrokerConfig {
  /** Not known to this broker: kept, and worth a warning. */
  readonly unknownKeys: readonly string[];
  readonly logDirs: readonly string[];
  readonly zookeeper: ZooKeeperAddress;
  #dynamic: DynamicProperties = { defaults: {}, broker: {} };
  #current: BrokerTexts;
  #listeners: Listeners;
  readonly #changeListeners = new Set<ChangeListener>();

  private constructor(
    /** As the properties file has them. */
    readonly properties: Properties,
    source: string,
  ) {
    const problems: string[] = [];
    const report = (problem: string): void => void problems.push(problem);
    this.#current = resolveLayers([properties], report);
    checkStart(this.values, properties, report);
    this.#listeners = this.#readListeners(this.values, report);
    this.logDirs = parseLogDirs(this.values);
    const connect = this.values['zookeeper.connect'] ?? '';
    const zookeeper = parseZooKeeperConnect(connect);
    if (typeof zookeeper === 'string' && connect !== '')
      report(`zookeeper.connect=${connect}: ${zookeeper}`);
    if (problems.length > 0 || typeof zookeeper === 'string')
      throw new ConfigError(source, problems);
    this.zookeeper = zookeeper;
    this.unknownKeys = Object.keys(properties).filter((key) => !isKnownKey(key));
  }

  /** Throws a `ConfigError` with a line for each problem. `source` is the name of the file, for those lines. */
  static parse(properties: Properties, source = 'server.properties'): BrokerConfig {
    return new BrokerConfig(properties, source);
  }

  get values(): BrokerValues {
    return this.#current.values;
  }

  /** Values together with their text, for DescribeConfigs. */
  get current(): BrokerTexts {
    return this.#current;
  }

  get dynamic(): DynamicProperties {
    return this.#dynamic;
  }

  get listeners(): readonly ListenerAddress[] {
    return this.#listeners.listeners;
  }

  get advertisedListeners(): readonly ListenerAddress[] {
    return this.#listeners.advertisedListeners;
  }

  /** Where metrics are served, if anywhere. */
  get metricsListener(): MetricsListener | undefined {
    const text = this.values['odradek.metrics.listener'];
    return text === null ? undefined : parseMetricsListener(text);
  }

  get interBrokerListenerName(): string {
    return this.#listeners.interBrokerListenerName;
  }

  get controlPlaneListenerName(): string | undefined {
    return this.#listeners.controlPlaneListenerName;
  }

  /** The values in force for a topic with these settings of its own. */
  topicConfig(overrides: Properties): TopicConfig {
    return resolveTopicConfig(overrides, this.#current).values;
  }

  /**
   * Replaces all dynamic settings. What cannot be changed while running, or does not parse, is reported
   * and stays as it was: one bad znode never takes a running broker down.
   */
  applyDynamic(dynamic: DynamicProperties): DynamicChange {
    const problems: string[] = [];
    const report = (problem: string): void => void problems.push(problem);
    const accepted: DynamicProperties = {
      defaults: pickDynamic(dynamic.defaults, 'cluster', report),
      broker: pickDynamic(dynamic.broker, 'broker', report),
    };
    const next = resolveLayers([this.properties, accepted.defaults, accepted.broker], report);
    const listenerProblems: string[] = [];
    const listeners = this.#readListeners(
      next.values,
      (problem) => void listenerProblems.push(problem),
    );
    if (listenerProblems.length > 0)
      return { changed: new Set(), problems: [...problems, ...listenerProblems] };
    const changed = changedNames(this.#current, next);
    this.#current = next;
    this.#dynamic = accepted;
    this.#listeners = listeners;
    if (changed.size > 0) for (const listener of [...this.#changeListeners]) listener(changed);
    return { changed, problems };
  }

  /** `listener` hears of every change, after all values have changed. Returns how to stop listening. */
  onChange(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  #readListeners(values: BrokerValues, report: (problem: string) => void): Listeners {
    return readListeners(
      values,
      this.properties['security.inter.broker.protocol'] !== undefined,
      report,
    );
  }
}
