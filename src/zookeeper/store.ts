/** All that a Kafka broker keeps in ZooKeeper, by area. Values are typed; `znodes.ts` knows paths and JSON. */

import type { Clock, Log } from '../platform/ports';
import type { AdminStore } from './admin-store';
import type { BrokerStore } from './broker-store';
import type { ClusterStore } from './cluster-store';
import type { ConfigStore } from './config-store';
import type { ElectionStore } from './election-store';
import type { OffsetStore } from './offset-store';
import type { PartitionStore } from './partition-store';
import type { ProducerIdStore } from './producer-id-store';
import type { ZooKeeperSession } from './session';
import type { TopicStore } from './topic-store';

export declare class KafkaZooKeeper {
  constructor(session: ZooKeeperSession, platform: { readonly clock: Clock; readonly log: Log });
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
}
