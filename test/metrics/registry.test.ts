import { prometheusText } from '../../src/metrics/prometheus-text';
import { MetricsRegistry } from '../../src/metrics/registry';

test('a counter and a gauge are shown with their help and their values at that moment', () => {
  const registry = new MetricsRegistry();
  const bytes = registry.counter('kafka_server_brokertopicmetrics_bytesin_total', 'Bytes taken.');
  let open = 3;
  registry.gauge('odradek_storage_open_files', 'Files held open.', () => open);
  bytes.add(100);
  bytes.add();
  open = 5;
  expect(prometheusText(registry)).toBe(
    [
      '# HELP kafka_server_brokertopicmetrics_bytesin_total Bytes taken.',
      '# TYPE kafka_server_brokertopicmetrics_bytesin_total counter',
      'kafka_server_brokertopicmetrics_bytesin_total 101',
      '# HELP odradek_storage_open_files Files held open.',
      '# TYPE odradek_storage_open_files gauge',
      'odradek_storage_open_files 5',
      '',
    ].join('\n'),
  );
});

test('counters that differ in their labels count apart; equal labels give the same counter', () => {
  const registry = new MetricsRegistry();
  const requests = registry.labelledCounter('requests_total', 'Requests.', ['request', 'version']);
  const produce = requests.with('Produce', '9');
  produce.add(2);
  requests.with('Fetch', '13').add();
  requests.with('Produce', '9').add();
  expect(produce.value).toBe(3);
  expect(prometheusText(registry).split('\n').slice(2, 4)).toEqual([
    'requests_total{request="Produce",version="9"} 3',
    'requests_total{request="Fetch",version="13"} 1',
  ]);
});

test.each`
  label          | value        | line
  ${'a"b\\c\nd'} | ${1}         | ${'m{dir="a\\"b\\\\c\\nd"} 1'}
  ${'/data'}     | ${Infinity}  | ${'m{dir="/data"} +Inf'}
  ${'/data'}     | ${-Infinity} | ${'m{dir="/data"} -Inf'}
  ${'/data'}     | ${NaN}       | ${'m{dir="/data"} NaN'}
  ${'/data'}     | ${0.0000001} | ${'m{dir="/data"} 1e-7'}
`('label $label with $value is written as the format demands', ({ label, value, line }) => {
  const registry = new MetricsRegistry();
  const description = { name: 'm', help: 'h', labelNames: ['dir'] };
  registry.observe('gauge', description, () => [{ labels: [String(label)], value: Number(value) }]);
  expect(prometheusText(registry).split('\n')[2]).toBe(line);
});

test('mistakes in the code are refused when a metric is registered or a label is left out', () => {
  const registry = new MetricsRegistry();
  registry.counter('a_total', 'A.');
  expect(() => registry.counter('a_total', 'A again.')).toThrow('registered once');
  expect(() => registry.counter('Not-A-Name', 'B.')).toThrow('lower case');
  const labelled = registry.labelledCounter('c_total', 'C.', ['topic']);
  expect(() => labelled.with()).toThrow('has a value');
});
