/**
 * `meta.properties` of a log directory: which cluster and which broker it belongs to (Kafka's `MetaProperties`).
 * Version 0 is written; version 1, as a broker under migration leaves it, is read.
 */

import { join } from 'node:path';

import { formatProperties, parseProperties } from '../config/properties';
import type { Files } from '../platform/ports';

export const META_PROPERTIES_FILE = 'meta.properties';
const NAMES: ReadonlySet<string> = new Set([
  'version',
  'broker.id',
  'node.id',
  'cluster.id',
  'directory.id',
]);

export interface MetaProperties {
  readonly clusterId: string | undefined;
  readonly brokerId: number | undefined;
}

/** The directories contradict each other or the broker that wants them; the message is for the operator. */
export class MetaPropertiesError extends Error {
  override readonly name = 'MetaPropertiesError';
}

/** What the directory says; `undefined` if it has not been used yet. Throws `MetaPropertiesError`, `FileError`. */
export function readMetaProperties(files: Files, directory: string): MetaProperties | undefined {
  const path = join(directory, META_PROPERTIES_FILE);
  const content = files.readFileSync(path);
  if (!content) return undefined;
  const properties = parseProperties(content.toString());
  const version = properties['version'];
  if (version !== '0' && version !== '1') {
    throw new MetaPropertiesError(
      `${path}: version ${version ?? '(none)'} is not known, only 0 and 1`,
    );
  }
  const idName = version === '0' ? 'broker.id' : 'node.id';
  const id = properties[idName];
  const strange = Object.keys(properties).find((name) => !NAMES.has(name));
  const missing = [idName, 'cluster.id'].find((name) => properties[name] === undefined);
  if (strange !== undefined && missing !== undefined) {
    throw new MetaPropertiesError(
      `${path}: it has no ${missing}, but ${strange}, which is not known: the file is damaged. ` +
        'Put the right name in its place.',
    );
  }
  if (id !== undefined && !/^\d+$/.test(id)) {
    throw new MetaPropertiesError(`${path}: ${idName}=${id} is not a broker id`);
  }
  return {
    clusterId: properties['cluster.id'],
    brokerId: id === undefined ? undefined : Number(id),
  };
}

export interface DirectoriesIdentity {
  /** As far as the directories tell; what they do not tell is free to choose. */
  readonly clusterId: string | undefined;
  readonly brokerId: number | undefined;
  /** Directories without `meta.properties`. */
  readonly unmarked: readonly string[];
}

/** Reads all directories, which must agree. Throws `MetaPropertiesError` naming the two that do not. */
export function readIdentity(files: Files, directories: readonly string[]): DirectoriesIdentity {
  let clusterId: Claim<string> | undefined;
  let brokerId: Claim<number> | undefined;
  const unmarked: string[] = [];
  for (const directory of directories) {
    const found = readMetaProperties(files, directory);
    if (!found) unmarked.push(directory);
    clusterId = agree('cluster id', clusterId, { directory, value: found?.clusterId });
    brokerId = agree('broker id', brokerId, { directory, value: found?.brokerId });
  }
  return { clusterId: clusterId?.value, brokerId: brokerId?.value, unmarked };
}

/**
 * Makes sure that the directories belong to this cluster and broker, and marks those that are new. Throws
 * `MetaPropertiesError` with what to do about it.
 */
export function claimDirectories(
  files: Files,
  directories: readonly string[],
  owner: { readonly clusterId: string; readonly brokerId: number },
): void {
  const found = readIdentity(files, directories);
  const [first = ''] = directories;
  if (found.clusterId !== undefined && found.clusterId !== owner.clusterId) {
    throw new MetaPropertiesError(
      `The cluster id ${owner.clusterId} does not match the stored cluster id ${found.clusterId} in ` +
        `${join(first, META_PROPERTIES_FILE)}. The broker is trying to join the wrong cluster: ` +
        'check zookeeper.connect, or use another log.dirs.',
    );
  }
  if (found.brokerId !== undefined && found.brokerId !== owner.brokerId) {
    throw new MetaPropertiesError(
      `Configured broker.id ${String(owner.brokerId)} does not match the stored broker.id ` +
        `${String(found.brokerId)} in ${join(first, META_PROPERTIES_FILE)}. If you moved your data, set broker.id to ` +
        `${String(found.brokerId)}; if you mean a new broker, use another log.dirs.`,
    );
  }
  for (const directory of found.unmarked) writeMetaProperties(files, directory, owner);
}

interface Claim<T> {
  readonly directory: string;
  readonly value: T | undefined;
}

function agree<T>(what: string, known: Claim<T> | undefined, next: Claim<T>): Claim<T> | undefined {
  if (next.value === undefined) return known;
  if (!known || known.value === next.value) return next;
  throw new MetaPropertiesError(
    `Log directories disagree on the ${what}: ${known.directory} has ${String(known.value)}, ` +
      `${next.directory} has ${String(next.value)}. One of them belongs to another broker or cluster.`,
  );
}

function writeMetaProperties(
  files: Files,
  directory: string,
  owner: { readonly clusterId: string; readonly brokerId: number },
): void {
  const content = formatProperties({
    'broker.id': String(owner.brokerId),
    version: '0',
    'cluster.id': owner.clusterId,
  });
  files.replaceFileSync(join(directory, META_PROPERTIES_FILE), Buffer.from(content));
}
