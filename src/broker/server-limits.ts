/** The settings of sockets and requests, as the server takes them. */
import type { BrokerConfig } from '../config/broker-config';
import type { ServerLimits } from '../network/server';

export function serverLimits({ values }: BrokerConfig): ServerLimits {
  return {
    maxFrameBytes: values['socket.request.max.bytes'],
    maxIdleMs: values['connections.max.idle.ms'],
    maxConnections: values['max.connections'],
    maxConnectionsFrom: (address) => maxConnectionsFrom(values, address),
    connectionRate: values['max.connection.creation.rate'],
    maxRequests: values['queued.max.requests'],
    maxBytes: values['queued.max.request.bytes'],
  };
}

/** Overrides are `address:count`; an address of IPv6 has colons of its own. */
function maxConnectionsFrom(values: BrokerConfig['values'], address: string): number {
  const overrides = values['max.connections.per.ip.overrides'];
  for (const override of overrides === '' ? [] : overrides.split(',')) {
    const colon = override.lastIndexOf(':');
    const count = Number(override.slice(colon + 1));
    if (override.slice(0, colon).trim() === address && Number.isInteger(count)) return count;
  }
  return values['max.connections.per.ip'];
}
