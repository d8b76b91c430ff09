import type { ConfigEntity, ConfigEntityType, ConfigValues } from './types';

/** `/config`: settings of topics, brokers and quota entities, and the announcements of their changes. */
export declare class ConfigStore {
  /** Empty if there is no such node. Throws `ZnodeFormatError`. */
  get(entity: ConfigEntity): Promise<ConfigValues>;
  /** Settings of each of `topics` (empty where there is no node), read in parallel; unparsable ones count as empty, with a warning. */
  topics(topics: readonly string[]): Promise<Map<string, ConfigValues>>;
  /** All entities of a type that have a node. */
  entities(type: ConfigEntityType): Promise<ConfigEntity[]>;
  /** Replaces an entity's settings and announces it to all brokers. Throws `MigrationInProgressError`. */
  set(entity: ConfigEntity, values: ConfigValues): Promise<void>;
}
