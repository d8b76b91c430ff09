/** Values of broker settings from layers of text: the later a layer, the stronger. */
import { LONG_MAX } from './setting';
import { BROKER_SETTINGS, brokerSetting, defaultBrokerValues } from './settings/broker';
import type { BrokerSettingName, BrokerValues } from './settings/broker';

export type Properties = Readonly<Record<string, string>>;

export interface BrokerTexts {
  readonly values: BrokerValues;
  /** Each value as Kafka prints it; `null` where nothing is set and there is no default. */
  readonly texts: Readonly<Record<string, string | null>>;
}

/** Kafka's own wording, as ConfigException has it. */
export function invalidValue(name: string, refusal: { reason: string; refused: string }): string {
  return `Invalid value ${refusal.refused} for configuration ${name}: ${refusal.reason}`;
}

/** Wording for whoever wrote the properties file. */
function problemOf(name: string, text: string, reason: string): string {
  return `${name}=${text}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
}

/** A value that does not parse is reported and leaves the weaker layer's in force. Unknown names are skipped. */
export function resolveLayers(
  layers: readonly Properties[],
  report: (problem: string) => void,
): BrokerTexts {
  const values: Record<string, unknown> = { ...defaultBrokerValues() };
  const texts: Record<string, string | null> = {};
  for (const [name, setting] of Object.entries(BROKER_SETTINGS)) texts[name] = setting.defaultText;
  for (const [name, text] of layers.flatMap((layer) => Object.entries(layer))) {
    const parsed = brokerSetting(name)?.parse(text);
    if (parsed === undefined) continue;
    if ('reason' in parsed) {
      report(problemOf(name, text, parsed.reason));
    } else {
      values[name] = parsed.value;
      texts[name] = parsed.text;
    }
  }
  return { values: values as BrokerValues, texts };
}

/**
 * Settings with a coarser twin, strongest first: each name falls back to the next. Kafka calls these
 * the synonyms of a setting (kafka.server.DynamicBrokerConfig.brokerConfigSynonyms).
 */
const FAMILIES: readonly (readonly BrokerSettingName[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
];

export function synonymsOf(name: string): readonly string[] {
  if (name === 'log.flush.interval.ms') return [name, 'log.flush.scheduler.interval.ms'];
  return FAMILIES.find((family) => (family as readonly string[]).includes(name)) ?? [name];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Retention by time; −1 is unlimited, whatever the unit it was set in. */
export function retentionMs(values: BrokerValues): number {
  const minutes = values['log.retention.minutes'];
  const coarse = minutes === null ? values['log.retention.hours'] * HOUR_MS : minutes * MINUTE_MS;
  return Math.max(-1, values['log.retention.ms'] ?? coarse);
}

export function rollMs(values: BrokerValues): number {
  return values['log.roll.ms'] ?? values['log.roll.hours'] * HOUR_MS;
}

export function rollJitterMs(values: BrokerValues): number {
  return values['log.roll.jitter.ms'] ?? values['log.roll.jitter.hours'] * HOUR_MS;
}

/** Never (the largest long) unless a period was set. */
export function flushMs(values: BrokerValues): number {
  return values['log.flush.interval.ms'] ?? values['log.flush.scheduler.interval.ms'];
}

/** How far timestamps may lie before or after the append; the deprecated symmetric bound where that is unlimited. */
export function timestampBoundMs(
  values: BrokerValues,
  name: 'log.message.timestamp.before.max.ms' | 'log.message.timestamp.after.max.ms',
): number {
  const own = values[name];
  return own >= LONG_MAX ? values['log.message.timestamp.difference.max.ms'] : own;
}
