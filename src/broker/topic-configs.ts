/**
 * The settings of topics that differ from the broker's: read from ZooKeeper for topics this broker hosts,
 * re-read when a change is announced. What they resolve to is kept until either side changes.
 */
import type { BrokerConfig } from '../config/broker-config';
import type { TopicConfig } from '../config/settings/topic';
import { validateTopicConfigs } from '../config/topic-config';
import type { Log } from '../platform/ports';
import type { KafkaZooKeeper } from '../zookeeper/store';

export class TopicConfigs {
  readonly #overrides = new Map<string, Readonly<Record<string, string>>>();
  readonly #resolved = new Map<string, TopicConfig>();

  constructor(
    private readonly config: BrokerConfig,
    private readonly zookeeper: KafkaZooKeeper,
    private readonly log: Log,
  ) {}

  /** The settings in force for `topic`; the broker's alone while nothing else is known. */
  resolve(topic: string): TopicConfig {
    let resolved = this.#resolved.get(topic);
    if (!resolved) {
      resolved = this.config.topicConfig(this.#overrides.get(topic) ?? {});
      this.#resolved.set(topic, resolved);
    }
    return resolved;
  }

  /** Reads the settings of those of `topics` that are not known yet. */
  async load(topics: readonly string[]): Promise<void> {
    const unknown = topics.filter((topic) => !this.#overrides.has(topic));
    if (unknown.length > 0) await this.reload(unknown);
  }

  /** Reads the settings of `topics` again. What someone wrote by hand and means nothing is warned of, and not obeyed. */
  async reload(topics: readonly string[]): Promise<void> {
    const found = await this.zookeeper.configs.topics(topics);
    for (const topic of topics) {
      const overrides = found.get(topic) ?? {};
      const problem = validateTopicConfigs(overrides);
      if (problem !== undefined) {
        this.log.warn('ignoring settings in ZooKeeper', { topic, problem });
      }
      this.#overrides.set(topic, overrides);
      this.#resolved.delete(topic);
    }
  }

  /** The broker's own settings changed: everything resolves anew. */
  forgetResolved(): void {
    this.#resolved.clear();
  }

  /** Forgets a topic that was deleted: one of the same name may come with other settings. */
  forget(topic: string): void {
    this.#overrides.delete(topic);
    this.#resolved.delete(topic);
  }

  get knownTopics(): readonly string[] {
    return [...this.#overrides.keys()];
  }
}
