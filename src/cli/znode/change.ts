/**
 * `odradek znode set|delete`: what an operator changes by hand. Nothing is written before they have seen what is
 * there, what it would become, and what may come of it; and nothing if it was changed while they read.
 */
import { readFileSync } from 'node:fs';

import { ZooKeeperError, isZooKeeperError } from '../../zookeeper/errors';
import type { Stat, ZooKeeperSession } from '../../zookeeper/session';
import type { ConfirmOptions, ZooKeeperOptions } from '../arguments';
import { confirm } from '../confirm';
import { OperatorError } from '../failure';
import { printValue } from '../output';
import { decodeZnode, problemOf, shortText } from './decode';
import { warningOf } from './explain';
import { ownerOf, ownerText } from './owners';
import { childPath, normalise, parentPath } from './paths';
import { noZnode, withSession } from './session';

interface ChangeOptions extends ZooKeeperOptions, ConfirmOptions {
  /** Only if the znode has this version. */
  readonly znodeVersion?: number;
}

export interface SetOptions extends ChangeOptions {
  readonly file?: string;
  readonly create: boolean;
}

export interface DeleteOptions extends ChangeOptions {
  readonly recursive: boolean;
}

/** More than this is not deleted at once: it is no mistake that anybody wants to make. */
const MAX_DELETED = 10_000;
const STDIN = '-';
const STDIN_DESCRIPTOR = 0;

/** What people read before they are asked; on standard error, as the question. */
function tell(lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}

function newData(value: string | undefined, { file }: SetOptions): Buffer {
  if (value !== undefined && file !== undefined)
    throw new OperatorError('a value is given on the command line or in a file, not both', {
      exit: 'usage',
    });
  if (value !== undefined) return Buffer.from(value);
  if (file === undefined)
    throw new OperatorError('a value is needed: as an argument, or with --file', { exit: 'usage' });
  try {
    return readFileSync(file === STDIN ? STDIN_DESCRIPTOR : file);
  } catch (cause) {
    throw new OperatorError(`${file}: cannot be read`, { cause });
  }
}

function dataText(path: string, data: Buffer | null): string {
  if (data === null) return '(no data)';
  return data.length === 0 ? '(empty)' : shortText(decodeZnode(path, data).value);
}

function checkVersion(path: string, stat: Stat, options: ChangeOptions): void {
  if (options.znodeVersion === undefined || options.znodeVersion === stat.version) return;
  throw new OperatorError(
    `${path} has version ${String(stat.version)}, not ${String(options.znodeVersion)}: nothing was changed`,
  );
}

/** What ZooKeeper refused, in words. `maybeDone`: the answer was lost, and this may be the echo of a success. */
function refusal(error: unknown, path: string): unknown {
  if (!(error instanceof ZooKeeperError)) return error;
  const doubt = error.maybeDone
    ? '; the connection was lost meanwhile, so look whether it was done'
    : ': nothing was changed';
  const says: Partial<Record<string, string>> = {
    BAD_VERSION: `${path} was changed by somebody else meanwhile${doubt}`,
    NO_NODE: `${path} is gone${doubt}`,
    NODE_EXISTS: `${path} was made by somebody else meanwhile${doubt}`,
    NOT_EMPTY: `${path} has children: delete it with --recursive`,
    NO_AUTH: `${path}: its ACL does not let you`,
    NO_CHILDREN_FOR_EPHEMERALS: `${parentPath(path)} is ephemeral, and can have no children`,
  };
  const text = says[error.code];
  return text === undefined ? error : new OperatorError(text);
}

async function asked<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw refusal(error, path);
  }
}

export async function set(
  typed: string,
  value: string | undefined,
  options: SetOptions,
): Promise<void> {
  const path = normalise(typed);
  const data = newData(value, options);
  const version = await withSession(options, async (session) => {
    const found = await session.getData(path).catch((error: unknown) => {
      if (isZooKeeperError(error, 'NO_NODE')) return undefined;
      throw error;
    });
    if (!found) return make(session, path, data, options);
    checkVersion(path, found.stat, options);
    const owner = await ownerOf(found.stat, session);
    tell([
      `${path}, version ${String(found.stat.version)}${owner ? `, ephemeral, ${ownerText(owner)}` : ''}`,
      `  old: ${dataText(path, found.data)}`,
      `  new: ${dataText(path, data)}`,
      ...warnings(path, data),
    ]);
    await confirm(`set ${path}`, options);
    const stat = await asked(path, session.setData(path, data, found.stat.version));
    return stat.version;
  });
  printValue({ path, version }, options, () => `${path} is set, version ${String(version)}`);
}

function warnings(path: string, data: Buffer): string[] {
  const problem = problemOf(path, data);
  return [...(problem === undefined ? [] : [`Warning: ${problem}`]), warningOf(path)];
}

async function make(
  session: ZooKeeperSession,
  path: string,
  data: Buffer,
  options: SetOptions,
): Promise<number> {
  if (!options.create) {
    const hint = '; --create makes it';
    const error = noZnode(path, options);
    throw new OperatorError(`${error.message}${hint}`, { exit: 'notFound' });
  }
  if (!(await session.exists(parentPath(path)))) throw noZnode(parentPath(path), options);
  tell([`${path} is new`, `  new: ${dataText(path, data)}`, ...warnings(path, data)]);
  await confirm(`create ${path}`, options);
  await asked(path, session.create(path, data.length === 0 ? null : data));
  return 0;
}

interface Doomed {
  readonly path: string;
  readonly stat: Stat;
}

/** The znode and all below it, children first. */
async function subtree(session: ZooKeeperSession, path: string): Promise<Doomed[]> {
  const { children, stat } = await session.getChildren(path);
  const below: Doomed[] = [];
  for (const name of children) {
    below.push(...(await subtree(session, childPath(path, name))));
    if (below.length > MAX_DELETED)
      throw new OperatorError(`more than ${String(MAX_DELETED)} znodes are below ${path}`);
  }
  return [...below, { path, stat }];
}

async function deleteAll(session: ZooKeeperSession, doomed: readonly Doomed[]): Promise<void> {
  for (const [done, { path, stat }] of doomed.entries()) {
    try {
      await asked(path, session.delete(path, stat.version));
    } catch (error) {
      if (done === 0 || !(error instanceof OperatorError)) throw error;
      const why = error.message.replace(': nothing was changed', '');
      throw new OperatorError(
        `${why}; ${String(done)} of ${String(doomed.length)} znodes were deleted before that`,
      );
    }
  }
}

export async function remove(typed: string, options: DeleteOptions): Promise<void> {
  const path = normalise(typed);
  if (path === '/' || path === '/zookeeper')
    throw new OperatorError(`${path} cannot be deleted`, { exit: 'refused' });
  const count = await withSession(options, async (session) => {
    const found = await session.exists(path);
    if (!found) throw noZnode(path, options);
    checkVersion(path, found, options);
    if (found.numChildren > 0 && !options.recursive)
      throw new OperatorError(`${path} has children: delete it with --recursive`);
    const doomed = await subtree(session, path);
    const { data } = await session.getData(path);
    const owner = await ownerOf(found, session);
    tell([
      `${path}, version ${String(found.version)}${owner ? `, ephemeral, ${ownerText(owner)}` : ''}`,
      `  holds: ${dataText(path, data)}`,
      ...(doomed.length > 1 ? [`  and ${String(doomed.length - 1)} znode(s) below it`] : []),
      warningOf(path),
    ]);
    await confirm(`delete ${path}${doomed.length > 1 ? ' with all below it' : ''}`, options);
    await deleteAll(session, doomed);
    return doomed.length;
  });
  printValue({ path, deleted: count }, options, () => `deleted ${path}, ${String(count)} znode(s)`);
}
