/**
 * Worker processes with small heaps, each with one run at a time. A run that hangs or takes its process down is the
 * failure of its seed and of no other: a new process takes over.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { Plan } from '../plan';
import type { Job, WorkerMessage } from './messages';
import type { Outcome } from './simulation';

export interface PoolOptions {
  /** The bundle that every process runs. */
  readonly script: string;
  readonly size: number;
  /** Real time after which a run counts as hanging. */
  readonly limitMs: number;
}

const HEAP_MIB = 512;
/** What the runs of a process leave behind must not take one of the next down. */
const RUNS_PER_PROCESS = 200;
/** Lines of a failing run's trace that are kept. */
const TRACE_LINES = 60;
/** How much of what a process said on its way down is kept. */
const LAST_WORDS = 4000;

interface Waiting {
  readonly job: Job;
  readonly settle: (outcome: Outcome) => void;
}

export class WorkerPool {
  readonly #waiting: Waiting[] = [];
  readonly #idle: Worker[] = [];
  readonly #workers = new Set<Worker>();
  #isClosed = false;

  constructor(private readonly options: PoolOptions) {}

  get size(): number {
    return this.options.size;
  }

  /** Never rejects. Jobs begin in the order in which they come. */
  run(job: Job): Promise<Outcome> {
    return new Promise((settle) => {
      this.#waiting.push({ job, settle });
      this.#dispatch();
    });
  }

  /** Ends all processes; what still waits is never answered. */
  close(): void {
    this.#isClosed = true;
    for (const worker of this.#workers) worker.end();
    this.#workers.clear();
  }

  #dispatch(): void {
    if (this.#isClosed || this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? this.#grown();
    const next = worker && this.#waiting.shift();
    if (!next) return;
    void worker.run(next.job).then((outcome) => {
      if (worker.isFresh && !this.#isClosed) this.#idle.push(worker);
      else {
        worker.end();
        this.#workers.delete(worker);
      }
      next.settle(outcome);
      this.#dispatch();
    });
  }

  #grown(): Worker | undefined {
    if (this.#workers.size >= this.options.size) return undefined;
    const worker = new Worker(this.options);
    this.#workers.add(worker);
    return worker;
  }
}

class Worker {
  readonly #child: ChildProcess;
  #lastWords = '';
  #runs = 0;
  #isGone = false;

  constructor(private readonly options: PoolOptions) {
    this.#child = fork(options.script, [], {
      execArgv: [
        '--enable-source-maps',
        `--max-old-space-size=${String(HEAP_MIB)}`,
        // There is a worker for each core: threads that help one with its garbage are taken from another.
        '--single-threaded-gc',
        '--stack-trace-limit=6',
      ],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#lastWords = (this.#lastWords + bytes.toString()).slice(-LAST_WORDS);
    });
    this.#child.once('exit', () => {
      this.#isGone = true;
    });
  }

  get isFresh(): boolean {
    return !this.#isGone && this.#runs < RUNS_PER_PROCESS;
  }

  run(job: Job): Promise<Outcome> {
    const child = this.#child;
    this.#runs += 1;
    this.#lastWords = '';
    return new Promise((resolve) => {
      let plan: Plan | undefined;
      const settle = (end: Partial<Outcome>): void => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('close', onClose);
        const { seed, overrides } = job;
        const nothing = { result: undefined, failure: undefined, cpuMs: 0 };
        resolve({ seed, overrides, plan, ...nothing, ...end });
      };
      const fail = (invariant: string, message: string): void =>
        settle({ failure: { invariant, message, lastLines: [] } });
      const onMessage = (message: WorkerMessage): void => {
        if (message.kind === 'planned') plan = message.plan;
        else if (message.kind === 'finished') settle(finished(message));
        else {
          this.#isGone = true;
          settle({ failure: message.failure });
        }
      };
      const onClose = (code: number | null, signal: NodeJS.Signals | null): void =>
        fail('processDied', `${String(signal ?? code)}\n${this.#lastWords.trim()}`);
      const timer = setTimeout(() => {
        this.#isGone = true;
        child.kill('SIGKILL');
        fail('hang', `not done after ${String(this.options.limitMs / 1000)} s of real time`);
      }, this.options.limitMs);
      child.on('message', onMessage);
      child.once('close', onClose);
      child.send(job);
    });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

function finished({
  result,
  cpuMs,
}: Extract<WorkerMessage, { kind: 'finished' }>): Partial<Outcome> {
  const { violation, lastLines } = result;
  return {
    result: { ...result, lastLines: [] },
    cpuMs,
    failure: violation && { ...violation, lastLines: lastLines.slice(-TRACE_LINES) },
  };
}
