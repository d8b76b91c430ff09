/** Runs a broker inside of this process. */
import { present } from '../base/assert';
import { Broker } from '../broker/broker';
import type { Platform } from '../platform/ports';
import type { LaunchBroker } from './running-broker';

export function inProcess(platform: Platform): LaunchBroker {
  return async (properties) => {
    const broker = await Broker.start({
      platform,
      properties,
      source: `broker ${properties['broker.id'] ?? ''}`.trim(),
    });
    return {
      port: present([...broker.ports.values()][0], 'the port of a listener'),
      metricsPort: broker.metricsPort,
      pid: process.pid,
      stop: () => broker.stop(),
      kill: () => broker.kill(),
    };
  };
}
