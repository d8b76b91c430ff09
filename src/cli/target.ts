/**
 * Which cluster a command speaks to. Flags go before the environment, that before the context in force, that
 * before this machine's usual ports.
 */
import type { Command } from 'commander';

import type { Context, ContextFile } from './contexts';
import { OperatorError, notFound } from './failure';
import { readProperties } from './properties-file';

export type TargetKind = 'bootstrapServer' | 'zookeeper';

interface Address {
  readonly flags: string;
  readonly description: string;
  readonly variable: string;
  readonly byDefault: string;
  /** As the configuration file and `context set` call it. */
  readonly name: string;
  readonly ofContext: (context: Context) => string | undefined;
}

export const ADDRESSES: Readonly<Record<TargetKind, Address>> = {
  bootstrapServer: {
    flags: '-b, --bootstrap-server <list>',
    description: "brokers, as host:port,… (default: the context's, else 127.0.0.1:9092)",
    variable: 'ODRADEK_BOOTSTRAP_SERVERS',
    byDefault: '127.0.0.1:9092',
    name: 'bootstrap-server',
    ofContext: (context) => context.bootstrapServers,
  },
  zookeeper: {
    flags: '-z, --zookeeper <address>',
    description: "host:port,…/chroot (default: the context's, else 127.0.0.1:2181)",
    variable: 'ODRADEK_ZOOKEEPER',
    byDefault: '127.0.0.1:2181',
    name: 'zookeeper',
    ofContext: (context) => context.zookeeper,
  },
};

export const CONTEXT_VARIABLE = 'ODRADEK_CONTEXT';

/** What the command line gave, before anything is filled in. */
export interface GivenTarget {
  readonly context?: string;
  readonly bootstrapServer?: string;
  readonly zookeeper?: string;
  readonly commandConfig?: string;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called only where a context may matter. */
  readonly readContexts: () => ContextFile;
  readonly readProperties: (file: string) => Readonly<Record<string, string>>;
}

export interface Target {
  readonly bootstrapServer?: string;
  readonly zookeeper?: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** An option for the address of one kind, which is filled in before the command's action runs. */
export function withTarget(command: Command, kind: TargetKind): Command {
  const { flags, description } = ADDRESSES[kind];
  command.option(flags, description);
  return withFilledIn(command, kind === 'bootstrapServer', (given, around) =>
    resolveTarget(kind, given, around),
  );
}

/** Options for both addresses, of which one is enough; those of one source are filled in together. */
export function withEitherTarget(command: Command): Command {
  const { bootstrapServer, zookeeper } = ADDRESSES;
  command
    .option(bootstrapServer.flags, bootstrapServer.description)
    .option(zookeeper.flags, "host:port,…/chroot (default: the context's)");
  return withFilledIn(command, true, resolveEitherTarget);
}

type Resolve = (given: GivenTarget, surroundings: Surroundings) => Target;

function withFilledIn(command: Command, hasProperties: boolean, resolve: Resolve): Command {
  command.option('--context <name>', 'context of the configuration file (see odradek context)');
  if (hasProperties)
    command.option('--command-config <file>', 'client properties, by their names in Kafka');
  return command.hook('preAction', (_, action) => {
    const target = resolve(action.opts<GivenTarget>(), surroundings());
    for (const [name, value] of Object.entries(target))
      action.setOptionValueWithSource(name, value, 'context');
  });
}

function surroundings(): Surroundings {
  return {
    env: process.env,
    readContexts: () => {
      const { configPath, readContexts } = require('./contexts') as typeof import('./contexts');
      return readContexts(configPath(process.env));
    },
    readProperties,
  };
}

/**
 * A context is left alone, with its credentials, where an address was given without naming it. One that is in
 * force but lacks the address is an error: falling back to this machine would hit another cluster.
 */
export function resolveTarget(
  kind: TargetKind,
  given: GivenTarget,
  surroundings: Surroundings,
): Target {
  const { variable, byDefault, name, ofContext } = ADDRESSES[kind];
  const named = given.context === undefined ? undefined : chooseContext(given, surroundings);
  const address =
    given[kind] ?? (named && ofContext(named)) ?? (surroundings.env[variable] || undefined);
  const context = named ?? (address === undefined ? chooseContext(given, surroundings) : undefined);
  const properties = propertiesOf(context, given, surroundings);
  const found = address ?? (context ? ofContext(context) : byDefault);
  if (found !== undefined)
    return kind === 'zookeeper'
      ? { zookeeper: found, properties }
      : { bootstrapServer: found, properties };
  const contextName = context?.name ?? '';
  throw new OperatorError(
    `context ${contextName} has no ${name}: give --${name}, or add it with ` +
      `odradek context set ${contextName} --${name} …`,
  );
}

/**
 * Both addresses from the first that gives any: flags, the environment, the context. From two of them they might be
 * of two clusters. A context that is named fills in what flags left out. Nowhere any: the brokers of this machine.
 */
export function resolveEitherTarget(given: GivenTarget, surroundings: Surroundings): Target {
  const { bootstrapServer, zookeeper } = ADDRESSES;
  const { env } = surroundings;
  const fromEnv = {
    bootstrapServer: env[bootstrapServer.variable] || undefined,
    zookeeper: env[zookeeper.variable] || undefined,
  };
  const hasFlags = given.bootstrapServer !== undefined || given.zookeeper !== undefined;
  const hasEnv = fromEnv.bootstrapServer !== undefined || fromEnv.zookeeper !== undefined;
  const usesContext = given.context !== undefined || (!hasFlags && !hasEnv);
  const context = usesContext ? chooseContext(given, surroundings) : undefined;
  const properties = propertiesOf(context, given, surroundings);
  const beneath = context
    ? { bootstrapServer: context.bootstrapServers, zookeeper: context.zookeeper }
    : hasFlags
      ? { bootstrapServer: undefined, zookeeper: undefined }
      : fromEnv;
  const brokers = given.bootstrapServer ?? beneath.bootstrapServer;
  const ensemble = given.zookeeper ?? beneath.zookeeper;
  if (brokers === undefined && ensemble === undefined)
    return { bootstrapServer: bootstrapServer.byDefault, properties };
  return {
    ...(brokers === undefined ? {} : { bootstrapServer: brokers }),
    ...(ensemble === undefined ? {} : { zookeeper: ensemble }),
    properties,
  };
}

/** Those of a file go before those of a context. */
function propertiesOf(
  context: Context | undefined,
  { commandConfig }: GivenTarget,
  { readProperties }: Surroundings,
): Readonly<Record<string, string>> {
  return {
    ...context?.properties,
    ...(commandConfig === undefined ? {} : readProperties(commandConfig)),
  };
}

/** The context named by flag or environment, else the file's current one; `undefined` where there is none. */
function chooseContext(
  { context: flag }: GivenTarget,
  { env, readContexts }: Surroundings,
): Context | undefined {
  const file = readContexts();
  const name = flag ?? (env[CONTEXT_VARIABLE] || file.current);
  return name === undefined ? undefined : contextNamed(file, name);
}

export function contextNamed(file: ContextFile, name: string): Context {
  const context = file.contexts.get(name);
  if (context) return context;
  const names = [...file.contexts.keys()].join(', ');
  const hint = names === '' ? 'there are none' : `there are ${names}`;
  throw notFound(`there is no context ${name} in ${file.path}: ${hint}`);
}
