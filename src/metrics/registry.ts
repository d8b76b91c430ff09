/**
 * The metrics of one broker, by the names of the catalogue. Counting is one addition to a plain number: whoever
 * counts often keeps the `Counter` or `Histogram` it was given. Whatever can be read off a broker's parts is a
 * gauge that is read only when somebody asks.
 */
import { assert } from '../base/assert';
import { METRICS } from './catalogue';
import type { MetricName } from './catalogue';
import type { Distribution } from './histogram';
import { Histogram, QUANTILES } from './histogram';
import type { MetricSpec } from './metric-spec';

/** One value with the values of its labels, in the order of their names; labels at the end may be left out. */
export interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
  /** Comes after the name of a summary: `_sum`, `_count`. */
  readonly suffix?: '_sum' | '_count';
  /** Of a summary. */
  readonly quantile?: string;
}

/** A metric with all its values, as it is shown. */
export interface Metric extends MetricSpec {
  readonly name: string;
  read(nowMs: number): Iterable<Sample>;
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

/** A histogram with the labels under which it is shown. */
export interface LabelledHistogram {
  readonly labels: readonly string[];
  readonly histogram: Histogram;
}

const MICROSECONDS_PER_MS = 1000;
const NO_LABELS: readonly string[] = [];

export class MetricsRegistry {
  readonly #metrics = new Map<MetricName, Metric>();
  readonly #preparations: (() => Promise<void>)[] = [];

  counter(name: MetricName): Counter {
    const counter = new Counter();
    this.observe(name, () => [{ labels: NO_LABELS, value: counter.value }]);
    return counter;
  }

  /** `read` is called whenever the metrics are shown, and must be quick. `undefined`: there is no value now. */
  gauge(name: MetricName, read: () => number | undefined): void {
    this.observe(name, () => {
      const value = read();
      return value === undefined ? [] : [{ labels: NO_LABELS, value }];
    });
  }

  /** A duration, noted in milliseconds to the microsecond. */
  timer(name: MetricName): Histogram {
    const histogram = new Histogram(MICROSECONDS_PER_MS);
    this.summary(name, () => [{ labels: NO_LABELS, histogram }]);
    return histogram;
  }

  /** Histograms that differ in their labels. */
  summary(name: MetricName, histograms: () => Iterable<LabelledHistogram>): void {
    this.observe(name, (nowMs) => summarySamples(histograms(), nowMs));
  }

  /** A metric whose values, and which of them there are, is known elsewhere. Each name is given once. */
  observe(name: MetricName, read: (nowMs: number) => Iterable<Sample>): void {
    assert(!this.#metrics.has(name), 'a metric is registered once');
    this.#metrics.set(name, { ...METRICS[name], name, read });
  }

  /** `prepare` runs before the metrics are shown: for what has to be asked of others. It must end soon, and never reject. */
  beforeRead(prepare: () => Promise<void>): void {
    this.#preparations.push(prepare);
  }

  async prepare(): Promise<void> {
    await Promise.all(this.#preparations.map((prepare) => prepare()));
  }

  /** In the order in which they were registered. */
  get metrics(): Iterable<Metric> {
    return this.#metrics.values();
  }
}

function* summarySamples(histograms: Iterable<LabelledHistogram>, nowMs: number): Iterable<Sample> {
  for (const { labels, histogram } of histograms) {
    yield* distributionSamples(labels, histogram.read(nowMs));
  }
}

function distributionSamples(
  labels: readonly string[],
  { count, sum, quantiles }: Distribution,
): Sample[] {
  return [
    ...QUANTILES.map((quantile, i) => ({ labels, quantile, value: quantiles[i] ?? 0 })),
    { labels, suffix: '_sum', value: sum },
    { labels, suffix: '_count', value: count },
  ];
}
