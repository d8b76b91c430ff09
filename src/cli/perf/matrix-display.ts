/** Shows how a matrix goes: a bar on a terminal, a line for each row elsewhere. */
import type { MatrixRow } from '../../perf/matrix/csv';
import { progressLine } from '../../perf/matrix/progress-line';
import type { Progress } from '../../perf/measure/progress';
import { print } from '../output';

const REFRESH_MS = 250;
const DEFAULT_WIDTH = 80;
/** Back to the first column, and everything after it cleared. */
const CLEAR_LINE = '\r\u001b[K';

export class MatrixDisplay {
  readonly #startMs = performance.now();
  readonly #isTerminal = process.stderr.isTTY;
  readonly #timer: NodeJS.Timeout | undefined;
  #doneRows = 0;
  #rowStartMs = 0;
  #rowRecords = 0;
  #label = '';

  constructor(
    private readonly totalRows: number,
    private readonly recordsPerRow: number,
    private readonly printsRows: boolean,
  ) {
    if (this.#isTerminal) this.#timer = setInterval(() => this.#draw(), REFRESH_MS);
  }

  begin(label: string): void {
    this.#label = label;
    this.#rowRecords = 0;
    this.#rowStartMs = performance.now();
    this.#draw();
  }

  add(progress: Progress): void {
    this.#rowRecords += progress.records;
  }

  end(label: string, { figures }: MatrixRow): void {
    this.#doneRows += 1;
    this.#rowRecords = 0;
    if (!this.printsRows) return;
    this.#clear();
    print(
      `[${String(this.#doneRows)}/${String(this.totalRows)}] ${label}: ` +
        `${figures.recordsPerSecond.toFixed(1)} records/sec (${figures.mbPerSecond.toFixed(2)} MB/sec), ` +
        `${figures.averageMs.toFixed(2)} ms avg latency, ${figures.p99Ms.toFixed(2)} ms 99th.`,
    );
  }

  close(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #clear(): void {
    if (this.#isTerminal) process.stderr.write(CLEAR_LINE);
  }

  #draw(): void {
    if (!this.#isTerminal) return;
    const nowMs = performance.now();
    const line = progressLine(
      {
        doneRows: this.#doneRows,
        totalRows: this.totalRows,
        fraction: Math.min(1, this.#rowRecords / this.recordsPerRow),
        elapsedMs: nowMs - this.#startMs,
        recordsPerSecond: (this.#rowRecords * 1000) / Math.max(1, nowMs - this.#rowStartMs),
        label: this.#label,
      },
      (process.stderr.columns || DEFAULT_WIDTH) - 1,
    );
    process.stderr.write(`${CLEAR_LINE}${line}`);
  }
}
