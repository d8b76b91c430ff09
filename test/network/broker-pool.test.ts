import { parseBootstrap as parse } from '../../src/network/broker-pool';

const parseBootstrap = (list: string) => parse(list, (message) => new Error(message));

test.each`
  list                  | addresses
  ${'a:9092'}           | ${[{ host: 'a', port: 9092 }]}
  ${'a:9092, b.c:9093'} | ${[{ host: 'a', port: 9092 }, { host: 'b.c', port: 9093 }]}
  ${'[::1]:9092'}       | ${[{ host: '::1', port: 9092 }]}
`('$list are addresses', ({ list, addresses }) => {
  expect(parseBootstrap(list as string)).toEqual(addresses);
});

test.each(['', 'a', 'a:', ':9092', 'a:0', 'a:65536', 'a:9092,', 'a:port'])(
  '"%s" is none',
  (list) => {
    expect(() => parseBootstrap(list)).toThrow('in the list of brokers is not host:port');
  },
);
