/** `odradek context`: named clusters in a configuration file, so that commands need no addresses. */
import type { Command } from 'commander';
import type { Document } from 'yaml';

import { keyValue, withOutput } from '../arguments';
import { configPath, editContexts, readContexts } from '../contexts';
import type { Context, ContextFile } from '../contexts';
import { OperatorError, notFound } from '../failure';
import { print, printRows, printValue } from '../output';
import type { OutputOptions } from '../output';
import { CONTEXT_VARIABLE, contextNamed } from '../target';

interface SetOptions extends OutputOptions {
  readonly bootstrapServer?: string;
  readonly zookeeper?: string;
  readonly property?: Readonly<Record<string, string>>;
  readonly unsetProperty?: readonly string[];
  readonly use: boolean;
}

/** Names that a shell takes as one word and that cannot be mistaken for an option. */
const NAME = /^[\w.][\w.-]*$/;
const SECRET = /password|secret|jaas|ssl\.keystore\.key/i;
const HIDDEN = '(hidden)';

const PRECEDENCE = `
The file is ODRADEK_CONFIG, or else odradek/config.yaml in XDG_CONFIG_HOME, usually ~/.config.
Where a command goes: flags, --context among them, go before the environment
(ODRADEK_BOOTSTRAP_SERVERS, ODRADEK_ZOOKEEPER), that before the context in use
(ODRADEK_CONTEXT, or the current one of the file), that before 127.0.0.1.`;

export function define(command: Command): void {
  command.addHelpText('after', PRECEDENCE);
  withOutput(command.command('list'))
    .description('list contexts; * marks the current one')
    .action(list);
  withOutput(command.command('show [name]'))
    .description('show a context, the one in force unless named; secrets are hidden')
    .action(show);
  command.command('use <name>').description('make a context the current one').action(use);
  withOutput(command.command('set <name>'))
    .description('make a context, or change what is given of one')
    .option('-b, --bootstrap-server <list>', 'brokers, as host:port,…')
    .option('-z, --zookeeper <address>', 'host:port,…/chroot')
    .option('-p, --property <key=value>', 'a client property; may be repeated', keyValue)
    .option('--unset-property <key...>', 'client properties to remove')
    .option('--use', 'make it the current one as well', false)
    .action(set);
  command.command('delete <name>').description('delete a context').action(remove);
  command.command('names', { hidden: true }).action(names);
}

function read(): ContextFile {
  return readContexts(configPath(process.env));
}

interface ShownContext {
  readonly name: string;
  readonly current: boolean;
  readonly bootstrapServer: string | null;
  readonly zookeeper: string | null;
  readonly properties: Readonly<Record<string, string>>;
}

/** Without the secrets. */
function shown(context: Context, isCurrent: boolean): ShownContext {
  const properties = Object.entries(context.properties).map(([key, value]) => [
    key,
    SECRET.test(key) ? HIDDEN : value,
  ]);
  return {
    name: context.name,
    current: isCurrent,
    bootstrapServer: context.bootstrapServers ?? null,
    zookeeper: context.zookeeper ?? null,
    properties: Object.fromEntries(properties) as Record<string, string>,
  };
}

function list(options: OutputOptions): void {
  const { path, current, contexts } = read();
  const rows = [...contexts.values()].map((context) => ({
    current: context.name === current ? '*' : '',
    context: context.name,
    bootstrapServer: context.bootstrapServers ?? '-',
    zookeeper: context.zookeeper ?? '-',
  }));
  if (options.output === 'table')
    return printRows(rows, { ...options, empty: `no contexts in ${path}` });
  const all = [...contexts.values()].map((context) => shown(context, context.name === current));
  printValue(all, options, () => '');
}

function show(typed: string | undefined, options: OutputOptions): void {
  const file = read();
  const name = typed ?? (process.env[CONTEXT_VARIABLE] || file.current);
  if (name === undefined)
    throw notFound(`no context is in use: make one with odradek context set (${file.path})`);
  const value = shown(contextNamed(file, name), name === file.current);
  printValue(value, options, () => {
    const { properties, ...fields } = value;
    const lines = Object.entries(fields).map(([key, each]) => `${key}: ${String(each ?? '-')}`);
    const set = Object.entries(properties).map(([key, each]) => `${key}=${each}`);
    return [...lines, ...set].join('\n');
  });
}

function use(name: string): void {
  const file = read();
  contextNamed(file, name);
  editContexts(file.path, (document) => document.set('current', name));
  print(`context ${name} is in use`);
}

function checkAddresses({ bootstrapServer, zookeeper }: SetOptions): void {
  const isList = (text: string): boolean =>
    text.split(',').every((each) => /^(\[[^\]]+\]|[^:\s]+):\d{1,5}$/.test(each.trim()));
  if (bootstrapServer !== undefined && !isList(bootstrapServer))
    throw new OperatorError(`${bootstrapServer}: brokers are given as host:port,host:port`);
  const { parseZooKeeperConnect } =
    require('../../config/zookeeper-connect') as typeof import('../../config/zookeeper-connect');
  const problem = zookeeper === undefined ? undefined : parseZooKeeperConnect(zookeeper);
  if (typeof problem === 'string') throw new OperatorError(`${String(zookeeper)}: ${problem}`);
}

/** A name with nothing after it, as in `contexts:`, would not take anything. */
function dropEmpty(document: Document, place: readonly string[]): void {
  for (let depth = 1; depth <= place.length; depth++) {
    const at = place.slice(0, depth);
    if (document.hasIn(at) && document.getIn(at) === null) document.deleteIn(at);
  }
}

function set(name: string, options: SetOptions): void {
  if (!NAME.test(name))
    throw new OperatorError(`${name}: a context's name has letters, digits, dots, - and _ only`);
  checkAddresses(options);
  const file = read();
  const isUsed = options.use || file.contexts.size === 0;
  const values = {
    'bootstrap-server': options.bootstrapServer,
    zookeeper: options.zookeeper,
  };
  editContexts(file.path, (document) => {
    const place = ['contexts', name];
    dropEmpty(document, [...place, 'properties']);
    if (isUsed) document.set('current', name);
    // A context without anything is written too, as an empty one.
    if (!document.hasIn(place)) document.setIn(place, document.createNode({}));
    for (const [key, value] of Object.entries(values))
      if (value !== undefined) document.setIn([...place, key], value);
    for (const [key, value] of Object.entries(options.property ?? {}))
      document.setIn([...place, 'properties', key], value);
    for (const key of options.unsetProperty ?? [])
      if (document.hasIn([...place, 'properties', key]))
        document.deleteIn([...place, 'properties', key]);
  });
  const context = contextNamed(read(), name);
  printValue(
    shown(context, isUsed || file.current === name),
    options,
    () => `context ${name} is set in ${file.path}${isUsed ? ', and in use' : ''}`,
  );
}

function remove(name: string): void {
  const file = read();
  contextNamed(file, name);
  editContexts(file.path, (document) => {
    document.deleteIn(['contexts', name]);
    if (file.current === name) document.delete('current');
  });
  print(`context ${name} is deleted`);
}

/** For completion: one name a line. */
function names(): void {
  for (const name of read().contexts.keys()) print(name);
}
