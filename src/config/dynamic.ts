/** Which broker settings may change while a broker runs, and the checks a request to change them meets. */
import { readListeners } from './listeners';
import type { DynamicMode } from './setting';
import { brokerSetting } from './settings/broker';
import type { BrokerValues } from './settings/broker';
import { checkStart } from './start-checks';
import { invalidValue, resolveLayers } from './values';
import type { Properties } from './values';

/** What ZooKeeper holds under `/config/brokers/<default>` and `/config/brokers/<id>`. */
export interface DynamicProperties {
  readonly defaults: Properties;
  readonly broker: Properties;
}

/**
 * The name in the table that a key stands for: keys of one listener are written
 * `listener.name.<listener>.<setting>` or `listener.name.<listener>.<mechanism>.<setting>`.
 */
export function settingNameOf(key: string): string {
  const [, ofListener] = /^listener\.name\.[^.]+\.(.+)$/.exec(key) ?? [];
  if (ofListener === undefined || brokerSetting(ofListener) !== undefined) return ofListener ?? key;
  return /^[^.]+\.(.+)$/.exec(ofListener)?.[1] ?? ofListener;
}

const modeOf = (key: string): DynamicMode | undefined => brokerSetting(settingNameOf(key))?.dynamic;

/** Leaves out what cannot be changed while running, or not for all brokers at once, and reports it. */
export function pickDynamic(
  properties: Properties,
  level: 'broker' | 'cluster',
  report: (problem: string) => void,
): Properties {
  const isAllowed = ([key]: [string, string]): boolean => {
    const mode = modeOf(key);
    const isRefused = mode === 'no' || (mode === 'broker' && level === 'cluster');
    if (isRefused)
      report(`${key}: cannot be changed ${mode === 'no' ? 'while running' : 'for all brokers'}`);
    return !isRefused;
  };
  return Object.fromEntries(Object.entries(properties).filter(isAllowed));
}

const THREAD_COUNTS = [
  'num.io.threads',
  'num.network.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'background.threads',
  'log.cleaner.threads',
] as const;

/** kafka.server.DynamicThreadPool: a pool may shrink to a half and grow to the double in one step. */
function threadCountRefusal(before: BrokerValues, after: BrokerValues): string | undefined {
  for (const name of THREAD_COUNTS) {
    const from = before[name];
    const to = after[name];
    const failed = `Dynamic thread count update validation failed for ${name}=${String(to)}`;
    if (to === from) continue;
    if (to <= 0) return `${failed}, value should be at least 1`;
    if (to < Math.floor(from / 2)) {
      return `${failed}, value should be at least half the current value ${String(from)}`;
    }
    if (to > from * 2) {
      return `${failed}, value should not be greater than double the current value ${String(from)}`;
    }
  }
  return undefined;
}

function keyRefusal(properties: Properties, level: 'broker' | 'cluster'): string | undefined {
  const keys = Object.keys(properties);
  const complain = (text: string, wrong: readonly string[]): string | undefined =>
    wrong.length > 0 ? `${text}: Set(${wrong.join(', ')})` : undefined;
  const isBareSecurityKey = (key: string): boolean =>
    key.startsWith('ssl.') && modeOf(key) === 'broker';
  return (
    complain(
      'Cannot update these configs dynamically',
      keys.filter((key) => modeOf(key) === 'no'),
    ) ??
    complain(
      'These security configs can be dynamically updated only per-listener using the listener prefix',
      keys.filter(isBareSecurityKey),
    ) ??
    (level === 'broker'
      ? undefined
      : complain(
          'Cannot update these configs at default cluster level, broker id must be specified',
          keys.filter((key) => modeOf(key) === 'broker'),
        ))
  );
}

function valueRefusal(properties: Properties): string | undefined {
  for (const [key, text] of Object.entries(properties)) {
    const name = settingNameOf(key);
    const setting = brokerSetting(name);
    if (setting?.type === 'password') {
      // Kafka encrypts secrets before it stores them in ZooKeeper; stored as they are, anybody could read them.
      return 'Password encoder secret not configured: secrets cannot be stored in ZooKeeper';
    }
    const parsed = setting?.parse(text);
    if (parsed !== undefined && 'reason' in parsed) return invalidValue(key, parsed);
  }
  return undefined;
}

/** What the settings would be, were `changed` the whole of one level's dynamic settings. */
function combinationRefusal(
  changed: Properties,
  level: 'broker' | 'cluster',
  config: { properties: Properties; dynamic: DynamicProperties; values: BrokerValues },
): string | undefined {
  const problems: string[] = [];
  const report = (problem: string): void => void problems.push(problem);
  const layers =
    level === 'broker' ? [config.dynamic.defaults, changed] : [changed, config.dynamic.broker];
  const next = resolveLayers([config.properties, ...layers], report).values;
  checkStart(next, config.properties, report);
  readListeners(next, config.properties['security.inter.broker.protocol'] !== undefined, report);
  return problems[0] ?? threadCountRefusal(config.values, next);
}

/**
 * What is wrong with the whole of a broker's (or of all brokers', level `cluster`) dynamic settings as a
 * request wants them, or `undefined`. For AlterConfigs, which answers INVALID_REQUEST.
 */
export function validateDynamicConfigs(
  properties: Properties,
  level: 'broker' | 'cluster',
  config: { properties: Properties; dynamic: DynamicProperties; values: BrokerValues },
): string | undefined {
  return (
    keyRefusal(properties, level) ??
    valueRefusal(properties) ??
    combinationRefusal(properties, level, config)
  );
}
