/** The matrix as one HTML page that needs nothing else: two plots for each dimension, and all rows in a table. */
import { FIGURE_TITLES, figureCells, rowsOfSizes } from './csv';
import type { MatrixRow, Sizes } from './csv';
import { PAGE_SCRIPT } from './page-script';
import { PAGE_STYLE } from './page-style';
import { DIMENSIONS, alongDimension, isSamePoint } from './plan';
import type { Dimension, Point } from './plan';

export interface PageContent {
  /** Those with other sizes are left out. */
  readonly rows: readonly MatrixRow[];
  readonly baseline: Point;
  readonly sizes: Sizes;
  /** Where and when it was measured, in words. */
  readonly notes: readonly string[];
}

/** The plotting library as it stands in the page. */
export interface PlotLibrary {
  readonly script: string;
  readonly style: string;
}

const UNITS: Readonly<Partial<Record<Dimension, string>>> = { 'linger.ms': 'ms' };

export function matrixPage(content: PageContent, library: PlotLibrary): string {
  const rows = rowsOfSizes(content.rows, content.sizes);
  const plotted = plottedDimensions(rows, content.baseline);
  const data = JSON.stringify({ dimensions: plotted.map(plotData) });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Produce matrix</title>
<style>${library.style}</style>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>Produce matrix</h1>
${introduction(content)}
${plotted.map((dimension, index) => section(dimension, index, content.baseline)).join('\n')}
${table(rows, content.baseline)}
</main>
<script type="application/json" id="data">${data.replaceAll('<', '\\u003c')}</script>
<script>${library.script.replaceAll('</script', '<\\/script')}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

interface Plotted {
  readonly name: Dimension;
  readonly rows: readonly MatrixRow[];
}

/** Those of which more than one value was measured. */
function plottedDimensions(rows: readonly MatrixRow[], baseline: Point): Plotted[] {
  return DIMENSIONS.map((name) => ({ name, rows: alongDimension(rows, baseline, name) })).filter(
    ({ rows: along }) => along.length > 1,
  );
}

function plotData({ name, rows }: Plotted): object {
  const unit = UNITS[name] ?? '';
  return {
    name: name.replace('.ms', ''),
    unit,
    rows: rows.map(({ point, figures }) => ({ value: point[name], ...figures })),
  };
}

function introduction({ baseline, sizes, notes }: PageContent): string {
  const { records, recordBytes, batchBytes } = sizes;
  const each = `${records.toLocaleString('en')} records of ${recordBytes.toLocaleString('en')} bytes`;
  const batch = `<code>batch.size</code> ${batchBytes.toLocaleString('en')}`;
  return `<p>Each row writes ${each} to a topic of its own, ${batch}. In each plot one dimension varies and the others keep
their baseline: ${pointText(baseline, undefined)}.</p>
<p class="quiet">Latency counts from a record's send to its acknowledgement, and so includes the time it waits in the
producer: with no limit on the rate, the producer's memory is always full of records that wait.</p>
${notes.map((note) => `<p class="quiet">${escaped(note)}</p>`).join('\n')}`;
}

/** The values of all dimensions but `left`. */
function pointText(point: Point, left: Dimension | undefined): string {
  return DIMENSIONS.filter((dimension) => dimension !== left)
    .map((dimension) => `<code>${escaped(`${dimension}=${point[dimension]}`)}</code>`)
    .join(', ');
}

function section({ name }: Plotted, index: number, baseline: Point): string {
  const plot = (kind: string, title: string): string =>
    `<div class="plot"><h3>${title}</h3><div id="${kind}-${String(index)}"></div></div>`;
  return `<section>
<h2>${name}</h2>
<p class="quiet">with ${pointText(baseline, name)}</p>
<div class="pair">${plot('throughput', 'Throughput')}${plot('latency', 'Latency')}</div>
</section>`;
}

function table(rows: readonly MatrixRow[], baseline: Point): string {
  const head = [...DIMENSIONS, ...FIGURE_TITLES]
    .map((title) => `<th>${escaped(title)}</th>`)
    .join('');
  return `<section>
<h2>All rows</h2>
<p class="quiet">The baseline is in bold; elsewhere what differs from it is coloured.</p>
<div class="scroll"><table class="rows">
<thead><tr>${head}</tr></thead>
<tbody>
${rows.map((row) => tableRow(row, baseline)).join('\n')}
</tbody>
</table></div>
</section>`;
}

function tableRow(row: MatrixRow, baseline: Point): string {
  const isBaseline = isSamePoint(row.point, baseline);
  const values = DIMENSIONS.map((dimension) => {
    const isVaried = row.point[dimension] !== baseline[dimension];
    return `<td${isVaried ? ' class="varied"' : ''}>${escaped(row.point[dimension])}</td>`;
  });
  const cells = [...values, ...figureCells(row).map((cell) => `<td>${cell}</td>`)];
  return `<tr${isBaseline ? ' class="baseline"' : ''}>${cells.join('')}</tr>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
