/** `odradek znode ls|get|stat|tree`. */
import { isZooKeeperError } from '../../zookeeper/errors';
import type { Stat, ZnodeData, ZooKeeperSession } from '../../zookeeper/session';
import type { ZooKeeperOptions } from '../arguments';
import { print, printValue } from '../output';
import { decodeZnode, prettyText, shortText, timeText } from './decode';
import { ownerOf, ownerText } from './owners';
import type { Owner } from './owners';
import { byName, childPath, nameOf, normalise } from './paths';
import { noZnode, withSession } from './session';

export interface GetOptions extends ZooKeeperOptions {
  readonly raw: boolean;
}

export interface TreeOptions extends ZooKeeperOptions {
  readonly depth?: number;
}

/** `undefined` for a znode that is not there. */
async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isZooKeeperError(error, 'NO_NODE')) return undefined;
    throw error;
  }
}

async function childrenOf(session: ZooKeeperSession, path: string): Promise<string[] | undefined> {
  const answer = await ifThere(session.getChildren(path));
  return answer && [...answer.children].sort(byName);
}

export async function ls(typed: string | undefined, options: ZooKeeperOptions): Promise<void> {
  const path = normalise(typed ?? '/');
  const children = await withSession(options, (session) => childrenOf(session, path));
  if (children === undefined) throw noZnode(path, options);
  printValue(children, options, () => children.join('\n'));
}

interface Found extends ZnodeData {
  readonly owner: Owner | null;
}

async function find(path: string, options: ZooKeeperOptions): Promise<Found> {
  const found = await withSession(options, async (session) => {
    const znode = await ifThere(session.getData(path));
    return znode && { ...znode, owner: await ownerOf(znode.stat, session) };
  });
  if (!found) throw noZnode(path, options);
  return found;
}

/** As JSON and YAML have it. */
function statValue({ data, stat, owner }: Found): Record<string, unknown> {
  return {
    ...stat,
    ephemeralOwner: `0x${stat.ephemeralOwner.toString(16)}`,
    owner,
    dataBytes: data?.length ?? 0,
  };
}

function headLine(path: string, { stat, owner }: Found): string {
  const kind = owner === null ? 'persistent' : `ephemeral, ${ownerText(owner)}`;
  return `${path}: ${kind}, version ${String(stat.version)}, written ${timeText(stat.mtimeMs)}`;
}

export async function get(typed: string, options: GetOptions): Promise<void> {
  const path = normalise(typed);
  const found = await find(path, options);
  if (options.raw) {
    process.stdout.write(found.data ?? '');
    return;
  }
  const { value, notes } = decodeZnode(path, found.data);
  const data = found.data?.toString('utf8') ?? null;
  printValue({ path, data, value, notes, stat: statValue(found) }, options, () =>
    [headLine(path, found), prettyText(value), ...notes.map((note) => `note: ${note}`)].join('\n'),
  );
}

export async function stat(typed: string, options: ZooKeeperOptions): Promise<void> {
  const path = normalise(typed);
  const found = await find(path, options);
  printValue({ path, ...statValue(found) }, options, () => {
    const lines = statLines(path, found);
    const width = Math.max(...lines.map(([name]) => name.length));
    return [path, ...lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`)].join('\n');
  });
}

/** What else a number means at this path. */
function meanings(path: string): { readonly czxid: string; readonly version: string } {
  return {
    czxid: /^\/brokers\/ids\/\d+$/.test(path) ? ' (the broker epoch)' : '',
    version: path.endsWith('/state') ? ' (the partition epoch)' : '',
  };
}

function statLines(path: string, found: Found): [string, string][] {
  const { owner } = found;
  const { czxid, version }: Pick<Stat, 'czxid' | 'version'> = found.stat;
  const meaning = meanings(path);
  return [
    ['created', `${timeText(found.stat.ctimeMs)}, zxid ${String(czxid)}${meaning.czxid}`],
    ['written', `${timeText(found.stat.mtimeMs)}, zxid ${String(found.stat.mzxid)}`],
    ['version', `${String(version)}${meaning.version}`],
    ['data', `${String(found.data?.length ?? 0)} bytes${found.data === null ? ' (none)' : ''}`],
    ['children', `${String(found.stat.numChildren)}, changed ${String(found.stat.cversion)} times`],
    ['lives', owner === null ? 'until it is deleted' : `as long as ${ownerText(owner)}`],
  ];
}

interface Node {
  readonly path: string;
  readonly data: string | null;
  readonly value: unknown;
  readonly notes: readonly string[];
  readonly children: readonly Node[];
}

/** `undefined` for what is gone by the time it is read. */
async function readTree(
  session: ZooKeeperSession,
  path: string,
  depth: number,
): Promise<Node | undefined> {
  const [znode, names] = await Promise.all([
    ifThere(session.getData(path)),
    depth === 0 ? [] : childrenOf(session, path),
  ]);
  if (!znode || !names) return undefined;
  const children = await Promise.all(
    names.map((name) => readTree(session, childPath(path, name), depth - 1)),
  );
  const there = children.filter((child) => child !== undefined);
  const data = znode.data?.toString('utf8') ?? null;
  return { path, data, ...decodeZnode(path, znode.data), children: there };
}

function treeLines(node: Node, depth: number): string[] {
  const name = depth === 0 ? node.path : nameOf(node.path);
  const data = shortText(node.value);
  const note = node.notes.length === 0 ? '' : `  (${node.notes.join('; ')})`;
  return [
    `${'  '.repeat(depth)}${name}${data === '' ? '' : `  ${data}`}${note}`,
    ...node.children.flatMap((child) => treeLines(child, depth + 1)),
  ];
}

export async function tree(typed: string | undefined, options: TreeOptions): Promise<void> {
  const path = normalise(typed ?? '/');
  const depth = options.depth ?? Infinity;
  const root = await withSession(options, (session) => readTree(session, path, depth));
  if (!root) throw noZnode(path, options);
  if (options.output === 'table') print(treeLines(root, 0).join('\n'));
  else printValue(root, options, () => '');
}
