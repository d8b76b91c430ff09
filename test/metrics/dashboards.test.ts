/** The dashboards and alerts of docker/ speak of metrics that a broker has, and of labels that they have. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { METRICS } from '../../src/metrics/catalogue';
import { QUANTILES } from '../../src/metrics/histogram';
import type { MetricSpec } from '../../src/metrics/metric-spec';

const DOCKER = join(__dirname, '..', '..', 'docker');
const DASHBOARDS = join(DOCKER, 'grafana', 'dashboards');

/** Made by Prometheus itself. */
const OF_PROMETHEUS: Readonly<Record<string, readonly string[]>> = { up: [] };
/** Added by Prometheus to whatever it scrapes. */
const LABELS_OF_TARGETS = ['job', 'instance'];

interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
  /** Of a summary. */
  readonly quantiles: readonly string[];
}

const KEYWORDS = /^(by|without|on|ignoring|group_left|group_right|and|or|unless|bool|offset)$/;

/** Metrics with the labels they are selected by. Names before `(` are functions, names in `by (…)` are labels. */
function selectorsOf(expression: string): Selector[] {
  const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
  const plain = expression.replaceAll(grouping, ' ');
  const selector = /\b([a-zA-Z_:][\w:]*)(?!\w)\s*(\(|\{[^}]*\})?/g;
  const withoutText = plain.replaceAll(/\[[^\]]*\]/g, ' ');
  return [...withoutText.matchAll(selector)].flatMap(([, metric = '', rest = '']) => {
    if (rest === '(' || KEYWORDS.test(metric)) return [];
    const labels = [...rest.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"[^"]*"/g)];
    const quantiles = [...rest.matchAll(/quantile="([^"]*)"/g)].map(
      ([, quantile = '']) => quantile,
    );
    return [{ metric, labels: labels.map(([, label = '']) => label), quantiles }];
  });
}

function groupedBy(expression: string): string[] {
  return [...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: { readonly query: string } }[] };
}

interface Written {
  readonly where: string;
  readonly expression: string;
  /** As shown beside a line. */
  readonly legend: string;
}

function written(): Written[] {
  const alerts = readFileSync(join(DOCKER, 'prometheus', 'alerts.yml'), 'utf8');
  const ofAlerts = [...alerts.matchAll(/alert: (\w+)\n\s+expr: (.+)\n/g)].map(
    ([, where = '', expression = '']) => ({ where, expression, legend: '' }),
  );
  const ofDashboards = readdirSync(DASHBOARDS).flatMap((file) => {
    const dashboard = JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8')) as Dashboard;
    const ofPanels = dashboard.panels.flatMap(({ title, targets }) =>
      targets.map(({ expr, legendFormat }) => ({
        where: `${file}: ${title}`,
        expression: expr,
        legend: legendFormat,
      })),
    );
    const ofVariables = dashboard.templating.list.map(({ query: { query } }) => {
      const [, expression = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
      return { where: `${file}: variable`, expression, legend: `{{${label}}}` };
    });
    return [...ofPanels, ...ofVariables];
  });
  return [...ofAlerts, ...ofDashboards];
}

const SPECS: Readonly<Record<string, MetricSpec>> = METRICS;

/** `undefined` for a metric that no broker has. A summary is shown as quantiles, sum and count. */
function labelsOf(metric: string): readonly string[] | undefined {
  const ofSummary = SPECS[metric.replace(/_(sum|count)$/, '')];
  const spec = SPECS[metric] ?? (ofSummary?.kind === 'summary' ? ofSummary : undefined);
  if (!spec) return OF_PROMETHEUS[metric] && [...LABELS_OF_TARGETS];
  const quantile = spec.kind === 'summary' && SPECS[metric] === spec ? ['quantile'] : [];
  return [...spec.labelNames, ...quantile, ...LABELS_OF_TARGETS];
}

test.each`
  expression                                          | selectors
  ${'up == 0'}                                        | ${[{ metric: 'up', labels: [], quantiles: [] }]}
  ${'sum by (topic) (rate(a_total{b="x"}[5m])) > 10'} | ${[{ metric: 'a_total', labels: ['b'], quantiles: [] }]}
  ${'a{x=~"$y",z!=""} and on (i) b'}                  | ${[{ metric: 'a', labels: ['x', 'z'], quantiles: [] }, { metric: 'b', labels: [], quantiles: [] }]}
  ${'a{quantile="0.5"}'}                              | ${[{ metric: 'a', labels: ['quantile'], quantiles: ['0.5'] }]}
`('$expression: its metrics are found', ({ expression, selectors }) => {
  expect(selectorsOf(expression)).toEqual(selectors);
});

describe.each(written())('$where', ({ expression, legend }) => {
  const selectors = selectorsOf(expression);

  test('speaks of metrics that a broker has', () => {
    expect(selectors.length).toBeGreaterThan(0);
    for (const { metric } of selectors) expect([metric, labelsOf(metric)]).not.toContain(undefined);
  });

  test('speaks of labels that they have', () => {
    const known = selectors.flatMap(({ metric }) => labelsOf(metric) ?? []);
    const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    for (const { metric, labels, quantiles } of selectors) {
      expect(labelsOf(metric)).toEqual(expect.arrayContaining([...labels]));
      expect(QUANTILES).toEqual(expect.arrayContaining([...quantiles]));
    }
    expect(known).toEqual(expect.arrayContaining([...groupedBy(expression), ...shown]));
  });
});

test('every alert is read', () => {
  const alerts = readFileSync(join(DOCKER, 'prometheus', 'alerts.yml'), 'utf8');
  const count = alerts.split('- alert:').length - 1;
  const read = written().filter(({ where }) => where.startsWith('Odradek'));
  expect(read).toHaveLength(count);
});
