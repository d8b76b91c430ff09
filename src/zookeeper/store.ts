/** All that a Kafka broker keeps in ZooKeeper, by area. Values are typed; `znodes.ts` knows paths and formats. */

import type { Platform } from '../platform/ports';
import { AdminStore } from './admin-store';
import { BrokerStore } from './broker-store';
import { ClusterStore } from './cluster-store';
import { ConfigChangeListener } from './config-changes';
import { ConfigStore } from './config-store';
import { ElectionStore } from './election-store';
import { OffsetStore } from './offset-store';
import type { StoreContext } from './operations';
import { PartitionStore } from './partition-store';
import { ProducerIdStore } from './producer-id-store';
import type { ZooKeeperSession } from './session';
import { TopicStore } from './topic-store';
import type { ConfigEntity } from './types';

export class KafkaZooKeeper {
  readonly session: ZooKeeperSession;
  readonly cluster: ClusterStore;
  readonly brokers: BrokerStore;
  readonly election: ElectionStore;
  readonly topics: TopicStore;
  readonly partitions: PartitionStore;
  readonly configs: ConfigStore;
  readonly producerIds: ProducerIdStore;
  readonly admin: AdminStore;
  readonly offsets: OffsetStore;
  readonly #context: StoreContext;

  constructor(session: ZooKeeperSession, { clock, log }: Pick<Platform, 'clock' | 'log'>) {
    const context = { session, clock, log };
    this.#context = context;
    this.session = session;
    this.cluster = new ClusterStore(context);
    this.brokers = new BrokerStore(context);
    this.election = new ElectionStore(context);
    this.topics = new TopicStore(context);
    this.partitions = new PartitionStore(context);
    this.configs = new ConfigStore(context);
    this.producerIds = new ProducerIdStore(context);
    this.admin = new AdminStore(context);
    this.offsets = new OffsetStore(context);
  }

  /** Tells of every change of settings, once started. */
  configChangeListener(
    onChange: (entity: ConfigEntity) => void | Promise<void>,
  ): ConfigChangeListener {
    return new ConfigChangeListener(this.#context, onChange);
  }
}
