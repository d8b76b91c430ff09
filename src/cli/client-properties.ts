/**
 * Client properties by their names in Kafka, as the client of the commands (kafkajs) takes them. What concerns
 * security and cannot be done is refused; names that only other clients know are left alone, as Kafka's do.
 */
import { readFileSync } from 'node:fs';

import type { KafkaConfig, SASLOptions } from 'kafkajs';

import { OperatorError } from './failure';

type Properties = Readonly<Record<string, string>>;

const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const KNOWN_SECURITY = new Set([
  'security.protocol',
  'sasl.mechanism',
  'sasl.jaas.config',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.certificates',
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.certificate.chain',
  'ssl.keystore.key',
  'ssl.key.password',
  'ssl.endpoint.identification.algorithm',
]);

/** What of the connection the properties decide; throws an `OperatorError` that names the property. */
export function clientConfig(properties: Properties): Partial<KafkaConfig> {
  const strange = Object.keys(properties).find(
    (name) => /^(ssl|sasl|security)\./.test(name) && !KNOWN_SECURITY.has(name),
  );
  if (strange !== undefined) throw new OperatorError(`${strange}: not supported by this client`);
  const protocol = properties['security.protocol'] ?? 'PLAINTEXT';
  if (!SECURITY_PROTOCOLS.includes(protocol))
    throw new OperatorError(
      `security.protocol=${protocol}: one of ${SECURITY_PROTOCOLS.join(', ')} is needed`,
    );
  const requestTimeout = wholeNumber(properties, 'request.timeout.ms');
  const connectionTimeout = wholeNumber(properties, 'socket.connection.setup.timeout.ms');
  const clientId = properties['client.id'];
  return {
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
    ...(connectionTimeout === undefined ? {} : { connectionTimeout }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(protocol.endsWith('SSL') ? { ssl: tlsOf(properties) } : {}),
    ...(protocol.startsWith('SASL') ? { sasl: saslOf(properties) } : {}),
  };
}

function wholeNumber(properties: Properties, name: string): number | undefined {
  const text = properties[name];
  if (text === undefined || /^[1-9]\d{0,9}$/.test(text))
    return text === undefined ? undefined : Number(text);
  throw new OperatorError(`${name}=${text}: a whole number above 0 is needed`);
}

function tlsOf(properties: Properties): Exclude<KafkaConfig['ssl'], boolean | undefined> {
  const ca = pem(properties, 'ssl.truststore', properties['ssl.truststore.certificates']);
  const keyStore = pem(properties, 'ssl.keystore', undefined);
  const cert = properties['ssl.keystore.certificate.chain'] ?? keyStore;
  const key = properties['ssl.keystore.key'] ?? keyStore;
  const passphrase = properties['ssl.key.password'];
  const checksHost = properties['ssl.endpoint.identification.algorithm'] !== '';
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    // An empty value turns the check of the name off, and only that.
    ...(checksHost ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** The text of a PEM store; Java's own formats cannot be read here. */
function pem(
  properties: Properties,
  store: string,
  inline: string | undefined,
): string | undefined {
  const file = properties[`${store}.location`];
  const type = properties[`${store}.type`] ?? (file === undefined ? 'PEM' : 'JKS');
  if (type !== 'PEM')
    throw new OperatorError(`${store}.type=${type}: only PEM can be read; convert it with keytool`);
  if (inline !== undefined || file === undefined) return inline;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OperatorError(`${store}.location=${file}: cannot be read`, { cause });
  }
}

const MECHANISMS = {
  PLAIN: 'plain',
  'SCRAM-SHA-256': 'scram-sha-256',
  'SCRAM-SHA-512': 'scram-sha-512',
} as const;

function saslOf(properties: Properties): SASLOptions {
  const name = properties['sasl.mechanism'] ?? 'GSSAPI';
  const mechanism = Object.entries(MECHANISMS).find(([each]) => each === name)?.[1];
  if (!mechanism)
    throw new OperatorError(
      `sasl.mechanism=${name}: one of ${Object.keys(MECHANISMS).join(', ')} is needed`,
    );
  const jaas = properties['sasl.jaas.config'] ?? '';
  return {
    mechanism,
    username: jaasField(jaas, 'username'),
    password: jaasField(jaas, 'password'),
  };
}

/** `… required username="a" password="b";`. The text is a secret: it is not repeated in the message. */
function jaasField(jaas: string, field: string): string {
  const quoted = new RegExp(`\\b${field}\\s*=\\s*"((?:[^"\\\\]|\\\\.)*)"`).exec(jaas)?.[1];
  if (quoted === undefined) throw new OperatorError(`sasl.jaas.config: it has no ${field}="…"`);
  return quoted.replaceAll(/\\(.)/g, '$1');
}
