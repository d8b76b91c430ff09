/** The names and labels of the catalogue are what the usual rules make of Kafka's beans. */
import { METRICS, METRIC_GROUPS } from '../../src/metrics/catalogue';
import type { MetricKind } from '../../src/metrics/metric-spec';
import { exportedAs } from '../builders/jmx-rules';

/** The attribute of a bean that the rules read, by what it is shown as. */
const ATTRIBUTES: Readonly<Record<MetricKind, string>> = {
  counter: 'Count',
  gauge: 'Value',
  summary: '99thPercentile',
};

const ofBeans = Object.entries(METRICS).flatMap(([name, { bean, kind, labelNames }]) =>
  bean === undefined ? [] : [{ name, bean, kind, labelNames }],
);

test.each(ofBeans)('$bean is exported as $name', ({ name, bean, kind, labelNames }) => {
  const exported = exportedAs({ bean: bean.replaceAll('*', 'x'), attribute: ATTRIBUTES[kind] });
  const labels = kind === 'summary' ? [...labelNames, 'quantile'] : labelNames;
  expect(exported).toEqual({ name, labels });
});

test('a bean is in the catalogue once', () => {
  expect(new Set(ofBeans.map(({ bean }) => bean)).size).toBe(ofBeans.length);
});

test.each(Object.entries(METRICS).map(([name, spec]) => ({ name, ...spec })))(
  '$name is spelled and explained as others expect it',
  ({ name, kind, help, bean }) => {
    expect(name).toMatch(/^(kafka|odradek|process|nodejs)_[a-z0-9_]+$/);
    expect(kind === 'counter').toBe(name.endsWith('_total'));
    expect(help).toMatch(/^[A-Z0-9].*\.$/);
    expect(name.startsWith('odradek_') && bean !== undefined).toBe(false);
  },
);

test('every metric is of one subject', () => {
  const names = METRIC_GROUPS.flatMap(({ metrics }) => Object.keys(metrics));
  expect(names.sort()).toEqual(Object.keys(METRICS).sort());
});
