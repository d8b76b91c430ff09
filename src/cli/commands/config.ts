/** `odradek config`: settings of topics, brokers and their loggers, and quotas of clients, users and addresses. */
import type { Command } from 'commander';

import type { AdminClient } from '../../admin/admin-client';
import type { ConfigChange, ConfigEntry } from '../../admin/configs';
import { withAdminClient } from '../admin';
import { withClientOptions } from '../arguments';
import type { ClientOptions } from '../arguments';
import type { Entity } from '../config/entity';
import { notFound } from '../failure';
import { formatTable, printRows, printValue } from '../output';
import type { Row } from '../output';

interface ListOptions extends ClientOptions {
  readonly all: boolean;
}

interface ChangeOptions extends ClientOptions {
  readonly dryRun: boolean;
}

const TYPE = 'topic, broker, broker-logger, client, user or ip';
const NAME = 'topic, broker id, client id, user or address; "default" for what holds for all';
const HIDDEN = '(hidden)';

export function define(command: Command): void {
  const about = (verb: string, more: string, description: string): Command =>
    withClientOptions(command.command(`${verb} <type> <name>${more}`))
      .description(description)
      .addHelpText('after', `\n<type> is ${TYPE}.\n<name> is the ${NAME}.`);
  about('list', '', 'show what is set, with its source')
    .option('--all', 'defaults and the properties file too', false)
    .action(list);
  about('get', ' <key>', 'show one setting and all places that give it a value').action(get);
  about('set', ' <changes...>', 'change settings: key=value, or key+=item and key-=item of lists')
    .option('--dry-run', 'have the broker check it, and change nothing', false)
    .action((type: string, name: string, changes: string[], options: ChangeOptions) =>
      set(type, name, changes, options),
    );
  about('delete', ' <keys...>', 'back to what holds without them')
    .option('--dry-run', 'have the broker check it, and change nothing', false)
    .action((type: string, name: string, keys: string[], options: ChangeOptions) =>
      remove(type, name, keys, options),
    );
}

function loadEntities(): typeof import('../config/entity') {
  return require('../config/entity') as typeof import('../config/entity');
}

function loadConfigs(): typeof import('../../admin/configs') {
  return require('../../admin/configs') as typeof import('../../admin/configs');
}

function loadQuotas(): typeof import('../../admin/quotas') {
  return require('../../admin/quotas') as typeof import('../../admin/quotas');
}

/** Of quotas there is one place only, and nothing is hidden. */
async function read(
  client: AdminClient,
  entity: Entity,
  names: readonly string[] | null,
): Promise<ConfigEntry[]> {
  if (entity.kind === 'resource')
    return loadConfigs().describeConfigs(client, entity.resource, names);
  const quotas = await loadQuotas().describeQuotas(client, entity.entity);
  return quotas
    .filter(({ name }) => names?.includes(name) ?? true)
    .map(({ name, value }) => ({
      name,
      value: String(value),
      source: 'unknown',
      isReadOnly: false,
      isSensitive: false,
      synonyms: [],
    }));
}

/** Set where it can be set at run time, rather than in a file or by default. */
function isOwn({ source }: ConfigEntry): boolean {
  return source !== 'default' && source !== 'static';
}

function rowOf({ name, value, source, isReadOnly, isSensitive }: ConfigEntry): Row {
  return { name, value: isSensitive ? HIDDEN : value, source, readOnly: isReadOnly };
}

async function list(type: string, name: string, options: ListOptions): Promise<void> {
  const entity = loadEntities().entityOf(type, name);
  const entries = await withAdminClient(options, (client) => read(client, entity, null));
  const wanted = options.all ? entries : entries.filter(isOwn);
  const empty = options.all ? 'no settings' : 'nothing is set; --all shows what holds';
  printRows(wanted.map(rowOf), { ...options, empty });
}

async function get(type: string, name: string, key: string, options: ClientOptions): Promise<void> {
  const entity = loadEntities().entityOf(type, name);
  const entries = await withAdminClient(options, (client) => read(client, entity, [key]));
  const found = entries.find((each) => each.name === key);
  if (!found) throw notFound(`${type} ${name} has no setting ${key}`);
  const places = found.synonyms.length > 0 ? found.synonyms : [found];
  const rows = places.map((place) => ({
    name: place.name,
    value: found.isSensitive ? HIDDEN : place.value,
    source: place.source,
  }));
  const value = found.isSensitive ? null : found.value;
  printValue({ ...rowOf(found), value, synonyms: rows }, options, () => formatTable(rows));
}

async function change(
  type: string,
  name: string,
  changes: readonly ConfigChange[],
  options: ChangeOptions,
): Promise<void> {
  const { entityOf, quotaChange } = loadEntities();
  const entity = entityOf(type, name);
  await withAdminClient(options, (client) => {
    if (entity.kind === 'resource')
      return loadConfigs().alterConfigs(client, entity.resource, changes, options.dryRun);
    const quotas = changes.map(quotaChange);
    return loadQuotas().alterQuotas(client, entity.entity, quotas, options.dryRun);
  });
  const done = { type, name, changes, dryRun: options.dryRun };
  printValue(done, options, () =>
    options.dryRun
      ? `the broker would take it for ${type} ${name}: nothing was done`
      : `changed ${changes.map((each) => each.name).join(', ')} of ${type} ${name}`,
  );
}

async function set(
  type: string,
  name: string,
  texts: readonly string[],
  options: ChangeOptions,
): Promise<void> {
  await change(type, name, texts.map(loadEntities().parseChange), options);
}

async function remove(
  type: string,
  name: string,
  keys: readonly string[],
  options: ChangeOptions,
): Promise<void> {
  const changes = keys.map((key): ConfigChange => ({
    name: key,
    operation: 'delete',
    value: null,
  }));
  await change(type, name, changes, options);
}
