/** `odradek znode`: looks into ZooKeeper, of any Kafka in ZooKeeper mode. What each verb does is loaded when it runs. */
import type { Command } from 'commander';

import { wholeNumber, withConfirmation, withOutput, withZooKeeperOptions } from '../arguments';
import type { ZooKeeperOptions } from '../arguments';
import type { OutputOptions } from '../output';
import type { DeleteOptions, SetOptions } from '../znode/change';
import type { GetOptions, TreeOptions } from '../znode/show';
import type { WatchOptions } from '../znode/watch/command';

const show = (): typeof import('../znode/show') =>
  require('../znode/show') as typeof import('../znode/show');
const change = (): typeof import('../znode/change') =>
  require('../znode/change') as typeof import('../znode/change');

export function define(command: Command): void {
  defineLooking(command);
  defineChanging(command);
}

function defineLooking(command: Command): void {
  withZooKeeperOptions(command.command('ls [path]'))
    .description('list the children of a znode')
    .action((path: string | undefined, options: ZooKeeperOptions) => show().ls(path, options));
  withZooKeeperOptions(command.command('get <path>'))
    .description('print what a znode holds: JSON laid out, times as dates, and who owns it')
    .option('--raw', 'print the bytes as they are, and nothing else', false)
    .action((path: string, options: GetOptions) => show().get(path, options));
  withZooKeeperOptions(command.command('tree [path]'))
    .description('print a znode and everything below it')
    .option('-d, --depth <count>', 'only so many levels below it', wholeNumber(0))
    .action((path: string | undefined, options: TreeOptions) => show().tree(path, options));
  withZooKeeperOptions(command.command('stat <path>'))
    .description('print when a znode was made and written, its versions, and who owns it')
    .action((path: string, options: ZooKeeperOptions) => show().stat(path, options));
  withZooKeeperOptions(command.command('watch [path]'))
    .description('tell what happens to a znode and its children, a sentence for each change')
    .option('-r, --recursive', 'and to everything below', false)
    .option('--time', 'begin each line with the time', false)
    .action(async (path: string | undefined, options: WatchOptions) => {
      await (require('../znode/watch/command') as typeof import('../znode/watch/command')).watch(
        path,
        options,
      );
    });
  withOutput(command.command('explain [path]'))
    .description('tell what a znode is for, who writes it, and what you may and must not do to it')
    .action((path: string | undefined, options: OutputOptions) =>
      (require('../znode/explain') as typeof import('../znode/explain')).explain(
        path ?? '/',
        options,
      ),
    );
}

function withVersion(command: Command): Command {
  return command.option(
    '--znode-version <number>',
    'only if the znode has this version',
    wholeNumber(0),
  );
}

function defineChanging(command: Command): void {
  withVersion(withConfirmation(withZooKeeperOptions(command.command('set <path> [value]'))))
    .description('write a znode, after showing what would change and asking')
    .option('--file <file>', 'take the value from a file, - for standard input')
    .option('--create', 'make the znode if it is missing', false)
    .action((path: string, value: string | undefined, options: SetOptions) =>
      change().set(path, value, options),
    );
  withVersion(withConfirmation(withZooKeeperOptions(command.command('delete <path>'))))
    .description('delete a znode, after showing what would go and asking')
    .option('-r, --recursive', 'with everything below it', false)
    .action((path: string, options: DeleteOptions) => change().remove(path, options));
}
