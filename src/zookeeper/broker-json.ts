/** The JSON of `/brokers/ids/[id]` (Kafka's `BrokerIdZNode`). */

import type { JsonFields } from './json-fields';
import type { BrokerEndpoint, BrokerRegistration } from './types';

/** The format since 2.7. */
const VERSION = 5;

export function brokerToJson(broker: BrokerRegistration, nowMs: number): object {
  // Clients older than 0.9 know one plain-text address only.
  const plain = broker.endpoints.find((each) => each.securityProtocol === 'PLAINTEXT');
  return {
    features: {},
    listener_security_protocol_map: Object.fromEntries(
      broker.endpoints.map((each) => [each.name, each.securityProtocol]),
    ),
    endpoints: broker.endpoints.map((each) => `${each.name}://${formatAddress(each)}`),
    jmx_port: -1,
    port: plain?.port ?? -1,
    host: plain?.host ?? null,
    version: VERSION,
    timestamp: String(nowMs),
    ...(broker.rack === null ? {} : { rack: broker.rack }),
  };
}

export function brokerFromJson(id: number, json: JsonFields): BrokerRegistration {
  const version = json.int('version');
  if (version < 1) throw json.wrong(`version ${String(version)} is not supported`);
  return {
    id,
    endpoints: version === 1 ? [oldEndpoint(json)] : readEndpoints(json),
    rack: json.has('rack') ? json.string('rack') : null,
  };
}

function oldEndpoint(json: JsonFields): BrokerEndpoint {
  const [name, securityProtocol] = ['PLAINTEXT', 'PLAINTEXT'];
  return { name, securityProtocol, host: json.string('host'), port: json.int('port') };
}

function readEndpoints(json: JsonFields): BrokerEndpoint[] {
  const key = 'listener_security_protocol_map';
  const protocols = json.has(key) ? json.object(key) : undefined;
  return json.strings('endpoints').map((text) => {
    const match = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?\d+)$/.exec(text);
    if (!match) throw json.wrong(`endpoint "${text}" is not NAME://host:port`);
    const [, name = '', host = '', port = ''] = match;
    // Before listeners had names, their protocols were their names.
    const securityProtocol = protocols?.has(name) ? protocols.string(name) : name;
    return { name, host, port: Number(port), securityProtocol };
  });
}

function formatAddress({ host, port }: BrokerEndpoint): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}
