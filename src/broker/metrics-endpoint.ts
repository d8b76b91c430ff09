/** Shows a broker's metrics over HTTP, where Prometheus looks for them. */
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from '../metrics/prometheus-text';
import type { MetricsRegistry } from '../metrics/registry';
import type { MetricsListener } from '../config/metrics-listener';
import type { Listener, Platform } from '../platform/ports';
import { observeProcess } from './broker-metrics';

const PATH = '/metrics';

export class MetricsEndpoint {
  private constructor(
    private readonly listener: Listener,
    private readonly stopWatch: () => void,
  ) {}

  /** Rejects with a `NetworkError` if the port cannot be had. */
  static async start(
    platform: Pick<Platform, 'network' | 'process' | 'log'>,
    registry: MetricsRegistry,
    address: MetricsListener,
  ): Promise<MetricsEndpoint> {
    const { network, process, log } = platform;
    const listener = await network.serveHttp(address, (path) =>
      path === PATH
        ? { contentType: PROMETHEUS_CONTENT_TYPE, body: prometheusText(registry) }
        : undefined,
    );
    log.info('serving metrics', { port: listener.port, path: PATH });
    return new MetricsEndpoint(listener, observeProcess(registry, process));
  }

  get port(): number {
    return this.listener.port;
  }

  async close(): Promise<void> {
    this.stopWatch();
    await this.listener.close();
  }
}
