/** How a broker is: kept from its start to its end, and shown on its status pages where the settings ask for them. */
import type { MetricsListener } from '../config/metrics-listener';
import type { MetricsRegistry } from '../metrics/registry';
import type { Platform } from '../platform/ports';
import { BROKER_PHASES, unreadyReasons } from './health';
import type { BrokerCondition, BrokerPhase } from './health';
import { StatusPages } from './status-pages';

export interface ObservedState {
  readonly id: number;
  readonly platform: Platform;
  readonly registry: MetricsRegistry;
  /** What its phase does not say. */
  readonly condition: () => Omit<BrokerCondition, 'phase'>;
}

export class BrokerStatus {
  phase: BrokerPhase = 'starting';
  #pages: StatusPages | undefined;

  constructor(private readonly observed: ObservedState) {
    const { id, platform, registry } = observed;
    const startedMs = platform.clock.nowMs();
    const labels = [String(id)];
    registry.gauge('kafka_server_kafkaserver_brokerstate', () => BROKER_PHASES[this.phase]);
    registry.observe('kafka_server_app_info', () => [{ labels: [...labels, version()], value: 1 }]);
    registry.observe('kafka_server_app_info_starttimems', () => [{ labels, value: startedMs }]);
  }

  /** The port of the pages, if there are any. */
  get port(): number | undefined {
    return this.#pages?.port;
  }

  /** Rejects with a `NetworkError` if the port cannot be had. */
  async show(address: MetricsListener): Promise<void> {
    const { platform, registry, id, condition } = this.observed;
    const broker = {
      id,
      registry,
      unreadyReasons: () => unreadyReasons({ ...condition(), phase: this.phase }),
    };
    this.#pages = await StatusPages.start(platform, broker, address);
  }

  async close(): Promise<void> {
    await this.#pages?.close();
  }
}

function version(): string {
  const { version: text } = require('../../package.json') as { version: string };
  return text;
}
