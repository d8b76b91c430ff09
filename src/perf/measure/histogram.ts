/**
 * Latencies counted in buckets whose width grows with the value: a percentile is off by at most one part in 256,
 * whatever the number of values, and histograms of several clients add up. Sum and maximum are exact.
 */

/** Buckets for each power of two. */
const STEPS_BITS = 7;
const STEPS = 2 ** STEPS_BITS;
/** Larger values, over an hour, count as this one. In microseconds. */
const LARGEST = 2 ** 32 - 1;
const BUCKETS = STEPS * (32 - STEPS_BITS + 1);
const MICROSECONDS = 1_000;

/** A histogram as it goes from one thread to another. */
export interface HistogramData {
  readonly counts: Float64Array;
  readonly count: number;
  readonly totalMs: number;
  readonly maxMs: number;
}

function bucketOf(microseconds: number): number {
  if (microseconds < STEPS) return microseconds;
  const shift = 31 - Math.clz32(microseconds) - STEPS_BITS;
  return (shift << STEPS_BITS) + (microseconds >>> shift);
}

/** The middle of a bucket. */
function valueOf(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const shift = (bucket >> STEPS_BITS) - 1;
  const lowest = (bucket - (shift << STEPS_BITS)) * 2 ** shift;
  return lowest + (2 ** shift - 1) / 2;
}

export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #totalMs = 0;
  #maxMs = 0;

  /** Counts `times` latencies of `ms`. */
  record(ms: number, times = 1): void {
    const microseconds = Math.min(LARGEST, Math.max(0, Math.round(ms * MICROSECONDS)));
    const bucket = bucketOf(microseconds);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
    this.#count += times;
    this.#totalMs += ms * times;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  add(other: HistogramData): void {
    other.counts.forEach((count, bucket) => {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    });
    this.#count += other.count;
    this.#totalMs += other.totalMs;
    this.#maxMs = Math.max(this.#maxMs, other.maxMs);
  }

  get data(): HistogramData {
    return {
      counts: this.#counts,
      count: this.#count,
      totalMs: this.#totalMs,
      maxMs: this.#maxMs,
    };
  }

  get count(): number {
    return this.#count;
  }

  /** 0 if nothing was recorded, as the others. */
  get averageMs(): number {
    return this.#count === 0 ? 0 : this.#totalMs / this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** The latency below which `share` (0 to 1) of the values lie, by the rank that Kafka's tools take. */
  percentileMs(share: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.min(Math.floor(share * this.#count), this.#count - 1);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen > rank) return Math.min(valueOf(bucket) / MICROSECONDS, this.#maxMs);
    }
    return this.#maxMs;
  }
}
