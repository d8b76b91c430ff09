/** The CSV file that grows with each row, and the page made of it. */
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { HEADER_LINE, parseCsv, rowLine } from '../../perf/matrix/csv';
import type { MatrixRow } from '../../perf/matrix/csv';
import { matrixPage } from '../../perf/matrix/page';
import type { PageContent, PlotLibrary } from '../../perf/matrix/page';
import { OperatorError } from '../failure';

export interface MatrixPaths {
  readonly csv: string;
  readonly html: string;
  readonly resume: boolean;
}

/** uPlot as it is published, to stand in the page: the page loads nothing. */
function plotLibrary(): PlotLibrary {
  const folder = join(dirname(require.resolve('uplot/package.json')), 'dist');
  return {
    script: readFileSync(join(folder, 'uPlot.iife.min.js'), 'utf8'),
    style: readFileSync(join(folder, 'uPlot.min.css'), 'utf8'),
  };
}

function orTold<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`${path} cannot be used: ${why}`);
  }
}

export class MatrixFiles {
  private constructor(
    private readonly paths: MatrixPaths,
    readonly rows: MatrixRow[],
  ) {}

  /** Begins a file, or reads one to go on with; refuses to write over one. */
  static open(paths: MatrixPaths): MatrixFiles {
    const { csv, resume } = paths;
    return orTold(csv, () => {
      const text = existsSync(csv) ? readFileSync(csv, 'utf8') : '';
      if (text !== '' && !resume)
        throw new OperatorError('it exists; --resume goes on with it, --csv names another');
      const rows = parseCsv(text);
      if (rows.length === 0) writeFileSync(csv, HEADER_LINE);
      // The rest of a row whose writing was cut short.
      else truncateSync(csv, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
      return new MatrixFiles(paths, rows);
    });
  }

  append(row: MatrixRow): void {
    orTold(this.paths.csv, () => appendFileSync(this.paths.csv, rowLine(row)));
    this.rows.push(row);
  }

  writePage(content: Omit<PageContent, 'rows'>): void {
    const { html } = this.paths;
    const page = matrixPage({ ...content, rows: this.rows }, plotLibrary());
    orTold(html, () => writeFileSync(html, page));
  }
}
