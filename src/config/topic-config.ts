/** The settings of one topic: its own over its broker's, and the checks a request to change them meets. */
import { LONG_MAX, printLong } from './setting';
import { TOPIC_SETTINGS, topicSetting } from './settings/topic';
import type { TopicConfig, TopicSettingName } from './settings/topic';
import {
  flushMs,
  invalidValue,
  retentionMs,
  rollJitterMs,
  rollMs,
  timestampBoundMs,
} from './values';
import type { BrokerTexts, Properties } from './values';

export interface ResolvedTopicConfig {
  readonly values: TopicConfig;
  /** Each value as Kafka prints it. */
  readonly texts: Readonly<Record<TopicSettingName, string>>;
}

interface Resolved {
  readonly value: unknown;
  readonly text: string;
}

function inherited(name: TopicSettingName, broker: BrokerTexts): Resolved {
  const inMs = (value: number): Resolved => ({ value, text: printLong(value) });
  switch (name) {
    case 'message.timestamp.before.max.ms':
    case 'message.timestamp.after.max.ms':
      return inMs(timestampBoundMs(broker.values, `log.${name}`));
    case 'retention.ms':
      return inMs(retentionMs(broker.values));
    case 'segment.ms':
      return inMs(rollMs(broker.values));
    case 'segment.jitter.ms':
      return inMs(rollJitterMs(broker.values));
    case 'flush.ms':
      return inMs(flushMs(broker.values));
    default: {
      const { synonym, byDefault, defaultText } = TOPIC_SETTINGS[name];
      return synonym === undefined
        ? { value: byDefault, text: defaultText ?? '' }
        : { value: broker.values[synonym], text: broker.texts[synonym] ?? '' };
    }
  }
}

function resolveOne(
  name: TopicSettingName,
  override: string | undefined,
  broker: BrokerTexts,
): Resolved {
  const parsed = override === undefined ? undefined : TOPIC_SETTINGS[name].parse(override);
  return parsed === undefined || 'reason' in parsed ? inherited(name, broker) : parsed;
}

/** The deprecated symmetric bound stands in for each of the newer ones that is left unlimited (KIP-937). */
function withTimestampBounds(values: TopicConfig): TopicConfig {
  const bound = values['message.timestamp.difference.max.ms'];
  return {
    ...values,
    'message.timestamp.before.max.ms': bounded(values['message.timestamp.before.max.ms'], bound),
    'message.timestamp.after.max.ms': bounded(values['message.timestamp.after.max.ms'], bound),
  };
}

function bounded(own: number, bound: number): number {
  return own >= LONG_MAX ? bound : own;
}

/** An override that does not parse leaves the broker's value in force: `validateTopicConfigs` tells of it. */
export function resolveTopicConfig(
  overrides: Properties,
  broker: BrokerTexts,
): ResolvedTopicConfig {
  const values: Record<string, unknown> = {};
  const texts: Record<string, string> = {};
  for (const name of Object.keys(TOPIC_SETTINGS) as TopicSettingName[]) {
    const resolved = resolveOne(name, overrides[name], broker);
    values[name] = resolved.value;
    texts[name] = resolved.text;
  }
  return {
    values: withTimestampBounds(values as TopicConfig),
    texts: texts as Record<TopicSettingName, string>,
  };
}

function refusalOf(name: string, text: string): string | undefined {
  const parsed = topicSetting(name)?.parse(text);
  return parsed !== undefined && 'reason' in parsed ? invalidValue(name, parsed) : undefined;
}

/**
 * What is wrong with a topic's own settings, in the words of org.apache.kafka.storage.internals.log.LogConfig,
 * or `undefined`. For CreateTopics and AlterConfigs, which answer INVALID_CONFIG.
 */
export function validateTopicConfigs(overrides: Properties): string | undefined {
  const unknown = Object.keys(overrides).find((name) => topicSetting(name) === undefined);
  if (unknown !== undefined) return `Unknown topic config name: ${unknown}`;
  for (const [name, text] of Object.entries(overrides)) {
    const refusal = refusalOf(name, text);
    if (refusal !== undefined) return refusal;
  }
  if (overrides['remote.storage.enable']?.trim().toLowerCase() === 'true') {
    return 'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.';
  }
  const minLag = Number(
    overrides['min.compaction.lag.ms'] ?? TOPIC_SETTINGS['min.compaction.lag.ms'].byDefault,
  );
  const maxLag = Number(
    overrides['max.compaction.lag.ms'] ?? TOPIC_SETTINGS['max.compaction.lag.ms'].byDefault,
  );
  return minLag > maxLag
    ? `conflict topic config setting min.compaction.lag.ms (${printLong(minLag)}) > max.compaction.lag.ms (${printLong(maxLag)})`
    : undefined;
}
