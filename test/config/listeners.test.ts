import { ConfigError } from '../../src/config/config-error';
import { aBrokerConfig } from '../builders/broker-config';

const MAP = 'IN:PLAINTEXT,OUT:PLAINTEXT,SSL:SSL';

test('listens and advertises on the default port', () => {
  const config = aBrokerConfig();
  const plaintext = {
    name: 'PLAINTEXT',
    host: undefined,
    port: 9092,
    securityProtocol: 'PLAINTEXT',
  };
  expect(config.listeners).toEqual([plaintext]);
  expect(config.advertisedListeners).toEqual([plaintext]);
  expect(config.interBrokerListenerName).toBe('PLAINTEXT');
});

test('reads names of its own, IPv6 addresses, and what others are told', () => {
  const config = aBrokerConfig({
    listeners: 'in://127.0.0.1:9092, OUT://[::1]:0',
    'advertised.listeners': 'IN://inside:9092,OUT://outside:80',
    'listener.security.protocol.map': MAP,
    'inter.broker.listener.name': 'in',
  });
  expect(config.listeners).toEqual([
    { name: 'IN', host: '127.0.0.1', port: 9092, securityProtocol: 'PLAINTEXT' },
    { name: 'OUT', host: '::1', port: 0, securityProtocol: 'PLAINTEXT' },
  ]);
  expect(config.advertisedListeners.map(({ host, port }) => [host, port])).toEqual([
    ['inside', 9092],
    ['outside', 80],
  ]);
  expect(config.interBrokerListenerName).toBe('IN');
});

test.each`
  properties                                                                                      | problem
  ${{ listeners: 'PLAINTEXT:9092' }}                                                              | ${/'PLAINTEXT:9092' is not NAME:\/\/host:port/}
  ${{ listeners: 'PLAINTEXT://h:99999' }}                                                         | ${/is not NAME:\/\/host:port/}
  ${{ listeners: 'FOO://:9092' }}                                                                 | ${/no security protocol defined for listener FOO/}
  ${{ listeners: 'PLAINTEXT://:1,PLAINTEXT://:2' }}                                               | ${/each listener must have a different name/}
  ${{ listeners: 'PLAINTEXT://:1,SSL://:1' }}                                                     | ${/each listener must have a different port/}
  ${{ listeners: '' }}                                                                            | ${/at least one listener is needed/}
  ${{ listeners: 'PLAINTEXT://0.0.0.0:9092' }}                                                    | ${/0\.0\.0\.0 cannot be reached by others/}
  ${{ 'advertised.listeners': 'SSL://h:1' }}                                                      | ${/SSL is not among the names in listeners/}
  ${{ 'inter.broker.listener.name': 'X' }}                                                        | ${/inter\.broker\.listener\.name=X: not found/}
  ${{ 'inter.broker.listener.name': 'PLAINTEXT', 'security.inter.broker.protocol': 'PLAINTEXT' }} | ${/only one of them may be set/}
  ${{ 'control.plane.listener.name': 'PLAINTEXT' }}                                               | ${/must differ from the inter-broker listener/}
  ${{ 'control.plane.listener.name': 'CP' }}                                                      | ${/CP: not among the names in listeners/}
  ${{ 'listener.security.protocol.map': 'A,PLAINTEXT:PLAINTEXT' }}                                | ${/'A' is not NAME:PROTOCOL/}
`('refuses $properties', ({ properties, problem }) => {
  expect(() => aBrokerConfig(properties)).toThrow(ConfigError);
  expect(() => aBrokerConfig(properties)).toThrow(problem);
});

test.each`
  properties                                                                                       | because
  ${{ listeners: 'PLAINTEXT://127.0.0.1:1,SSL://[::1]:1' }}                                        | ${'an IPv4 and an IPv6 address may share a port'}
  ${{ listeners: 'PLAINTEXT://:0,SSL://:0' }}                                                      | ${'free ports never clash'}
  ${{ listeners: 'PLAINTEXT://0.0.0.0:1', 'advertised.listeners': 'PLAINTEXT://h:1' }}             | ${'0.0.0.0 is fine to listen on'}
  ${{ listeners: 'PLAINTEXT://:1,SSL://:2', 'advertised.listeners': 'PLAINTEXT://h:1,SSL://h:1' }} | ${'a forwarder may stand before both'}
`('accepts $properties: $because', ({ properties }) => {
  expect(() => aBrokerConfig(properties)).not.toThrow();
});
