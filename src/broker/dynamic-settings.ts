/**
 * Settings that change while the broker runs: what `/config` holds is applied at the start and again at
 * each announced change, to the broker's own settings and to those of topics
 * (`kafka.server.ZkConfigManager` and its handlers).
 */
import type { BrokerConfig } from '../config/broker-config';
import type { Log } from '../platform/ports';
import type { ReplicaManager } from '../replication/replica-manager';
import type { KafkaZooKeeper } from '../zookeeper/store';
import type { ConfigEntity } from '../zookeeper/types';
import type { TopicConfigs } from './topic-configs';

const FETCHERS = 'num.replica.fetchers';
const UNCLEAN_ELECTION = 'unclean.leader.election.enable';

/** What else takes part in a change; there from the moment the broker serves. */
export interface SettingsUsers {
  readonly replicas: ReplicaManager;
  /** Unclean elections became allowed, for `topic` or for all. */
  onUncleanElectionEnabled(topic: string | undefined): void;
}

export class DynamicSettings {
  #users: SettingsUsers | undefined;

  constructor(
    private readonly brokerId: number,
    private readonly parts: {
      readonly config: BrokerConfig;
      readonly topicConfigs: TopicConfigs;
      readonly zookeeper: KafkaZooKeeper;
      readonly log: Log;
    },
  ) {}

  connect(users: SettingsUsers): void {
    this.#users = users;
  }

  /** Reads all that concerns this broker: its settings, and those of every topic. */
  async load(): Promise<void> {
    await this.#reloadBroker();
    await this.parts.topicConfigs.reload(await this.parts.zookeeper.topics.names());
  }

  /** Applies an announced change. The settings are read anew: the announcement only names whose they are. */
  async onChange(entity: ConfigEntity): Promise<void> {
    if (entity.type === 'topics' && entity.name !== null) await this.#reloadTopic(entity.name);
    else if (entity.type === 'brokers') await this.#onBrokerChange(entity.name);
  }

  async #reloadTopic(topic: string): Promise<void> {
    await this.parts.topicConfigs.reload([topic]);
    this.#apply(topic);
    this.parts.log.info('settings changed', { topic });
    if (this.parts.topicConfigs.resolve(topic)[UNCLEAN_ELECTION]) {
      this.#users?.onUncleanElectionEnabled(topic);
    }
  }

  async #onBrokerChange(name: string | null): Promise<void> {
    if (name !== null && name !== String(this.brokerId)) return;
    const changed = await this.#reloadBroker();
    if (changed.size === 0) return;
    for (const topic of this.parts.topicConfigs.knownTopics) this.#apply(topic);
    if (changed.has(FETCHERS)) this.#users?.replicas.redistributeFetchers();
    if (changed.has(UNCLEAN_ELECTION) && this.parts.config.values[UNCLEAN_ELECTION]) {
      this.#users?.onUncleanElectionEnabled(undefined);
    }
  }

  async #reloadBroker(): Promise<ReadonlySet<string>> {
    const { zookeeper, config, topicConfigs, log } = this.parts;
    const [defaults, broker] = await Promise.all([
      zookeeper.configs.get({ type: 'brokers', name: null }),
      zookeeper.configs.get({ type: 'brokers', name: String(this.brokerId) }),
    ]);
    const { changed, problems } = config.applyDynamic({ defaults, broker });
    for (const problem of problems) log.warn('ignoring a setting in ZooKeeper', { problem });
    if (changed.size > 0) {
      topicConfigs.forgetResolved();
      log.info('settings changed', { names: [...changed].join(',') });
    }
    return changed;
  }

  #apply(topic: string): void {
    this.#users?.replicas.updateTopicConfig(topic, this.parts.topicConfigs.resolve(topic));
  }
}
