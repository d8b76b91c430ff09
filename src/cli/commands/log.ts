/** `odradek log`: looks into log directories, ours and Kafka's, of brokers that run or do not; read only. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { withOutput } from '../arguments';
import type { DumpCommandOptions } from '../log/dump';
import { BYTES_FORMATS } from '../log/dump-text';
import type { OutputOptions } from '../output';

const PATHS_OF_DUMP = 'files, folders of logs, or log directories';
const PATHS_OF_VERIFY = 'log directories, folders of logs, or files in them';

export function define(command: Command): void {
  withOutput(command.command('dump'))
    .description('print what segments, indexes, snapshots and checkpoints hold')
    .argument('<path...>', PATHS_OF_DUMP)
    .option('--records', 'print the records of batches too', false)
    .addOption(
      new Option('--bytes <format>', 'how to print keys, values and headers')
        .choices(BYTES_FORMATS)
        .default('text'),
    )
    .option('--offsets-decoder', 'print the records of __consumer_offsets decoded', false)
    .action(dump);
  withOutput(command.command('verify'))
    .description('find what is damaged, and tell what a start of the broker does about it')
    .argument('<path...>', PATHS_OF_VERIFY)
    .action(verify);
}

async function dump(paths: readonly string[], options: DumpCommandOptions): Promise<void> {
  const { dumpPaths } = require('../log/dump') as typeof import('../log/dump');
  await dumpPaths(paths, options);
}

async function verify(paths: readonly string[], options: OutputOptions): Promise<void> {
  const { verifyPaths } = require('../log/verify') as typeof import('../log/verify');
  await verifyPaths(paths, options);
}
