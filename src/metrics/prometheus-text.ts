/**
 * Writes metrics in the text format of Prometheus, version 0.0.4, which every scraper reads. The text comes in
 * pieces, each of them made in a few milliseconds, so that whoever sends them can let others have their turn.
 */
import type { Clock } from '../platform/ports';
import type { Metric, MetricsRegistry, Sample } from './registry';

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const MAX_PIECE_CHARACTERS = 64 * 1024;
/** How long one piece may take. */
const MAX_SLICE_MS = 4;
/** The clock is asked once in so many lines. */
const LINES_PER_LOOK = 32;

const SPECIAL = /[\\"\n]/;

const escapeHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
const escapeLabel = (text: string): string =>
  SPECIAL.test(text) ? escapeHelp(text).replace(/"/g, '\\"') : text;

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function labelText({ labelNames }: Metric, { labels, quantile }: Sample): string {
  let pairs = '';
  for (let i = 0; i < labels.length; i++) {
    const pair = `${labelNames[i] ?? ''}="${escapeLabel(labels[i] ?? '')}"`;
    pairs += pairs === '' ? pair : `,${pair}`;
  }
  if (quantile !== undefined) pairs += `${pairs === '' ? '' : ','}quantile="${quantile}"`;
  return pairs === '' ? '' : `{${pairs}}`;
}

function sampleLine(metric: Metric, sample: Sample): string {
  const labels = labelText(metric, sample);
  return `${metric.name}${sample.suffix ?? ''}${labels} ${numberText(sample.value)}\n`;
}

/** A metric without values is named all the same: that it exists is worth knowing. */
function heading({ name, help, kind }: Metric): string {
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n`;
}

function* lines(registry: MetricsRegistry, nowMs: number): Iterable<string> {
  for (const metric of registry.metrics) {
    yield heading(metric);
    for (const sample of metric.read(nowMs)) yield sampleLine(metric, sample);
  }
}

/** The whole text, in order; each piece is made when it is asked for. */
export function* prometheusPieces(
  registry: MetricsRegistry,
  clock: Pick<Clock, 'monotonicMs'>,
): Generator<string, void> {
  let sliceStartMs = clock.monotonicMs();
  let piece = '';
  let count = 0;
  for (const line of lines(registry, sliceStartMs)) {
    piece += line;
    const isFull =
      piece.length >= MAX_PIECE_CHARACTERS ||
      (++count % LINES_PER_LOOK === 0 && clock.monotonicMs() - sliceStartMs >= MAX_SLICE_MS);
    if (!isFull) continue;
    yield piece;
    piece = '';
    sliceStartMs = clock.monotonicMs();
  }
  if (piece !== '') yield piece;
}
