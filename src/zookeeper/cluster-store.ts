import type { FinalizedFeatures } from './types';

/** What belongs to the cluster as a whole. */
export declare class ClusterStore {
  /** Creates the persistent nodes every broker expects (Kafka's `createTopLevelPaths`). */
  ensureRoots(): Promise<void>;
  /** The cluster's id; the first broker ever writes `proposed`. */
  getOrCreateClusterId(proposed: string): Promise<string>;
  /** A broker id nobody had, above `reservedMax` (`reserved.broker.max.id`). */
  generateBrokerId(reservedMax: number): Promise<number>;
  features(): Promise<FinalizedFeatures | undefined>;
  /** Creates or overwrites `/feature`; resolves with its new epoch (znode version). */
  writeFeatures(features: Omit<FinalizedFeatures, 'epoch'>): Promise<number>;
  /** `handler` runs on any change of `/feature`; reading it again arms the next. */
  watchFeatures(handler: () => void): void;
  unwatchFeatures(): void;
}
