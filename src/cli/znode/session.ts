/** How `odradek znode` reaches ZooKeeper: a chroot that is missing stays missing. */
import type { Log } from '../../platform/ports';
import { isZooKeeperError } from '../../zookeeper/errors';
import type { ZooKeeperSession } from '../../zookeeper/session';
import type { ZooKeeperOptions } from '../arguments';
import { notFound } from '../failure';

const SESSION_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 5_000;

export async function openSession(options: ZooKeeperOptions, log?: Log): Promise<ZooKeeperSession> {
  const { connectZooKeeper } =
    require('../../zookeeper/connect') as typeof import('../../zookeeper/connect');
  const { nodePlatform } = require('../../platform/node') as typeof import('../../platform/node');
  try {
    return await connectZooKeeper({
      connect: options.zookeeper,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
      platform: nodePlatform(log === undefined ? {} : { log }),
      isReadOnly: true,
    });
  } catch (error) {
    if (!isZooKeeperError(error, 'NO_NODE')) throw error;
    throw notFound(`there is no znode ${error.path}, the chroot of ${options.zookeeper}`);
  }
}

export async function withSession<T>(
  options: ZooKeeperOptions,
  work: (session: ZooKeeperSession) => Promise<T>,
): Promise<T> {
  const session = await openSession(options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** The error where a znode was named that does not exist; it tells of the chroot, which is easily forgotten. */
export function noZnode(path: string, options: ZooKeeperOptions): Error {
  const slash = options.zookeeper.indexOf('/');
  const chroot = slash < 0 ? '' : options.zookeeper.slice(slash).replace(/\/$/, '');
  return notFound(`there is no znode ${path}${chroot === '' ? '' : ` below ${chroot}`}`);
}
