/** Listeners as the start scripts of the usual images derive them, where the settings for them are not all given. */
import type { Properties } from '../values';

const DEFAULT_PORT = '9092';
const ADDRESS = /^\s*([^:/]+):\/\/(.*):(\d+)\s*$/;

/** `NAME://host:port` with another host; what is no such address stays as it is, for the broker to refuse. */
function withHost(addresses: string, host: string): string {
  return addresses
    .split(',')
    .map((address) => {
      const [, name, , port] = ADDRESS.exec(address) ?? [];
      return name === undefined || port === undefined ? address : `${name}://${host}:${port}`;
    })
    .join(',');
}

/** Host and port apart, as Kafka had them until 3.0 and wurstmeister/kafka still names them. */
function fromHostAndPort(env: Properties, advertisedHost: string | undefined): Properties {
  const { KAFKA_HOST_NAME: host, KAFKA_PORT: port, KAFKA_ADVERTISED_PORT: advertisedPort } = env;
  const given = [host, port, advertisedHost, advertisedPort];
  if (given.every((value) => value === undefined)) return {};
  const name = env['KAFKA_PROTOCOL_NAME'] ?? env['KAFKA_ADVERTISED_PROTOCOL_NAME'] ?? 'PLAINTEXT';
  const boundPort = port ?? DEFAULT_PORT;
  const address = `${advertisedHost ?? host ?? ''}:${advertisedPort ?? boundPort}`;
  return {
    listeners: `${name}://${host ?? ''}:${boundPort}`,
    'advertised.listeners': `${name}://${address}`,
  };
}

/**
 * What is missing of `listeners` and `advertised.listeners` in `given`. As confluentinc/cp-kafka does, a broker
 * listens on the ports that it advertises; as wurstmeister/kafka does, host and port may be given apart.
 */
export function derivedListeners(
  given: Properties,
  env: Properties,
  advertisedHost: string | undefined,
): Properties {
  const { listeners, 'advertised.listeners': advertised } = given;
  if (listeners !== undefined) {
    const isSaid = advertised !== undefined || advertisedHost === undefined;
    return isSaid ? {} : { 'advertised.listeners': withHost(listeners, advertisedHost) };
  }
  return advertised === undefined
    ? fromHostAndPort(env, advertisedHost)
    : { listeners: withHost(advertised, '') };
}
