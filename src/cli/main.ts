/**
 * The `odradek` command. Only the file of the command that was asked for is loaded, and each loads what it
 * needs when it runs, so that `--help` answers at once.
 */
import { Command } from 'commander';

import { describeFailure } from './failure';
import { beMortalAsFirstProcess } from './signals';

/** Adds arguments, options and action to a command. */
export interface CommandModule {
  define(command: Command): void;
}

interface CommandEntry {
  readonly summary: string;
  readonly load: () => CommandModule;
}

// `require`, not `import()`: dynamic imports of CommonJS output are resolved as ES modules, slower.
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  up: {
    summary: 'start a cluster on this machine, with an embedded ZooKeeper or a real one',
    load: () => require('./commands/up') as typeof import('./commands/up'),
  },
  broker: {
    summary: 'run one broker from a Kafka properties file, or from the environment of a container',
    load: () => require('./commands/broker') as typeof import('./commands/broker'),
  },
  zookeeper: {
    summary: 'run the embedded ZooKeeper server (one node, for development and tests)',
    load: () => require('./commands/zookeeper') as typeof import('./commands/zookeeper'),
  },
  topic: {
    summary: 'create, list, describe and delete topics',
    load: () => require('./commands/topic') as typeof import('./commands/topic'),
  },
  produce: {
    summary: 'write records to a topic, from arguments or from standard input',
    load: () => require('./commands/produce') as typeof import('./commands/produce'),
  },
  consume: {
    summary: 'read records of a topic',
    load: () => require('./commands/consume') as typeof import('./commands/consume'),
  },
  group: {
    summary: 'list and describe consumer groups',
    load: () => require('./commands/group') as typeof import('./commands/group'),
  },
  znode: {
    summary: 'look into ZooKeeper',
    load: () => require('./commands/znode') as typeof import('./commands/znode'),
  },
  perf: {
    summary: 'measure a cluster, of Odradek or of Apache Kafka',
    load: () => require('./commands/perf') as typeof import('./commands/perf'),
  },
};

function version(): string {
  const { version: text } = require('../../package.json') as { version: string };
  return text;
}

function programFor(requested: string | undefined): Command {
  const program = new Command('odradek')
    .description('A Kafka-compatible broker cluster coordinated by ZooKeeper.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(add --help for what is possible)');
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary);
    if (name === requested) load().define(command);
  }
  return program;
}

/** Runs the command line `argv` (with node and script in front). A failure is told on standard error and ends the process with 1. */
export async function main(argv: readonly string[]): Promise<void> {
  const words = argv.slice(2).filter((word) => !word.startsWith('-'));
  const requested = words[0] === 'help' ? words[1] : words[0];
  beMortalAsFirstProcess();
  try {
    await programFor(requested).parseAsync([...argv]);
  } catch (error) {
    // Not left to the event loop: what failed halfway may hold it for long.
    process.stderr.write(`${describeFailure(error)}\n`, () => process.exit(1));
  }
}
