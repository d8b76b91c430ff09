import { BrokerConfig } from '../../src/config/broker-config';

/** A broker's settings with everything by default but what a test sets. */
export function aBrokerConfig(properties: Readonly<Record<string, string>> = {}): BrokerConfig {
  return BrokerConfig.parse({
    'broker.id': '1',
    'zookeeper.connect': 'localhost:2181',
    ...properties,
  });
}
