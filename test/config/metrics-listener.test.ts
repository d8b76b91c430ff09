import { parseMetricsListener } from '../../src/config/metrics-listener';
import { aBrokerConfig } from '../builders/broker-config';

test.each`
  text                | expected                             | because
  ${'localhost:9404'} | ${{ host: 'localhost', port: 9404 }} | ${'a name'}
  ${'0.0.0.0:0'}      | ${{ host: '0.0.0.0', port: 0 }}      | ${'a free port'}
  ${':9404'}          | ${{ host: undefined, port: 9404 }}   | ${'all interfaces'}
  ${'[::1]:9404'}     | ${{ host: '::1', port: 9404 }}       | ${'IPv6'}
  ${'9404'}           | ${undefined}                         | ${'no colon'}
  ${'host:'}          | ${undefined}                         | ${'no port'}
  ${'host:65536'}     | ${undefined}                         | ${'no such port'}
  ${'http://host:1'}  | ${undefined}                         | ${'it is no URL'}
`('$text: $because', ({ text, expected }) => {
  expect(parseMetricsListener(String(text))).toEqual(expected);
});

test('without the setting there is no listener', () => {
  expect(aBrokerConfig({}).metricsListener).toBeUndefined();
  expect(aBrokerConfig({ 'odradek.metrics.listener': ':1' }).metricsListener?.port).toBe(1);
});
