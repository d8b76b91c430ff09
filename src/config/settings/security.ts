/** TLS, SASL, delegation tokens, authorization. */
import { bool, string, int, long, double, list, className, password, choice } from '../setting';

export const SECURITY_SETTINGS = {
  'authorizer.class.name': string(
    '',
    'The authorizer, such as kafka.security.authorizer.AclAuthorizer. Only empty, which allows everything, is taken so far.',
  ),
  'connection.failed.authentication.delay.ms': int(
    100,
    'How long a connection stays open after a failed authentication.',
    {
      min: 0,
    },
  ),
  'connections.max.reauth.ms': long(
    0,
    'Longest life of a SASL session before it must authenticate again; 0 for no limit.',
  ),
  'delegation.token.expiry.check.interval.ms': long(
    3_600_000,
    'How often expired delegation tokens are removed.',
    {
      min: 1,
    },
  ),
  'delegation.token.expiry.time.ms': long(
    86_400_000,
    'How long a delegation token is valid before it must be renewed.',
    { min: 1 },
  ),
  'delegation.token.master.key': password(null, 'Old name of delegation.token.secret.key.'),
  'delegation.token.max.lifetime.ms': long(604_800_000, 'Longest life of a delegation token.', {
    min: 1,
  }),
  'delegation.token.secret.key': password(
    null,
    'Secret that signs delegation tokens; without it there are none.',
  ),
  'password.encoder.cipher.algorithm': string(
    'AES/CBC/PKCS5Padding',
    'Cipher for secrets kept in ZooKeeper.',
  ),
  'password.encoder.iterations': int(4096, 'PBKDF2 iterations for secrets kept in ZooKeeper.', {
    min: 1024,
  }),
  'password.encoder.key.length': int(128, 'Bits of the key for secrets kept in ZooKeeper.', {
    min: 8,
  }),
  'password.encoder.keyfactory.algorithm': string(
    null,
    'Key derivation for secrets kept in ZooKeeper; the best at hand where not set.',
  ),
  'password.encoder.old.secret': password(null, 'The former secret, while it is being replaced.'),
  'password.encoder.secret': password(null, 'Encrypts secrets kept in ZooKeeper.'),
  'principal.builder.class': className(
    'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
    'Makes the principal of a connection.',
    { dynamic: 'broker' },
  ),
  'sasl.client.callback.handler.class': className(
    null,
    'SASL callbacks of connections to other brokers.',
  ),
  'sasl.enabled.mechanisms': list(['GSSAPI'], 'SASL mechanisms offered.', { dynamic: 'broker' }),
  'sasl.jaas.config': password(
    null,
    'Login module of a mechanism; set it as listener.name.<listener>.<mechanism>.sasl.jaas.config.',
    { dynamic: 'broker' },
  ),
  'sasl.kerberos.kinit.cmd': string('/usr/bin/kinit', 'Path of kinit.', { dynamic: 'broker' }),
  'sasl.kerberos.min.time.before.relogin': long(
    60_000,
    'Shortest time between two Kerberos logins.',
    {
      dynamic: 'broker',
    },
  ),
  'sasl.kerberos.principal.to.local.rules': list(
    ['DEFAULT'],
    'Rules from Kerberos principals to short names.',
    {
      dynamic: 'broker',
    },
  ),
  'sasl.kerberos.service.name': string(null, "Service name of the brokers' Kerberos principal.", {
    dynamic: 'broker',
  }),
  'sasl.kerberos.ticket.renew.jitter': double(
    0.05,
    'Share of random time added to the renewal of a ticket.',
    { dynamic: 'broker' },
  ),
  'sasl.kerberos.ticket.renew.window.factor': double(
    0.8,
    "Share of a ticket's life after which it is renewed.",
    { dynamic: 'broker' },
  ),
  'sasl.login.callback.handler.class': className(null, 'Callbacks of the login.'),
  'sasl.login.class': className(null, 'The login.'),
  'sasl.mechanism.inter.broker.protocol': string('GSSAPI', 'SASL mechanism among brokers.', {
    dynamic: 'broker',
  }),
  'sasl.server.callback.handler.class': className(
    null,
    'SASL callbacks of a listener and mechanism.',
  ),
  'sasl.server.max.receive.size': int(524_288, 'Largest SASL token accepted.'),
  'security.providers': string(null, 'Java security providers; has no effect.'),
  'ssl.allow.dn.changes': bool(
    false,
    'A reloaded certificate may have another distinguished name.',
  ),
  'ssl.allow.san.changes': bool(false, 'A reloaded certificate may have other alternative names.'),
  'ssl.cipher.suites': list([], 'Cipher suites offered; all the usual ones where empty.', {
    dynamic: 'broker',
  }),
  'ssl.client.auth': choice(
    ['required', 'requested', 'none'],
    'none',
    'Whether clients must, may or need not show a certificate.',
    { dynamic: 'broker' },
  ),
  'ssl.enabled.protocols': list(['TLSv1.2', 'TLSv1.3'], 'Versions of TLS offered.', {
    dynamic: 'broker',
  }),
  'ssl.endpoint.identification.algorithm': string(
    'https',
    "How the name in another broker's certificate is checked; empty for not at all.",
    {
      dynamic: 'broker',
    },
  ),
  'ssl.engine.factory.class': className(null, 'Makes the TLS engines.', { dynamic: 'broker' }),
  'ssl.key.password': password(null, 'Password of the private key.', { dynamic: 'broker' }),
  'ssl.keymanager.algorithm': string('SunX509', 'Java key manager; has no effect.', {
    dynamic: 'broker',
  }),
  'ssl.keystore.certificate.chain': password(null, 'Certificate chain, as PEM.', {
    dynamic: 'broker',
  }),
  'ssl.keystore.key': password(null, 'Private key, as PEM.', { dynamic: 'broker' }),
  'ssl.keystore.location': string(null, 'File with key and certificates.', { dynamic: 'broker' }),
  'ssl.keystore.password': password(null, 'Password of that file.', { dynamic: 'broker' }),
  'ssl.keystore.type': string('JKS', 'Format of that file: JKS, PKCS12 or PEM.', {
    dynamic: 'broker',
  }),
  'ssl.principal.mapping.rules': string('DEFAULT', 'Rules from distinguished names to principals.'),
  'ssl.protocol': string('TLSv1.3', 'Highest version of TLS.', { dynamic: 'broker' }),
  'ssl.provider': string(null, 'Java security provider; has no effect.', { dynamic: 'broker' }),
  'ssl.secure.random.implementation': string(null, 'Java random generator; has no effect.', {
    dynamic: 'broker',
  }),
  'ssl.trustmanager.algorithm': string('PKIX', 'Java trust manager; has no effect.', {
    dynamic: 'broker',
  }),
  'ssl.truststore.certificates': password(null, 'Trusted certificates, as PEM.', {
    dynamic: 'broker',
  }),
  'ssl.truststore.location': string(null, 'File with trusted certificates.', { dynamic: 'broker' }),
  'ssl.truststore.password': password(null, 'Password of the file with trusted certificates.', {
    dynamic: 'broker',
  }),
  'ssl.truststore.type': string(
    'JKS',
    'Format of the file with trusted certificates: JKS, PKCS12 or PEM.',
    { dynamic: 'broker' },
  ),
};
