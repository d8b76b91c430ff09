import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { clientConfig } from '../../src/cli/client-properties';
import { temporaryFolder } from '../builders/process';

const JAAS =
  'org.apache.kafka.common.security.scram.ScramLoginModule required username="al\\"ice" password="p;w";';

test.each`
  properties                                                                                                | expected                                                                         | because
  ${{}}                                                                                                     | ${{}}                                                                            | ${'nothing is said'}
  ${{ 'client.id': 'me', 'request.timeout.ms': '5000' }}                                                    | ${{ clientId: 'me', requestTimeout: 5000 }}                                      | ${'names of Kafka, as the client takes them'}
  ${{ 'group.id': 'g', 'max.poll.records': '1' }}                                                           | ${{}}                                                                            | ${'of no concern here'}
  ${{ 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.jaas.config': JAAS }} | ${{ sasl: { mechanism: 'scram-sha-512', username: 'al"ice', password: 'p;w' } }} | ${'quotes and semicolons are part of the values'}
  ${{ 'security.protocol': 'SSL', 'ssl.truststore.type': 'PEM', 'ssl.truststore.certificates': 'CERT' }}    | ${{ ssl: { ca: 'CERT' } }}                                                       | ${'a certificate in the properties themselves'}
`('$properties: $because', ({ properties, expected }) => {
  expect(clientConfig(properties)).toEqual(expected);
});

test('PEM files are read, and the check of the name can be turned off', () => {
  const folder = temporaryFolder('pem');
  try {
    const store = join(folder.path, 'store.pem');
    writeFileSync(store, 'PEM');
    const { ssl } = clientConfig({
      'security.protocol': 'SSL',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': store,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': store,
      'ssl.endpoint.identification.algorithm': '',
    });
    expect(ssl).toMatchObject({ ca: 'PEM', cert: 'PEM', key: 'PEM' });
    expect(ssl).toHaveProperty('checkServerIdentity');
  } finally {
    folder.remove();
  }
});

test.each`
  properties                                                                                          | complaint
  ${{ 'security.protocol': 'TLS' }}                                                                   | ${/^security\.protocol=TLS: one of PLAINTEXT, SSL/}
  ${{ 'sasl.login.class': 'x' }}                                                                      | ${/^sasl\.login\.class: not supported by this client/}
  ${{ 'security.protocol': 'SASL_SSL' }}                                                              | ${/^sasl\.mechanism=GSSAPI: one of PLAIN/}
  ${{ 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'PLAIN' }}                                   | ${/^sasl\.jaas\.config: it has no username="…"$/}
  ${{ 'security.protocol': 'SSL', 'ssl.truststore.location': '/a.jks' }}                              | ${/^ssl\.truststore\.type=JKS: only PEM can be read/}
  ${{ 'security.protocol': 'SSL', 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': '/nope' }} | ${/^ssl\.truststore\.location=\/nope: cannot be read$/}
  ${{ 'request.timeout.ms': '0' }}                                                                    | ${/^request\.timeout\.ms=0: a whole number above 0 is needed$/}
`('$properties is refused by name', ({ properties, complaint }) => {
  expect(() => clientConfig(properties)).toThrow(complaint as RegExp);
});
