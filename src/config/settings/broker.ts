/** The table of all broker settings: Kafka's names, types and defaults in ZooKeeper mode, and our own. */
import { LONG_MAX, long } from '../setting';
import type { Setting, ValuesOf } from '../setting';
import { COORDINATOR_SETTINGS } from './coordinator';
import { LOG_SETTINGS } from './log';
import { NETWORK_SETTINGS } from './network';
import { ODRADEK_SETTINGS } from './odradek';
import { REPLICATION_SETTINGS } from './replication';
import { SECURITY_SETTINGS } from './security';
import { SERVER_SETTINGS } from './server';
import { ZOOKEEPER_SETTINGS } from './zookeeper';

export const BROKER_SETTINGS = {
  ...SERVER_SETTINGS,
  ...NETWORK_SETTINGS,
  ...LOG_SETTINGS,
  ...REPLICATION_SETTINGS,
  ...COORDINATOR_SETTINGS,
  ...SECURITY_SETTINGS,
  ...ZOOKEEPER_SETTINGS,
  ...ODRADEK_SETTINGS,
};

/** Kept in ZooKeeper only: Kafka takes these for a running broker and not from its properties file. */
export const DYNAMIC_ONLY_SETTINGS = {
  'leader.replication.throttled.rate': long(
    LONG_MAX,
    'Bytes per second that leaders on this broker send to throttled replicas.',
    { min: 0, dynamic: 'cluster' },
  ),
  'follower.replication.throttled.rate': long(
    LONG_MAX,
    'Bytes per second that throttled followers on this broker fetch.',
    { min: 0, dynamic: 'cluster' },
  ),
  'replica.alter.log.dirs.io.max.bytes.per.second': long(
    LONG_MAX,
    'Bytes per second for moving replicas between log directories.',
    { min: 0, dynamic: 'cluster' },
  ),
};

const ALL_SETTINGS = { ...BROKER_SETTINGS, ...DYNAMIC_ONLY_SETTINGS };

export type BrokerSettingName = keyof typeof BROKER_SETTINGS;

/** The values in force for one broker, dynamic ones included. */
export type BrokerValues = ValuesOf<typeof ALL_SETTINGS>;

/** `undefined` for a name that Kafka does not know in ZooKeeper mode. */
export function brokerSetting(name: string): Setting<unknown> | undefined {
  return Object.hasOwn(ALL_SETTINGS, name)
    ? ALL_SETTINGS[name as keyof typeof ALL_SETTINGS]
    : undefined;
}

/** Values when nothing is set. */
export function defaultBrokerValues(): BrokerValues {
  return Object.fromEntries(
    Object.entries(ALL_SETTINGS).map(([name, setting]) => [name, setting.byDefault]),
  ) as BrokerValues;
}
