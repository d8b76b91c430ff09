/**
 * The metrics of one broker: counters and gauges under the names that the usual rules of the Prometheus JMX
 * exporter give to Kafka's beans (`kafka_server_brokertopicmetrics_bytesin_total`); ours alone begin with
 * `odradek_`. Counting is one addition to a plain number: whoever counts often keeps the `Counter` it was
 * given. Whatever can be read off a broker's parts is a gauge that is read only when somebody asks.
 */
import { assert } from '../base/assert';

/** `counter`: only grows while the broker runs. `gauge`: goes both ways. */
export type MetricKind = 'counter' | 'gauge';

export interface MetricDescription {
  readonly name: string;
  /** One line, for people. */
  readonly help: string;
  /** Spelled as Kafka spells the keys of the bean (`delayedOperation`). */
  readonly labelNames?: readonly string[];
}

/** One value with the values of its labels, in the order of their names. */
export interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
}

/** A metric with all its values, as it is shown. */
export interface Metric extends MetricDescription {
  readonly kind: MetricKind;
  read(): Iterable<Sample>;
}

export class Counter {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  add(amount = 1): void {
    this.#value += amount;
  }
}

/** Counters that differ in their labels. */
export class LabelledCounter {
  readonly #children = new Map<string, { labels: readonly string[]; counter: Counter }>();

  constructor(private readonly labelNames: readonly string[]) {}

  /** The counter of these label values, made when first asked for. Keep it where counting is frequent. */
  with(...labels: readonly string[]): Counter {
    assert(labels.length === this.labelNames.length, 'every label of a counter has a value');
    const key = JSON.stringify(labels);
    const known = this.#children.get(key);
    if (known) return known.counter;
    const counter = new Counter();
    this.#children.set(key, { labels, counter });
    return counter;
  }

  samples(): Sample[] {
    return Array.from(this.#children.values(), ({ labels, counter }) => ({
      labels,
      value: counter.value,
    }));
  }
}

const NAME = /^[a-z_][a-z0-9_]*$/;

export class MetricsRegistry {
  readonly #metrics = new Map<string, Metric>();

  counter(name: string, help: string): Counter {
    const counter = new Counter();
    this.observe('counter', { name, help }, () => [{ labels: [], value: counter.value }]);
    return counter;
  }

  labelledCounter(name: string, help: string, labelNames: readonly string[]): LabelledCounter {
    const counters = new LabelledCounter(labelNames);
    this.observe('counter', { name, help, labelNames }, () => counters.samples());
    return counters;
  }

  /** `read` is called whenever the metrics are shown, and must be quick. */
  gauge(name: string, help: string, read: () => number): void {
    this.observe('gauge', { name, help }, () => [{ labels: [], value: read() }]);
  }

  /** A metric whose values, and which of them there are, is known elsewhere. Each name is given once. */
  observe(kind: MetricKind, description: MetricDescription, read: () => Iterable<Sample>): void {
    const { name } = description;
    assert(NAME.test(name), 'the name of a metric is spelled in lower case');
    assert(!this.#metrics.has(name), 'a metric is registered once');
    this.#metrics.set(name, { ...description, kind, read });
  }

  /** In the order in which they were registered. */
  get metrics(): Iterable<Metric> {
    return this.#metrics.values();
  }
}
