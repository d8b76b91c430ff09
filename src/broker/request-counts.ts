/** Requests by API and version (`kafka.network:type=RequestMetrics,name=RequestsPerSec`): two array look-ups each. */
import type { MetricsRegistry, Sample } from '../metrics/registry';

/** The names of the APIs come with all their schemas: loaded when the metrics are first shown. */
function apiName(apiKey: number): string {
  const { API_SPECS } = require('../protocol/messages') as typeof import('../protocol/messages');
  return API_SPECS.get(apiKey)?.name ?? String(apiKey);
}

export class RequestCounts {
  /** By API key, then by version. */
  readonly #counts: number[][] = [];

  constructor(registry: MetricsRegistry) {
    const description = {
      name: 'kafka_network_requestmetrics_requests_total',
      help: 'Requests taken, by API and version.',
      labelNames: ['request', 'version'],
    };
    registry.observe('counter', description, () => this.#samples());
  }

  /** Only of an API and a version that are served: nobody makes this grow from outside. */
  note(apiKey: number, version: number): void {
    const byVersion = (this.#counts[apiKey] ??= []);
    byVersion[version] = (byVersion[version] ?? 0) + 1;
  }

  *#samples(): Iterable<Sample> {
    for (const [apiKey, byVersion] of this.#counts.entries()) {
      for (const [version, value] of (byVersion ?? []).entries()) {
        if (value !== undefined) yield { labels: [apiName(apiKey), String(version)], value };
      }
    }
  }
}
