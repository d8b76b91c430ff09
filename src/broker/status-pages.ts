/**
 * What a broker shows of itself over HTTP, on a listener of its own: metrics where Prometheus looks for them, and
 * whether it lives and is ready where those look who run it.
 */
import type { MetricsListener } from '../config/metrics-listener';
import { PROMETHEUS_CONTENT_TYPE, prometheusPieces } from '../metrics/prometheus-text';
import type { MetricsRegistry } from '../metrics/registry';
import type { HttpAnswer, Listener, Platform } from '../platform/ports';
import { observeProcess } from './process-metrics';

export interface ShownBroker {
  readonly id: number;
  readonly registry: MetricsRegistry;
  /** Why clients should not be sent to it; empty when they should. */
  readonly unreadyReasons: () => readonly string[];
}

type Surroundings = Pick<Platform, 'clock' | 'network' | 'process' | 'log'>;

const OK = 200;
const UNAVAILABLE = 503;

export class StatusPages {
  private constructor(
    private readonly listener: Listener,
    private readonly stopWatch: () => void,
  ) {}

  /** Rejects with a `NetworkError` if the port cannot be had. */
  static async start(
    platform: Surroundings,
    broker: ShownBroker,
    address: MetricsListener,
  ): Promise<StatusPages> {
    const listener = await platform.network.serveHttp(address, (path) =>
      pageOf(path, broker, platform),
    );
    platform.log.info('serving metrics and health', { port: listener.port });
    return new StatusPages(listener, observeProcess(broker.registry, platform));
  }

  get port(): number {
    return this.listener.port;
  }

  async close(): Promise<void> {
    this.stopWatch();
    await this.listener.close();
  }
}

function pageOf(
  path: string,
  broker: ShownBroker,
  platform: Surroundings,
): HttpAnswer | undefined | Promise<HttpAnswer> {
  switch (path) {
    case '/':
      return { contentType: 'text/plain', body: '/metrics\n/health/live\n/health/ready\n' };
    case '/metrics':
      return metricsPage(broker.registry, platform);
    case '/health/live':
      // Whoever hears this heard it from the event loop.
      return json(OK, { status: 'live', broker: broker.id });
    case '/health/ready':
      return readyPage(broker);
    default:
      return undefined;
  }
}

async function metricsPage(
  registry: MetricsRegistry,
  { clock, log }: Surroundings,
): Promise<HttpAnswer> {
  await registry.prepare();
  return {
    contentType: PROMETHEUS_CONTENT_TYPE,
    body: tellingErrors(prometheusPieces(registry, clock), log),
  };
}

/** The client only sees that the page ends early: why is for the log. */
function* tellingErrors(pieces: Iterable<string>, log: Platform['log']): Iterable<string> {
  try {
    yield* pieces;
  } catch (error) {
    log.error('the metrics cannot be shown', { error });
    throw error;
  }
}

function readyPage({ id, unreadyReasons }: ShownBroker): HttpAnswer {
  const reasons = unreadyReasons();
  return reasons.length === 0
    ? json(OK, { status: 'ready', broker: id })
    : json(UNAVAILABLE, { status: 'not ready', broker: id, reasons });
}

function json(status: number, value: unknown): HttpAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}
