import type { MetricName } from '../../src/metrics/catalogue';
import { prometheusPieces } from '../../src/metrics/prometheus-text';
import { MetricsRegistry } from '../../src/metrics/registry';
import type { Sample } from '../../src/metrics/registry';
import { ManualClock } from '../builders/manual-clock';

const clock = new ManualClock();

function textOf(registry: MetricsRegistry): string {
  return [...prometheusPieces(registry, clock)].join('');
}

const BYTES_IN: MetricName = 'kafka_server_brokertopicmetrics_bytesin_total';

test('a counter and a gauge are shown with their help and their values at that moment', () => {
  const registry = new MetricsRegistry();
  const batches = registry.counter('odradek_storage_damaged_batches_total');
  let open: number | undefined = 3;
  registry.gauge('odradek_storage_open_files', () => open);
  batches.add(100);
  batches.add();
  open = 5;
  const lines = [
    '# HELP odradek_storage_damaged_batches_total Batches found damaged on disk, and not served.',
    '# TYPE odradek_storage_damaged_batches_total counter',
    'odradek_storage_damaged_batches_total 101',
    '# HELP odradek_storage_open_files Segment and index files held open.',
    '# TYPE odradek_storage_open_files gauge',
    'odradek_storage_open_files 5',
    '',
  ];
  expect(textOf(registry)).toBe(lines.join('\n'));
  open = undefined;
  expect(textOf(registry)).toBe([...lines.slice(0, 5), ''].join('\n'));
});

test('labels at the end may be left out: that is the value of all together', () => {
  const registry = new MetricsRegistry();
  registry.observe(BYTES_IN, () => [
    { labels: [], value: 7 },
    { labels: ['events'], value: 5 },
  ]);
  expect(textOf(registry).split('\n').slice(2, 4)).toEqual([
    `${BYTES_IN} 7`,
    `${BYTES_IN}{topic="events"} 5`,
  ]);
});

test('a summary has quantiles, sum and count', () => {
  const registry = new MetricsRegistry();
  registry.timer('kafka_log_logflushstats_logflushrateandtimems').note(0.008);
  const name = 'kafka_log_logflushstats_logflushrateandtimems';
  expect(textOf(registry).split('\n').slice(1)).toEqual([
    `# TYPE ${name} summary`,
    `${name}{quantile="0.50"} 0.008`,
    `${name}{quantile="0.75"} 0.008`,
    `${name}{quantile="0.95"} 0.008`,
    `${name}{quantile="0.98"} 0.008`,
    `${name}{quantile="0.99"} 0.008`,
    `${name}{quantile="0.999"} 0.008`,
    `${name}_sum 0.008`,
    `${name}_count 1`,
    '',
  ]);
});

test.each`
  label          | value        | line
  ${'a"b\\c\nd'} | ${1}         | ${'{topic="a\\"b\\\\c\\nd"} 1'}
  ${'data'}      | ${Infinity}  | ${'{topic="data"} +Inf'}
  ${'data'}      | ${-Infinity} | ${'{topic="data"} -Inf'}
  ${'data'}      | ${NaN}       | ${'{topic="data"} NaN'}
  ${'data'}      | ${0.0000001} | ${'{topic="data"} 1e-7'}
`('label $label with $value is written as the format demands', ({ label, value, line }) => {
  const registry = new MetricsRegistry();
  registry.observe(BYTES_IN, () => [{ labels: [String(label)], value: Number(value) }]);
  expect(textOf(registry).split('\n')[2]).toBe(`${BYTES_IN}${String(line)}`);
});

test('a name is registered once', () => {
  const registry = new MetricsRegistry();
  registry.counter(BYTES_IN);
  expect(() => registry.counter(BYTES_IN)).toThrow('registered once');
});

test('what has to be asked of others is asked before', async () => {
  const registry = new MetricsRegistry();
  let answer = 0;
  registry.beforeRead(async () => {
    await Promise.resolve();
    answer = 42;
  });
  registry.gauge('kafka_brokers', () => answer);
  await registry.prepare();
  expect(textOf(registry)).toContain('kafka_brokers 42\n');
});

describe('the text comes in pieces', () => {
  const COUNT = 5_000;

  /** A metric with many values, each of which takes `msEach` to read. */
  function manyValues(at: ManualClock, msEach: number): MetricsRegistry {
    const registry = new MetricsRegistry();
    registry.observe('kafka_log_log_size', function* (): Iterable<Sample> {
      for (let partition = 0; partition < COUNT; partition++) {
        at.advance(msEach);
        yield { labels: ['events', String(partition)], value: partition };
      }
    });
    return registry;
  }

  test('each ends a few milliseconds after it was begun, however long the whole takes', () => {
    const slow = new ManualClock(0);
    const pieces = prometheusPieces(manyValues(slow, 0.1), slow);
    const sliceMs: number[] = [];
    let text = '';
    for (let startMs = slow.monotonicMs(); ; startMs = slow.monotonicMs()) {
      const next = pieces.next();
      sliceMs.push(slow.monotonicMs() - startMs);
      if (next.done === true) break;
      text += next.value;
    }
    expect(Math.max(...sliceMs)).toBeLessThan(8);
    expect(sliceMs.length).toBeGreaterThan(60);
    expect(text.split('\n')).toHaveLength(COUNT + 3);
    expect(text.endsWith('kafka_log_log_size{topic="events",partition="4999"} 4999\n')).toBe(true);
  });

  test('none holds more than a socket takes at once', () => {
    const still = new ManualClock(0);
    const pieces = [...prometheusPieces(manyValues(still, 0), still)];
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces) expect(piece.length).toBeLessThan(66_000);
  });
});
