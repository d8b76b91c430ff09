import { serverLimits } from '../../src/broker/server-limits';
import { aBrokerConfig } from '../builders/broker-config';

test.each`
  overrides                    | address       | most  | because
  ${''}                        | ${'10.0.0.1'} | ${7}  | ${'nothing is said of it'}
  ${'10.0.0.1:3'}              | ${'10.0.0.1'} | ${3}  | ${'it is named'}
  ${'10.0.0.1:3, 10.0.0.2:40'} | ${'10.0.0.2'} | ${40} | ${'it is named second'}
  ${'10.0.0.1:3'}              | ${'10.0.0.9'} | ${7}  | ${'another one is named'}
  ${'fe80::1:12'}              | ${'fe80::1'}  | ${12} | ${'the last colon ends the address'}
`(
  '$overrides lets $most connections come from $address: $because',
  ({ overrides, address, most }) => {
    const config = aBrokerConfig({
      'max.connections.per.ip': '7',
      'max.connections.per.ip.overrides': overrides as string,
    });
    expect(serverLimits(config).maxConnectionsFrom(address as string)).toBe(most);
  },
);

test('every limit is that of its setting', () => {
  const config = aBrokerConfig({
    'socket.request.max.bytes': '1000',
    'connections.max.idle.ms': '2000',
    'max.connections': '3',
    'max.connection.creation.rate': '4',
    'queued.max.requests': '5',
    'queued.max.request.bytes': '6000',
  });
  expect(serverLimits(config)).toMatchObject({
    maxFrameBytes: 1000,
    maxIdleMs: 2000,
    maxConnections: 3,
    connectionRate: 4,
    maxRequests: 5,
    maxBytes: 6000,
  });
});
