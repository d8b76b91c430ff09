/**
 * The distribution of a quantity over about the last minute, in buckets of fixed borders: noting a value is one
 * addition to a bucket, whatever came before, and memory does not grow. A bucket is an eighth as wide as its lower
 * border, so a quantile is off by at most 6 %. Kafka keeps samples, the newer the likelier (`Histogram` of Yammer).
 */

/** Buckets for each doubling of the value. */
const STEPS_LOG2 = 3;
const STEPS = 1 << STEPS_LOG2;
const MAX_UNITS = 2 ** 31 - 1;
/** Values below `STEPS` have a bucket each; the largest value is in the last. */
const BUCKETS = bucketOf(MAX_UNITS) + 1;

/** Quantiles are of the values since the window before the current one began. */
const WINDOW_MS = 60_000;

/** The quantiles that JMX shows of Kafka's histograms, as the exporter's rules write them. */
export const QUANTILES = ['0.50', '0.75', '0.95', '0.98', '0.99', '0.999'] as const;

export interface Distribution {
  /** Of all values ever. */
  readonly count: number;
  readonly sum: number;
  /** In the order of `QUANTILES`; 0 where nothing was noted lately. */
  readonly quantiles: readonly number[];
}

export class Histogram {
  #current: Uint32Array | undefined;
  #previous: Uint32Array | undefined;
  #windowStartMs: number | undefined;
  #count = 0;
  #sum = 0;

  /** `unitsPerValue`: how finely values are told apart: 1000 for milliseconds that are noted to the microsecond. */
  constructor(private readonly unitsPerValue: number) {}

  get count(): number {
    return this.#count;
  }

  /** Negative values count as 0. */
  note(value: number): void {
    const units = Math.min(value * this.unitsPerValue, MAX_UNITS);
    this.#current ??= new Uint32Array(BUCKETS);
    const bucket = units >= 1 ? bucketOf(units) : 0;
    this.#current[bucket] = (this.#current[bucket] as number) + 1;
    this.#count++;
    this.#sum += value;
  }

  /** `nowMs` moves the window, so that noting a value needs no clock. */
  read(nowMs: number): Distribution {
    this.#windowStartMs ??= nowMs;
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#previous = this.#current;
      this.#current = undefined;
      this.#windowStartMs = nowMs;
    }
    return { count: this.#count, sum: this.#sum, quantiles: this.#quantiles() };
  }

  #quantiles(): number[] {
    const counts = Array.from({ length: BUCKETS }, (_, i) => this.#countOf(i));
    const total = counts.reduce((sum, count) => sum + count, 0);
    let bucket = -1;
    let seen = 0;
    return QUANTILES.map((quantile) => {
      if (total === 0) return 0;
      const rank = Math.max(1, Math.ceil(Number(quantile) * total));
      while (seen < rank) seen += counts[++bucket] ?? total;
      return middleOf(bucket) / this.unitsPerValue;
    });
  }

  #countOf(bucket: number): number {
    return (this.#current?.[bucket] ?? 0) + (this.#previous?.[bucket] ?? 0);
  }
}

/** The highest bits of the value choose the doubling, the next ones the step in it. */
function bucketOf(units: number): number {
  const whole = units | 0;
  if (whole < STEPS) return whole;
  const shift = 31 - Math.clz32(whole) - STEPS_LOG2;
  return (shift << STEPS_LOG2) + (whole >> shift);
}

function middleOf(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = (bucket >> STEPS_LOG2) - 1;
  const lower = (bucket - (shift << STEPS_LOG2)) * 2 ** shift;
  return lower + 2 ** shift / 2;
}
