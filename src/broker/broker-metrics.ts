/**
 * What a broker counts while it serves its clients. Parts below register their own metrics, and `observe-broker.ts`
 * those that are read off the parts of a whole broker; `status-pages.ts` shows them all.
 */
import { Counter } from '../metrics/registry';
import type { MetricsRegistry } from '../metrics/registry';
import { RequestMetrics } from './request-metrics';
import { Traffic } from './traffic';

/** Fetches answered because their time was over, by who asked (`kafka.server.DelayedFetchMetrics`). */
class ExpiredFetches {
  readonly #consumer = new Counter();
  readonly #follower = new Counter();

  constructor(registry: MetricsRegistry) {
    registry.observe('kafka_server_delayedfetchmetrics_expires_total', () => [
      { labels: ['consumer'], value: this.#consumer.value },
      { labels: ['follower'], value: this.#follower.value },
    ]);
  }

  noteFetch(kind: 'follower' | 'consumer' | 'debug'): void {
    (kind === 'follower' ? this.#follower : this.#consumer).add();
  }
}

export class BrokerMetrics {
  readonly traffic: Traffic;
  readonly requests: RequestMetrics;
  readonly expires: ExpiredFetches;

  constructor(readonly registry: MetricsRegistry) {
    this.traffic = new Traffic(registry);
    this.requests = new RequestMetrics(registry);
    this.expires = new ExpiredFetches(registry);
  }
}
