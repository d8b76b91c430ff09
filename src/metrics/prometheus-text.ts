/** Writes metrics in the text format of Prometheus, version 0.0.4, which every scraper reads. */
import type { Metric, MetricsRegistry, Sample } from './registry';

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const escapeHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replace(/"/g, '\\"');

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function sampleLine({ name, labelNames = [] }: Metric, { labels, value }: Sample): string {
  const pairs = labelNames.map((label, i) => `${label}="${escapeLabel(labels[i] ?? '')}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${numberText(value)}\n`;
}

/** A metric without values is named all the same: that it exists is worth knowing. */
function metricText(metric: Metric): string {
  const { name, help, kind } = metric;
  const samples = Array.from(metric.read(), (sample) => sampleLine(metric, sample));
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n${samples.join('')}`;
}

export function prometheusText(registry: MetricsRegistry): string {
  return Array.from(registry.metrics, metricText).join('');
}
