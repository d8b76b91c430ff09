/** How one metric is described: what its table says of it, before any broker runs. */

/**
 * `counter`: only grows while the broker runs. `gauge`: goes both ways. `summary`: quantiles over about the last
 * minute, with the sum (`_sum`) and the count (`_count`) of all values.
 */
export type MetricKind = 'counter' | 'gauge' | 'summary';

export interface MetricSpec {
  readonly kind: MetricKind;
  /** One line, for people. */
  readonly help: string;
  /** Spelled as Kafka spells the keys of the bean (`delayedOperation`); without the `quantile` of a summary. */
  readonly labelNames: readonly string[];
  /** Kafka's bean that has it, as `domain:type=…,name=…,key=*`; none where JMX has no such thing. */
  readonly bean?: string;
}

/** The keys of a bean beside `type` and `name` are labels, with what Prometheus allows in their names. */
function labelsOf(bean: string): string[] {
  const [, keys = ''] = bean.split(':');
  return keys
    .split(',')
    .map((pair) => pair.slice(0, pair.indexOf('=')))
    .filter((key) => key !== 'type' && key !== 'name')
    .map((key) => key.replaceAll('-', '_'));
}

const ofBean =
  (kind: MetricKind) =>
  (bean: string, help: string): MetricSpec => ({ kind, help, labelNames: labelsOf(bean), bean });

/** Metrics that Kafka's beans have. */
export const bean = {
  /** Of the attribute `Value`. */
  gauge: ofBean('gauge'),
  /** Of the attribute `Count` of a meter. */
  counter: ofBean('counter'),
  /** Of a histogram or timer. */
  summary: ofBean('summary'),
} as const;

const own =
  (kind: MetricKind) =>
  (help: string, ...labelNames: string[]): MetricSpec => ({ kind, help, labelNames });

/** Metrics that others name (kafka_exporter, the clients of Prometheus), or we. */
export const plain = { gauge: own('gauge'), counter: own('counter') } as const;
