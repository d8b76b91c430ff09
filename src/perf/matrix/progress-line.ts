/** How far a matrix is, in one line of a terminal. */

export interface MatrixProgress {
  /** Of those that this run measures. */
  readonly doneRows: number;
  readonly totalRows: number;
  /** Of the row under way, 0 to 1. */
  readonly fraction: number;
  readonly elapsedMs: number;
  readonly recordsPerSecond: number;
  /** What the row under way measures. */
  readonly label: string;
}

const BAR_WIDTH = 24;

/** What is left at the speed so far; `undefined` before anything is done. */
export function etaMs(
  progress: Omit<MatrixProgress, 'label' | 'recordsPerSecond'>,
): number | undefined {
  const done = progress.doneRows + progress.fraction;
  if (done <= 0) return undefined;
  return (progress.elapsedMs / done) * Math.max(0, progress.totalRows - done);
}

/** As `0:07`, `12:34` or `1:02:03`; rounded up, so that 0:00 is the end. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  if (hours === 0) return `${String(minutes)}:${tail}`;
  return `${String(hours)}:${String(minutes).padStart(2, '0')}:${tail}`;
}

/** At most `width` characters. */
export function progressLine(progress: MatrixProgress, width: number): string {
  const { doneRows, totalRows, fraction, recordsPerSecond, label } = progress;
  const filled = Math.floor(((doneRows + fraction) / Math.max(1, totalRows)) * BAR_WIDTH);
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '-');
  const left = etaMs(progress);
  const eta = left === undefined ? '-:--' : durationText(left);
  const rate = `${recordsPerSecond.toFixed(0)} records/s`;
  const rows = `row ${String(Math.min(doneRows + 1, totalRows))}/${String(totalRows)}`;
  return `[${bar}] ${rows}  ETA ${eta}  ${rate}  ${label}`.slice(0, width);
}
