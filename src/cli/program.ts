/**
 * The tree of commands. Only the file of the command that was asked for is loaded, and each loads what it needs
 * when it runs, so that `--help` answers at once.
 */
import { Command } from 'commander';

/** Adds arguments, options and action to a command. `wholeProgram` is for what tells of all commands. */
export interface CommandModule {
  define(command: Command, wholeProgram: () => Command): void;
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
  health: {
    summary: 'ask a broker whether it is ready; the exit code says it',
    load: () => require('./commands/health') as typeof import('./commands/health'),
  },
  zookeeper: {
    summary: 'run the embedded ZooKeeper server (one node, for development and tests)',
    load: () => require('./commands/zookeeper') as typeof import('./commands/zookeeper'),
  },
  topic: {
    summary: 'create, describe, alter, move and delete topics',
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
    summary: 'consumer groups: members, offsets, lag, reset and delete',
    load: () => require('./commands/group') as typeof import('./commands/group'),
  },
  config: {
    summary: 'settings of topics, brokers and loggers, and quotas',
    load: () => require('./commands/config') as typeof import('./commands/config'),
  },
  cluster: {
    summary: 'brokers, controller, and partitions that need attention',
    load: () => require('./commands/cluster') as typeof import('./commands/cluster'),
  },
  doctor: {
    summary: 'find and explain what is wrong with a cluster',
    load: () => require('./commands/doctor') as typeof import('./commands/doctor'),
  },
  znode: {
    summary: 'look into ZooKeeper',
    load: () => require('./commands/znode') as typeof import('./commands/znode'),
  },
  context: {
    summary: 'named clusters in a configuration file, so that commands need no addresses',
    load: () => require('./commands/context') as typeof import('./commands/context'),
  },
  completion: {
    summary: 'print a script that completes commands in bash, zsh or fish',
    load: () => require('./commands/completion') as typeof import('./commands/completion'),
  },
  log: {
    summary: 'look into log directories, of Odradek and of Apache Kafka',
    load: () => require('./commands/log') as typeof import('./commands/log'),
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

/** `odradek` with the names of all commands, and the whole of the one requested. */
export function programFor(requested: string | undefined): Command {
  return programWith((name) => name === requested);
}

/** Every command with all that it takes: what completion and the reference are made from. */
export function wholeProgram(): Command {
  return programWith(() => true);
}

function programWith(isWanted: (name: string) => boolean): Command {
  const program = new Command('odradek')
    .description('A Kafka-compatible broker cluster coordinated by ZooKeeper.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(add --help for what is possible)')
    .exitOverride();
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary);
    if (isWanted(name)) load().define(command, wholeProgram);
  }
  return program;
}
