/** The session with ZooKeeper. */
import { bool, string, int, list, password } from '../setting';

export const ZOOKEEPER_SETTINGS = {
  'zookeeper.clientCnxnSocket': string(null, "Java class of the client's socket; has no effect."),
  'zookeeper.connect': string(
    null,
    'Servers of the ensemble: host:port, separated by commas, with an optional /chroot at the end.',
  ),
  'zookeeper.connection.timeout.ms': int(
    null,
    'How long the first connection may take; the session timeout where not set.',
  ),
  'zookeeper.max.in.flight.requests': int(10, 'Requests sent before the first is answered.', {
    min: 1,
  }),
  'zookeeper.session.timeout.ms': int(
    18_000,
    'Silence after which ZooKeeper takes this broker for dead.',
  ),
  'zookeeper.set.acl': bool(
    false,
    'Create znodes that only brokers may change. Only false is taken so far.',
  ),
  'zookeeper.ssl.cipher.suites': list(null, 'Cipher suites towards ZooKeeper.'),
  'zookeeper.ssl.client.enable': bool(false, 'TLS towards ZooKeeper. Only false is taken so far.'),
  'zookeeper.ssl.crl.enable': bool(false, 'Check revocation lists.'),
  'zookeeper.ssl.enabled.protocols': list(null, 'Versions of TLS towards ZooKeeper.'),
  'zookeeper.ssl.endpoint.identification.algorithm': string(
    'HTTPS',
    "How the name in ZooKeeper's certificate is checked: HTTPS, or empty for not at all.",
  ),
  'zookeeper.ssl.keystore.location': string(null, "File with this client's key and certificates."),
  'zookeeper.ssl.keystore.password': password(null, 'Password of that file.'),
  'zookeeper.ssl.keystore.type': string(null, 'Format of that file.'),
  'zookeeper.ssl.ocsp.enable': bool(false, 'Check revocation by OCSP.'),
  'zookeeper.ssl.protocol': string('TLSv1.2', 'Highest version of TLS towards ZooKeeper.'),
  'zookeeper.ssl.truststore.location': string(
    null,
    'File with certificates trusted for ZooKeeper.',
  ),
  'zookeeper.ssl.truststore.password': password(
    null,
    'Password of the file with certificates trusted for ZooKeeper.',
  ),
  'zookeeper.ssl.truststore.type': string(
    null,
    'Format of the file with certificates trusted for ZooKeeper.',
  ),
};
