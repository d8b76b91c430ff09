/**
 * The configuration file: named clusters ("contexts"), and which of them is in use.
 *
 *     current: production
 *     contexts:
 *       production:
 *         bootstrap-server: kafka1:9092,kafka2:9092
 *         zookeeper: zk1:2181,zk2:2181/kafka
 *         properties:
 *           security.protocol: SASL_SSL
 */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Document } from 'yaml';

import { OperatorError } from './failure';

export interface Context {
  readonly name: string;
  readonly bootstrapServers: string | undefined;
  readonly zookeeper: string | undefined;
  /** Client properties by their names in Kafka. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface ContextFile {
  readonly path: string;
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, Context>;
}

const FILE_KEYS = ['current', 'contexts'];
const CONTEXT_KEYS = ['bootstrap-server', 'zookeeper', 'properties'];

type Env = Readonly<Record<string, string | undefined>>;

/** `ODRADEK_CONFIG`, else `odradek/config.yaml` where the XDG base directories say, usually `~/.config`. */
export function configPath(env: Env): string {
  if (env['ODRADEK_CONFIG']) return env['ODRADEK_CONFIG'];
  const folder = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(folder, 'odradek', 'config.yaml');
}

/** A file that is not there has no contexts. Throws an `OperatorError` that names what is wrong in it, and where. */
export function readContexts(path: string): ContextFile {
  const text = readText(path);
  if (text === undefined) return { path, current: undefined, contexts: new Map() };
  return contextsOf(path, parse(path, text).toJS());
}

/** Changes the file, and makes it if it is missing; comments that somebody wrote into it stay. Only its owner may read it. */
export function editContexts(path: string, edit: (document: Document) => void): void {
  const document = parse(path, readText(path) ?? '');
  contextsOf(path, document.toJS());
  edit(document);
  const files = loadFiles();
  files.makeDirectorySync(dirname(path));
  files.replaceFileSync(path, Buffer.from(String(document)), 'owner');
}

// The platform is loaded when a file is there to be read: `--help` needs none.
function loadFiles(): typeof import('../platform/node/files').nodeFiles {
  return (require('../platform/node/files') as typeof import('../platform/node/files')).nodeFiles;
}

function readText(path: string): string | undefined {
  return loadFiles().readFileSync(path)?.toString('utf8');
}

function parse(path: string, text: string): Document {
  const { parseDocument } = require('yaml') as typeof import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (!error) return document;
  const [first = 'unreadable'] = error.message.split('\n');
  throw new OperatorError(`${path}: not YAML: ${first.replace(/:$/, '')}`);
}

function contextsOf(path: string, value: unknown): ContextFile {
  const fields = fieldsOf(path, '', value ?? {}, FILE_KEYS);
  const contexts = new Map<string, Context>();
  for (const [name, each] of fieldsOf(path, 'contexts', fields.get('contexts') ?? {}))
    contexts.set(name, contextOf(path, name, each));
  return { path, current: textOf(path, 'current', fields.get('current')), contexts };
}

function contextOf(path: string, name: string, value: unknown): Context {
  const place = `contexts.${name}`;
  const fields = fieldsOf(path, place, value ?? {}, CONTEXT_KEYS);
  const text = (key: string): string | undefined =>
    textOf(path, `${place}.${key}`, fields.get(key));
  const properties = fieldsOf(path, `${place}.properties`, fields.get('properties') ?? {});
  return {
    name,
    bootstrapServers: text('bootstrap-server'),
    zookeeper: text('zookeeper'),
    properties: Object.fromEntries(
      [...properties].map(([key, each]) => [
        key,
        textOf(path, `${place}.properties.${key}`, each) ?? '',
      ]),
    ),
  };
}

/** `place` is where in the file it stands; empty for the whole of it. */
function fieldsOf(
  path: string,
  place: string,
  value: unknown,
  known?: readonly string[],
): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OperatorError(`${path}: ${place || 'the file'} must hold names and values`);
  const fields = new Map<string, unknown>(Object.entries(value));
  const strange = known && [...fields.keys()].find((key) => !known.includes(key));
  if (known === undefined || strange === undefined) return fields;
  const where = place === '' ? strange : `${place}.${strange}`;
  throw new OperatorError(`${path}: ${where} is not known; known are ${known.join(', ')}`);
}

function textOf(path: string, place: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new OperatorError(`${path}: ${place} must be text`);
}
