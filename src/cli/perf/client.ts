/** `odradek perf client`: one of several clients of a measurement, started and told what to do by the command. */
import type { RunningLoad } from '../../perf/measure/load';
import { nodePlatform } from '../../platform/node';
import { OperatorError, describeFailure } from '../failure';
import { starterOf } from './client-process';
import type { FromClient, LoadKind, Loads, ToClient } from './client-process';

function tell(message: FromClient): void {
  if (process.connected) process.send?.(message);
}

function begin<K extends LoadKind>(kind: K, job: Loads[K]['job']): RunningLoad<unknown> {
  const load = starterOf(kind)(nodePlatform(), job, (progress) =>
    tell({ kind: 'progress', progress }),
  );
  void load.ready.then(() => tell({ kind: 'ready' }));
  load.result.then(
    (result) => tell({ kind: 'result', result }),
    (error: unknown) =>
      tell({ kind: 'failure', message: describeFailure(error).replace(/^odradek: /, '') }),
  );
  return load;
}

/** Serves until the process that started it ends or hangs up. */
export async function run(): Promise<void> {
  if (!process.connected)
    throw new OperatorError('perf client is started by other commands of odradek perf');
  // A terminal's Ctrl-C reaches all processes: the command that started this one decides.
  process.on('SIGINT', () => undefined);
  let load: RunningLoad<unknown> | undefined;
  process.on('message', (message: ToClient) => {
    if (message.kind === 'go') load?.go();
    else if (message.kind === 'stop') load?.stop();
    else load = begin(message.kind, message.job);
  });
  await new Promise((resolve) => process.once('disconnect', resolve));
  process.exit();
}
