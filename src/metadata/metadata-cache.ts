/**
 * What this broker knows of the cluster, as the controller's UpdateMetadata requests tell it. The only
 * writer is `update`; handlers, coordinators and replication query it and listen to its changes
 * (`kafka.server.metadata.ZkMetadataCache`).
 */

import type { UpdateMetadataRequest } from '../protocol/messages/06-update-metadata';
import type {
  BrokerEndpoint,
  BrokerImage,
  ClusterDelta,
  PartitionImage,
  TopicImage,
} from './state/cluster-image';
import { ClusterImage } from './state/cluster-image';
import { clusterUpdateOf } from './cluster-update';

export type MetadataListener = (delta: ClusterDelta) => void;

export class MetadataCache {
  readonly #image = new ClusterImage();
  readonly #listeners: MetadataListener[] = [];

  /** Merges a request whose epochs have been checked; then tells the listeners, in the order they came. */
  update(request: UpdateMetadataRequest): ClusterDelta {
    const delta = this.#image.replay(clusterUpdateOf(request));
    for (const listener of [...this.#listeners]) listener(delta);
    return delta;
  }

  /** Calls `listener` after each update, when queries already give the new state. Returns how to stop it. */
  onChange(listener: MetadataListener): () => void {
    this.#listeners.push(listener);
    return () => {
      const index = this.#listeners.indexOf(listener);
      if (index >= 0) this.#listeners.splice(index, 1);
    };
  }

  /** −1 while no controller is known. */
  get controllerId(): number {
    return this.#image.controllerId;
  }

  /** In the order of the controller's list. */
  aliveBrokers(): readonly BrokerImage[] {
    return [...this.#image.brokers.values()];
  }

  hasAliveBroker(id: number): boolean {
    return this.#image.brokers.has(id);
  }

  broker(id: number): BrokerImage | undefined {
    return this.#image.brokers.get(id);
  }

  /** Where a live broker listens under that listener name. */
  endpoint(brokerId: number, listener: string): BrokerEndpoint | undefined {
    return this.#image.brokers
      .get(brokerId)
      ?.endpoints.find((endpoint) => endpoint.listener === listener);
  }

  /** All topics by name; a live view. */
  get topics(): ReadonlyMap<string, TopicImage> {
    return this.#image.topics;
  }

  topic(name: string): TopicImage | undefined {
    return this.#image.topics.get(name);
  }

  partition(topic: string, partition: number): PartitionImage | undefined {
    return this.#image.topics.get(topic)?.partitions.get(partition);
  }

  /** `undefined` for an unknown topic and for one without id. */
  topicId(name: string): string | undefined {
    return this.#image.topics.get(name)?.topicId;
  }

  topicName(topicId: string): string | undefined {
    return this.#image.topicName(topicId);
  }
}
