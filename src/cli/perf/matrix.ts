/** `odradek perf matrix`: one measurement after another, each kept as soon as it is made. */
import { cpus, totalmem } from 'node:os';

import type { GivenSettings } from '../../perf/client/settings';
import { leftToMeasure } from '../../perf/matrix/csv';
import type { Sizes } from '../../perf/matrix/csv';
import { DIMENSIONS, baselineOf, planFull, planVaried } from '../../perf/matrix/plan';
import type { Point, Values } from '../../perf/matrix/plan';
import type { ProduceFigures } from '../../perf/measure/produce-figures';
import type { Progress } from '../../perf/measure/progress';
import type { ClientOptions } from '../arguments';
import { OperatorError } from '../failure';
import { printValue } from '../output';
import { interruptible } from './interruptible';
import { MatrixDisplay } from './matrix-display';
import { MatrixFiles } from './matrix-files';
import { MatrixRowRun } from './matrix-row';
import { withView } from './topic';

export interface MatrixOptions extends ClientOptions {
  readonly numRecords: number;
  readonly warmupRecords?: number;
  readonly recordSize: number;
  readonly batchSize: number;
  readonly throughput: number;
  readonly threads: readonly string[];
  readonly acks: readonly string[];
  readonly linger: readonly string[];
  /** 1 to 3, as far as there are brokers, if not given. */
  readonly replicas?: readonly string[];
  readonly compression: readonly string[];
  readonly partitions: readonly string[];
  readonly full: boolean;
  readonly csv: string;
  readonly html: string;
  readonly resume: boolean;
  readonly set?: GivenSettings;
}

const DEFAULT_REPLICAS = ['1', '2', '3'];
const DEFAULT_WARMUP_SHARE = 0.1;
/** Of a row's records: how many the run before the first row writes. */
const WARMUP_RUN_SHARE = 0.2;

async function countBrokers(options: MatrixOptions): Promise<number> {
  return withView(options, async (view) => {
    await view.controller();
    return view.brokerIds.length;
  });
}

function valuesOf(options: MatrixOptions, brokers: number): Values {
  const tooMany = options.replicas?.find((count) => Number(count) > brokers);
  if (tooMany !== undefined)
    throw new OperatorError(
      `${tooMany} replicas need as many brokers; there are ${String(brokers)}`,
    );
  return {
    threads: options.threads,
    acks: options.acks,
    'linger.ms': options.linger,
    replicas: options.replicas ?? DEFAULT_REPLICAS.slice(0, brokers),
    compression: options.compression,
    partitions: options.partitions,
  };
}

function notesOf(options: MatrixOptions, brokers: number): string[] {
  const cores = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  return [
    `${String(brokers)} broker(s) at ${options.bootstrapServer}.`,
    `Measured from a machine with ${String(cores.length)} cores (${cores[0]?.model ?? 'unknown'}) and ${gib} GiB, Node ${process.version}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
  ];
}

function textOf(point: Point): string {
  return DIMENSIONS.map((dimension) => `${dimension}=${point[dimension]}`).join(' ');
}

/** For the bar, where room is scarce: what differs from the baseline. */
function labelOf(point: Point, baseline: Point): string {
  const varied = DIMENSIONS.filter((dimension) => point[dimension] !== baseline[dimension]);
  return varied.length === 0
    ? 'baseline'
    : varied.map((dimension) => `${dimension}=${point[dimension]}`).join(' ');
}

/** Measures `points` until they are done or it is stopped; gives what it has through `files`. */
class MatrixRun {
  #isStopped = false;
  #current: MatrixRowRun | undefined;

  constructor(
    private readonly options: MatrixOptions,
    private readonly sizes: Sizes,
    private readonly baseline: Point,
    private readonly files: MatrixFiles,
  ) {}

  stop(): void {
    this.#isStopped = true;
    this.#current?.stop();
  }

  async run(points: readonly Point[]): Promise<void> {
    const display = new MatrixDisplay(
      points.length,
      this.sizes.records,
      this.options.output === 'table',
    );
    try {
      if (points.length > 0) await this.#warmUp(display);
      for (const point of points) {
        if (this.#isStopped) return;
        display.begin(labelOf(point, this.baseline));
        const figures = await this.#measure(point, this.sizes, (more) => display.add(more));
        if (this.#isStopped) return;
        const row = { point, sizes: this.sizes, figures };
        this.files.append(row);
        display.end(textOf(point), row);
      }
    } finally {
      display.close();
    }
  }

  /** Brokers that have just started are slow at first: without this the baseline, the first row, would bear it. */
  async #warmUp(display: MatrixDisplay): Promise<void> {
    const records = Math.ceil(this.sizes.records * WARMUP_RUN_SHARE);
    display.begin('warm-up');
    await this.#measure(this.baseline, { ...this.sizes, records }, () => undefined);
  }

  /** Half a row is none: what was measured until a stop is not to be kept. */
  #measure(
    point: Point,
    sizes: Sizes,
    onProgress: (progress: Progress) => void,
  ): Promise<ProduceFigures> {
    const { bootstrapServer, throughput, set = {}, warmupRecords } = this.options;
    const run = new MatrixRowRun({
      ...{ bootstrapServer, throughput, set, sizes, point },
      warmupRecords: warmupRecords ?? Math.floor(sizes.records * DEFAULT_WARMUP_SHARE),
    });
    this.#current = run;
    return run.measure(onProgress);
  }
}

export async function run(options: MatrixOptions): Promise<void> {
  const { numRecords, recordSize, batchSize } = options;
  if ((options.warmupRecords ?? 0) >= numRecords)
    throw new OperatorError('--warmup-records must be less than --num-records');
  const sizes = { recordBytes: recordSize, batchBytes: batchSize, records: numRecords };
  const files = MatrixFiles.open(options);
  const brokers = await countBrokers(options);
  const values = valuesOf(options, brokers);
  const plan = options.full ? planFull(values) : planVaried(values);
  const baseline = baselineOf(values);
  const matrix = new MatrixRun(options, sizes, baseline, files);
  try {
    await interruptible(
      () => matrix.stop(),
      () => matrix.run(leftToMeasure(plan, files.rows, sizes)),
    );
  } finally {
    files.writePage({ baseline, sizes, notes: notesOf(options, brokers) });
  }
  printValue(
    files.rows,
    options,
    () => `${String(files.rows.length)} row(s) in ${options.csv}, plots in ${options.html}`,
  );
}
