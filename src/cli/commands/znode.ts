/** `odradek znode`: looks into ZooKeeper, read only. */
import type { Command } from 'commander';

import type { ZooKeeperSession } from '../../zookeeper/session';
import { withZooKeeperOptions } from '../arguments';
import type { ZooKeeperOptions } from '../arguments';
import { notFound } from '../failure';
import { printValue } from '../output';

const SESSION_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 5_000;

export function define(command: Command): void {
  const withOptions = (usage: string, description: string): Command =>
    withZooKeeperOptions(command.command(usage)).description(description);
  withOptions('ls [path]', 'list the children of a znode').action(ls);
  withOptions('get <path>', 'print the data of a znode').action(get);
  withOptions('tree [path]', 'print a znode and everything below it').action(tree);
}

async function withSession<T>(
  options: ZooKeeperOptions,
  work: (session: ZooKeeperSession) => Promise<T>,
): Promise<T> {
  const { connectZooKeeper } =
    require('../../zookeeper/connect') as typeof import('../../zookeeper/connect');
  const { nodePlatform } = require('../../platform/node') as typeof import('../../platform/node');
  const session = await connectZooKeeper({
    connect: options.zookeeper,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
    platform: nodePlatform(),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** `/a/b`, from what people type: with or without slashes at its ends. */
function normalise(path: string): string {
  return `/${path
    .split('/')
    .filter((name) => name !== '')
    .join('/')}`;
}

function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

async function existing(session: ZooKeeperSession, path: string): Promise<void> {
  if (!(await session.exists(path))) throw notFound(`there is no znode ${path}`);
}

async function childrenOf(session: ZooKeeperSession, path: string): Promise<string[]> {
  const { children } = await session.getChildren(path);
  return [...children].sort();
}

async function ls(typed: string | undefined, options: ZooKeeperOptions): Promise<void> {
  const path = normalise(typed ?? '/');
  const children = await withSession(options, async (session) => {
    await existing(session, path);
    return childrenOf(session, path);
  });
  printValue(children, options, () => children.join('\n'));
}

async function get(typed: string, options: ZooKeeperOptions): Promise<void> {
  const path = normalise(typed);
  const { data, stat } = await withSession(options, async (session) => {
    await existing(session, path);
    return session.getData(path);
  });
  const text = data === null ? null : data.toString('utf8');
  const ephemeralOwner = `0x${stat.ephemeralOwner.toString(16)}`;
  const value = { path, data: text, stat: { ...stat, ephemeralOwner } };
  printValue(value, options, () => text ?? '(no data)');
}

interface Node {
  readonly path: string;
  readonly data: string | null;
  readonly children: Node[];
}

async function readTree(session: ZooKeeperSession, path: string): Promise<Node> {
  const { data } = await session.getData(path);
  const names = await childrenOf(session, path);
  const children = await Promise.all(names.map((name) => readTree(session, childPath(path, name))));
  return { path, data: data === null ? null : data.toString('utf8'), children };
}

function treeLines(node: Node, depth: number): string[] {
  const name = depth === 0 ? node.path : (node.path.split('/').at(-1) ?? '');
  const data = node.data === null || node.data === '' ? '' : `  ${node.data}`;
  return [
    `${'  '.repeat(depth)}${name}${data}`,
    ...node.children.flatMap((child) => treeLines(child, depth + 1)),
  ];
}

async function tree(typed: string | undefined, options: ZooKeeperOptions): Promise<void> {
  const path = normalise(typed ?? '/');
  const root = await withSession(options, async (session) => {
    await existing(session, path);
    return readTree(session, path);
  });
  printValue(root, options, () => treeLines(root, 0).join('\n'));
}
