/**
 * Counts and times of requests, by API (Kafka's `RequestMetrics`). A request costs an object, five looks at the
 * clock and an addition for each time that is noted.
 */
import type { ReplyProgress } from '../network/connection';
import { Histogram } from '../metrics/histogram';
import type { MetricName } from '../metrics/catalogue';
import type { LabelledHistogram, MetricsRegistry, Sample } from '../metrics/registry';
import { errorName } from '../protocol/errors';

type Messages = typeof import('../protocol/messages');

let specs: Messages['API_SPECS'] | undefined;

/** The names of the APIs come with all their schemas: loaded when somebody first wants to read them. */
export function apiName(apiKey: number): string {
  specs ??= (require('../protocol/messages') as Messages).API_SPECS;
  return specs.get(apiKey)?.name ?? String(apiKey);
}

const MICROSECONDS_PER_MS = 1000;

/** The distributions that are kept of each API. */
class ApiTimes {
  readonly total = new Histogram(MICROSECONDS_PER_MS);
  readonly requestQueue = new Histogram(MICROSECONDS_PER_MS);
  readonly local = new Histogram(MICROSECONDS_PER_MS);
  readonly remote = new Histogram(MICROSECONDS_PER_MS);
  readonly responseQueue = new Histogram(MICROSECONDS_PER_MS);
  readonly responseSend = new Histogram(MICROSECONDS_PER_MS);
  readonly requestBytes = new Histogram(1);
}

const SHOWN: Readonly<Record<keyof ApiTimes, MetricName>> = {
  total: 'kafka_network_requestmetrics_totaltimems',
  requestQueue: 'kafka_network_requestmetrics_requestqueuetimems',
  local: 'kafka_network_requestmetrics_localtimems',
  remote: 'kafka_network_requestmetrics_remotetimems',
  responseQueue: 'kafka_network_requestmetrics_responsequeuetimems',
  responseSend: 'kafka_network_requestmetrics_responsesendtimems',
  requestBytes: 'kafka_network_requestmetrics_requestbytes',
};

/** Follows one request on its way. Times are of the clock's `monotonicMs`. */
export class RequestProgress implements ReplyProgress {
  #kind: ApiTimes | undefined;
  #handledMs = 0;
  #readyMs = 0;
  #sendingMs = 0;

  constructor(
    private readonly metrics: RequestMetrics,
    private readonly api: ApiTimes,
    private readonly request: {
      readonly arrivedMs: number;
      readonly startedMs: number;
      readonly bytes: number;
    },
  ) {}

  /** The request is shown as `name`, too: Fetch of consumers and of followers apart. */
  isAlso(name: string): void {
    this.#kind = this.metrics.timesOfKind(name);
  }

  /** The handler has returned; what is left is waiting. */
  handled(nowMs: number): void {
    this.#handledMs = nowMs;
    this.#readyMs = nowMs;
  }

  /** The answer is there. */
  ready(nowMs: number): void {
    this.#readyMs = nowMs;
  }

  sending(nowMs: number): void {
    this.#sendingMs = nowMs;
  }

  sent(nowMs: number): void {
    this.#noteIn(this.api, nowMs);
    if (this.#kind) this.#noteIn(this.#kind, nowMs);
  }

  #noteIn(times: ApiTimes, nowMs: number): void {
    const { arrivedMs, startedMs, bytes } = this.request;
    times.total.note(nowMs - arrivedMs);
    times.requestQueue.note(startedMs - arrivedMs);
    times.local.note(this.#handledMs - startedMs);
    times.remote.note(this.#readyMs - this.#handledMs);
    times.responseQueue.note(this.#sendingMs - this.#readyMs);
    times.responseSend.note(nowMs - this.#sendingMs);
    times.requestBytes.note(bytes);
  }
}

export class RequestMetrics {
  /** By API key, then by version. */
  readonly #counts: number[][] = [];
  /** By API key, then by error code. */
  readonly #errors: Map<number, number>[] = [];
  readonly #times: ApiTimes[] = [];
  readonly #timesOfKinds = new Map<string, ApiTimes>();

  constructor(registry: MetricsRegistry) {
    registry.observe('kafka_network_requestmetrics_requests_total', () => this.#countSamples());
    registry.observe('kafka_network_requestmetrics_errors_total', () => this.#errorSamples());
    for (const [field, name] of Object.entries(SHOWN) as [keyof ApiTimes, MetricName][]) {
      registry.summary(name, () => this.#histograms(field));
    }
  }

  /** A request is about to be handled: only of an API and a version that are served, so nobody makes this grow from outside. */
  begin(
    apiKey: number,
    version: number,
    request: { readonly arrivedMs: number; readonly startedMs: number; readonly bytes: number },
  ): RequestProgress {
    const byVersion = (this.#counts[apiKey] ??= []);
    byVersion[version] = (byVersion[version] ?? 0) + 1;
    return new RequestProgress(this, (this.#times[apiKey] ??= new ApiTimes()), request);
  }

  noteError(apiKey: number, code: number): void {
    const byCode = (this.#errors[apiKey] ??= new Map());
    byCode.set(code, (byCode.get(code) ?? 0) + 1);
  }

  timesOfKind(name: string): ApiTimes {
    let times = this.#timesOfKinds.get(name);
    if (!times) {
      times = new ApiTimes();
      this.#timesOfKinds.set(name, times);
    }
    return times;
  }

  *#countSamples(): Iterable<Sample> {
    for (const [apiKey, byVersion] of this.#counts.entries()) {
      for (const [version, value] of (byVersion ?? []).entries()) {
        if (value !== undefined) yield { labels: [apiName(apiKey), String(version)], value };
      }
    }
  }

  *#errorSamples(): Iterable<Sample> {
    for (const [apiKey, byCode] of this.#errors.entries()) {
      for (const [code, value] of byCode ?? []) {
        yield { labels: [apiName(apiKey), errorName(code)], value };
      }
    }
  }

  *#histograms(field: keyof ApiTimes): Iterable<LabelledHistogram> {
    for (const [apiKey, times] of this.#times.entries()) {
      if (times !== undefined) yield { labels: [apiName(apiKey)], histogram: times[field] };
    }
    for (const [kind, times] of this.#timesOfKinds) {
      yield { labels: [kind], histogram: times[field] };
    }
  }
}
