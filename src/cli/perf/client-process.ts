/**
 * Load from one client in this process, or from several, each in a process of its own: one event loop fills one
 * core. The processes are `odradek perf client`, which takes its job over the channel between them.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

import { deferred } from '../../base/deferred';
import type { ConsumeJob, ConsumeResult } from '../../perf/measure/consume-load';
import type { RunningLoad, StartLoad } from '../../perf/measure/load';
import type { ProduceResult } from '../../perf/measure/produce-figures';
import type { ProduceJob } from '../../perf/measure/produce-load';
import type { Progress } from '../../perf/measure/progress';
import { PerfError } from '../../perf/perf-error';
import { nodePlatform } from '../../platform/node';

/** What clients can be told to do. */
export interface Loads {
  produce: { job: ProduceJob; result: ProduceResult };
  consume: { job: ConsumeJob; result: ConsumeResult };
}
export type LoadKind = keyof Loads;

export type ToClient =
  | { readonly kind: LoadKind; readonly job: Loads[LoadKind]['job'] }
  | { readonly kind: 'go' }
  | { readonly kind: 'stop' };

export type FromClient =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'result'; readonly result: Loads[LoadKind]['result'] }
  | { readonly kind: 'failure'; readonly message: string };

/** Modules are loaded when a load starts: `--help` needs none of them. */
export function starterOf<K extends LoadKind>(
  kind: K,
): StartLoad<Loads[K]['job'], Loads[K]['result']> {
  const starters: { [L in LoadKind]: () => StartLoad<Loads[L]['job'], Loads[L]['result']> } = {
    produce: () =>
      (
        require('../../perf/measure/produce-load') as typeof import('../../perf/measure/produce-load')
      ).startProduce,
    consume: () =>
      (
        require('../../perf/measure/consume-load') as typeof import('../../perf/measure/consume-load')
      ).startConsume,
  };
  return starters[kind]();
}

/** What several clients are together. */
export type RunningClients<R> = Omit<RunningLoad<readonly R[]>, 'ready' | 'go'>;

/** Starts one client for each job; all begin together. Fails as the first of them that fails, and then stops the others. */
export function startClients<K extends LoadKind>(
  kind: K,
  jobs: readonly Loads[K]['job'][],
  onProgress: (progress: Progress) => void,
): RunningClients<Loads[K]['result']> {
  const [first] = jobs;
  const running =
    jobs.length === 1 && first !== undefined
      ? [starterOf(kind)(nodePlatform(), first, onProgress)]
      : jobs.map((job) => startProcess(kind, job, onProgress));
  const stop = (): void => {
    for (const load of running) load.stop();
  };
  const begin = async (): Promise<void> => {
    await Promise.all(running.map((load) => load.ready));
    for (const load of running) load.go();
  };
  // A client that fails before it is ready says why through its result.
  void begin();
  const result = Promise.all(running.map((load) => load.result)).catch(async (error: unknown) => {
    stop();
    await Promise.allSettled(running.map((load) => load.result));
    throw error;
  });
  return { stop, result };
}

function startProcess<K extends LoadKind>(
  kind: K,
  job: Loads[K]['job'],
  onProgress: (progress: Progress) => void,
): RunningLoad<Loads[K]['result']> {
  // The launcher that this process was started with, wherever it lies.
  const child = fork(process.argv[1] ?? '', ['perf', 'client'], { serialization: 'advanced' });
  const done = deferred<Loads[K]['result']>();
  const ready = deferred();
  child.on('message', (message: FromClient) => {
    if (message.kind === 'ready') ready.resolve();
    else if (message.kind === 'progress') onProgress(message.progress);
    else if (message.kind === 'result') done.resolve(message.result);
    else done.reject(new PerfError(message.message));
  });
  child.once('error', (error) => done.reject(error));
  child.once('exit', (code, signal) =>
    done.reject(
      new PerfError(`a client process ended early (${signal ?? `code ${String(code)}`})`),
    ),
  );
  tell(child, { kind, job });
  return {
    ready: ready.promise,
    go: () => tell(child, { kind: 'go' }),
    stop: () => tell(child, { kind: 'stop' }),
    result: done.promise.finally(() => {
      if (child.connected) child.disconnect();
    }),
  };
}

function tell(child: ChildProcess, message: ToClient): void {
  // A client that has ended needs no message: its end was told by 'exit'.
  if (child.connected) child.send(message, () => undefined);
}
