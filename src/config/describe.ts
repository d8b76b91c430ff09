/** What DescribeConfigs answers about topics and brokers, in the shape of its response (kafka.server.ConfigHelper). */
import type { BrokerConfig } from './broker-config';
import type { Setting, SettingType } from './setting';
import { BROKER_SETTINGS, brokerSetting } from './settings/broker';
import { topicSetting } from './settings/topic';
import { resolveTopicConfig } from './topic-config';
import { synonymsOf } from './values';
import type { Properties } from './values';

/** org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource. */
export const CONFIG_SOURCE = {
  topic: 1,
  dynamicBroker: 2,
  dynamicDefaultBroker: 3,
  staticBroker: 4,
  byDefault: 5,
  dynamicBrokerLogger: 6,
} as const;
type ConfigSource = (typeof CONFIG_SOURCE)[keyof typeof CONFIG_SOURCE];

const CONFIG_TYPE: Readonly<Record<SettingType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
};
const UNKNOWN_TYPE = 0;

export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

export interface ConfigEntry {
  readonly name: string;
  /** `null` where nothing is set, and for secrets. */
  readonly value: string | null;
  readonly readOnly: boolean;
  /** For version 0, which has no sources. */
  readonly isDefault: boolean;
  readonly configSource: ConfigSource;
  readonly isSensitive: boolean;
  readonly synonyms: ConfigSynonym[];
  readonly configType: number;
  readonly documentation: string | null;
}

export interface DescribeOptions {
  /** Only these names; all when `null`, `undefined` or empty. */
  readonly names?: readonly string[] | null | undefined;
  readonly includeSynonyms?: boolean | undefined;
  readonly includeDocumentation?: boolean | undefined;
}

/** Values of keys that are in no table may be secrets of plugins, so they are not shown. */
const isSensitive = (setting: Setting<unknown> | undefined): boolean =>
  setting === undefined || setting.type === 'password';

const staticDefaults: Properties = Object.fromEntries(
  Object.entries(BROKER_SETTINGS).flatMap(([name, { defaultText }]) =>
    defaultText === null ? [] : [[name, defaultText]],
  ),
);

/** Where a broker setting's value may come from, strongest first; what lies before `name` itself does not count. */
function brokerSynonyms(name: string, config: BrokerConfig): ConfigSynonym[] {
  const layers: readonly [ConfigSource, Properties][] = [
    [CONFIG_SOURCE.dynamicBroker, config.dynamic.broker],
    [CONFIG_SOURCE.dynamicDefaultBroker, config.dynamic.defaults],
    [CONFIG_SOURCE.staticBroker, config.properties],
    [CONFIG_SOURCE.byDefault, staticDefaults],
  ];
  const hidden = isSensitive(brokerSetting(name));
  const found = layers.flatMap(([source, properties]) =>
    synonymsOf(name).flatMap((synonym) => {
      const text = properties[synonym];
      return text === undefined ? [] : [{ name: synonym, value: hidden ? null : text, source }];
    }),
  );
  const first = found.findIndex((synonym) => synonym.name === name);
  return first < 0 ? [] : found.slice(first);
}

function isWanted(name: string, options: DescribeOptions): boolean {
  return !options.names || options.names.length === 0 || options.names.includes(name);
}

interface Described {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly setting: Setting<unknown> | undefined;
  readonly synonyms: ConfigSynonym[];
}

function entryOf(described: Described, options: DescribeOptions): ConfigEntry {
  const { name, value, readOnly, setting, synonyms } = described;
  const source = synonyms[0]?.source ?? CONFIG_SOURCE.byDefault;
  return {
    name,
    value: isSensitive(setting) ? null : value,
    readOnly,
    isDefault: source === CONFIG_SOURCE.byDefault,
    configSource: source,
    isSensitive: isSensitive(setting),
    synonyms: options.includeSynonyms === true ? synonyms : [],
    configType: setting === undefined ? UNKNOWN_TYPE : CONFIG_TYPE[setting.type],
    documentation: options.includeDocumentation === true ? (setting?.doc ?? null) : null,
  };
}

/** `overrides` are the topic's own settings. */
export function describeTopicConfig(
  config: BrokerConfig,
  overrides: Properties,
  options: DescribeOptions = {},
): ConfigEntry[] {
  const { texts } = resolveTopicConfig(overrides, config.current);
  return Object.entries(texts)
    .filter(([name]) => isWanted(name, options))
    .map(([name, value]) => {
      const setting = topicSetting(name);
      const inherited =
        setting?.synonym === undefined ? [] : brokerSynonyms(setting.synonym, config);
      const own: ConfigSynonym[] =
        overrides[name] === undefined ? [] : [{ name, value, source: CONFIG_SOURCE.topic }];
      const synonyms = [...own, ...inherited];
      return entryOf({ name, value, readOnly: false, setting, synonyms }, options);
    });
}

const isReadOnly = (setting: Setting<unknown> | undefined): boolean =>
  setting === undefined || setting.dynamic === 'no';

/** All settings of one broker, with keys that only its properties file knows. */
export function describeBrokerConfig(
  config: BrokerConfig,
  options: DescribeOptions = {},
): ConfigEntry[] {
  const { texts } = config.current;
  const listed = Object.keys({ ...BROKER_SETTINGS, ...config.properties, ...texts });
  return listed
    .filter((name) => isWanted(name, options) && brokerSetting(name)?.isInternal !== true)
    .map((name) => {
      const setting = brokerSetting(name);
      const value =
        setting === undefined ? (config.properties[name] ?? null) : (texts[name] ?? null);
      const synonyms = brokerSynonyms(name, config);
      return entryOf({ name, value, readOnly: isReadOnly(setting), setting, synonyms }, options);
    });
}

/** The dynamic settings that hold for all brokers: what a request without a broker id asks for. */
export function describeBrokerDefaults(
  config: BrokerConfig,
  options: DescribeOptions = {},
): ConfigEntry[] {
  return Object.entries(config.dynamic.defaults)
    .filter(([name]) => isWanted(name, options))
    .map(([name, value]) => {
      const setting = brokerSetting(name);
      const synonyms = brokerSynonyms(name, config).filter(
        ({ source }) => source === CONFIG_SOURCE.dynamicDefaultBroker,
      );
      return entryOf({ name, value, readOnly: isReadOnly(setting), setting, synonyms }, options);
    });
}
