/** The session with ZooKeeper. */
import { bool, string, int, list, password } from '../setting';

export const ZOOKEEPER_SETTINGS = {
  'zookeeper.clientCnxnSocket': string(null, 'ClientCnxnSocketNetty for TLS.'),
  'zookeeper.connect': string(null, 'Host:port list with optional /chroot.'),
  'zookeeper.connection.timeout.ms': int(null, 'First connect; default session timeout.'),
  'zookeeper.max.in.flight.requests': int(10, 'Pipelining limit.', { min: 1 }),
  'zookeeper.session.timeout.ms': int(18_000, 'Session timeout.'),
  'zookeeper.set.acl': bool(false, 'Create secure ACLs.'),
  'zookeeper.ssl.cipher.suites': list(null, 'Suites.'),
  'zookeeper.ssl.client.enable': bool(false, 'TLS to ZooKeeper.'),
  'zookeeper.ssl.crl.enable': bool(false, 'CRL.'),
  'zookeeper.ssl.enabled.protocols': list(null, 'Versions.'),
  'zookeeper.ssl.endpoint.identification.algorithm': string('HTTPS', 'HTTPS or empty.'),
  'zookeeper.ssl.keystore.location': string(null, 'File.'),
  'zookeeper.ssl.keystore.password': password(null, 'Password.'),
  'zookeeper.ssl.keystore.type': string(null, 'Type.'),
  'zookeeper.ssl.ocsp.enable': bool(false, 'OCSP.'),
  'zookeeper.ssl.protocol': string('TLSv1.2', 'Protocol.'),
  'zookeeper.ssl.truststore.location': string(null, 'File.'),
  'zookeeper.ssl.truststore.password': password(null, 'Password.'),
  'zookeeper.ssl.truststore.type': string(null, 'Type.'),
};
