/** A worker process: runs the seeds that it is told to, one after the other, and says how each ended. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { RunResult } from '../plan';
import type { Job, WorkerMessage } from './messages';
import type { Simulation } from './simulation';

const FLUSH_LINES = 1000;
const TERMINAL = 1;

export function serve(simulation: Simulation): void {
  process.on('message', (job: Job) => {
    runJob(simulation, job).catch((error: unknown) => fail('crash', error));
  });
  process.on('unhandledRejection', (error) => fail('unhandledRejection', error));
  process.on('uncaughtException', (error) => fail('uncaughtException', error));
}

async function runJob(simulation: Simulation, { seed, overrides, trace }: Job): Promise<void> {
  const plan = simulation.planOf(seed, overrides);
  tell({ kind: 'planned', plan });
  const before = process.cpuUsage();
  const result = await traced(trace, (sink) =>
    simulation.runPlan(plan, sink === undefined ? {} : { sink }),
  );
  const { user, system } = process.cpuUsage(before);
  tell({ kind: 'finished', result, cpuMs: (user + system) / 1000 });
}

async function traced(
  target: string | undefined,
  run: (sink?: (line: string) => void) => Promise<RunResult>,
): Promise<RunResult> {
  if (target === undefined) return run();
  const file = target === '-' ? TERMINAL : openSync(target, 'w');
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) writeAll(file, `${lines.join('\n')}\n`);
    lines = [];
  };
  // What is left of a run that crashes is what one wants to read.
  process.once('exit', flush);
  try {
    return await run((line) => {
      if (lines.push(line) >= FLUSH_LINES) flush();
    });
  } finally {
    flush();
    process.off('exit', flush);
    if (file !== TERMINAL) closeSync(file);
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function fail(invariant: string, error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tell({ kind: 'failed', failure: { invariant, message, lastLines: [] } }, () => process.exit(1));
}

function tell(message: WorkerMessage, done?: () => void): void {
  process.send?.(message, undefined, undefined, done);
}
