/**
 * What the usual rules of the Prometheus JMX exporter make of Kafka's beans: its example `kafka-2_0_0.yml`, with the
 * rules for percentages that most copies of it have. The exporter writes an attribute as
 * `domain<key=value, key=value><>Attribute`, takes the first rule that fits, and lower-cases the name.
 */

export interface JmxAttribute {
  /** `kafka.server:type=ReplicaManager,name=LeaderCount`, with its keys in their own order. */
  readonly bean: string;
  readonly attribute: string;
}

export interface ExportedMetric {
  readonly name: string;
  readonly labels: readonly string[];
}

interface Rule {
  readonly pattern: RegExp;
  /** `$1` stands for the first group. */
  readonly name: string;
  /** Name of the label by the group that has it, or a word. */
  readonly labels?: readonly string[];
}

const rule = (pattern: string, name: string, ...labels: string[]): Rule => ({
  pattern: new RegExp(`^${pattern}$`),
  name,
  labels,
});

const GENERIC = 'kafka.(\\w+)<type=(.+), name=(.+)';
const PAIR = ', (.+)=(.+)';

const RULES: readonly Rule[] = [
  rule(
    'kafka.server<type=(.+), name=(.+), clientId=(.+), topic=(.+), partition=(.*)><>Value',
    'kafka_server_$1_$2',
    'clientId',
    'topic',
    'partition',
  ),
  rule(
    'kafka.server<type=(.+), name=(.+), clientId=(.+), brokerHost=(.+), brokerPort=(.+)><>Value',
    'kafka_server_$1_$2',
    'clientId',
    'broker',
  ),
  rule('kafka.coordinator.(\\w+)<type=(.+), name=(.+)><>Value', 'kafka_coordinator_$1_$2_$3'),
  rule(`${GENERIC}PerSec\\w*${PAIR}${PAIR}><>Count`, 'kafka_$1_$2_$3_total', '$4', '$6'),
  rule(`${GENERIC}PerSec\\w*${PAIR}><>Count`, 'kafka_$1_$2_$3_total', '$4'),
  rule(`${GENERIC}PerSec\\w*><>Count`, 'kafka_$1_$2_$3_total'),
  rule('kafka.server<type=(.+), client-id=(.+)><>([a-z-]+)', 'kafka_server_quota_$3', 'resource'),
  rule(
    'kafka.server<type=(.+), user=(.+), client-id=(.+)><>([a-z-]+)',
    'kafka_server_quota_$4',
    'resource',
  ),
  rule(`${GENERIC}${PAIR}${PAIR}><>Value`, 'kafka_$1_$2_$3', '$4', '$6'),
  rule(`${GENERIC}${PAIR}><>Value`, 'kafka_$1_$2_$3', '$4'),
  rule(`${GENERIC}><>Value`, 'kafka_$1_$2_$3'),
  rule(`${GENERIC}${PAIR}${PAIR}><>Count`, 'kafka_$1_$2_$3_count', '$4', '$6'),
  rule(`${GENERIC}${PAIR}${PAIR}><>(\\d+)thPercentile`, 'kafka_$1_$2_$3', '$4', '$6', 'quantile'),
  rule(`${GENERIC}${PAIR}><>Count`, 'kafka_$1_$2_$3_count', '$4'),
  rule(`${GENERIC}${PAIR}><>(\\d+)thPercentile`, 'kafka_$1_$2_$3', '$4', 'quantile'),
  rule(`${GENERIC}><>Count`, 'kafka_$1_$2_$3_count'),
  rule(`${GENERIC}><>(\\d+)thPercentile`, 'kafka_$1_$2_$3', 'quantile'),
];

/** What Prometheus allows in names. */
const sanitized = (text: string): string => text.replaceAll(/[^a-zA-Z0-9_]/g, '_');

/** `undefined` if no rule fits, so that the exporter does not show it. */
export function exportedAs({ bean, attribute }: JmxAttribute): ExportedMetric | undefined {
  const [domain = '', keys = ''] = bean.split(':');
  const text = `${domain}<${keys.replaceAll(',', ', ')}><>${attribute}`;
  for (const { pattern, name, labels = [] } of RULES) {
    const match = pattern.exec(text);
    if (!match) continue;
    const fill = (template: string): string =>
      template.replaceAll(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
    return {
      name: sanitized(fill(name)).toLowerCase(),
      labels: labels.map((label) => sanitized(fill(label))),
    };
  }
  return undefined;
}
