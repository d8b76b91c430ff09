/** `zookeeper.connect` as the session takes it. */
import { parseZooKeeperConnect } from '../config/zookeeper-connect';
import type { ZooKeeperAddress } from '../config/zookeeper-connect';
import { ZooKeeperError } from './errors';

/** Servers, and the folder (chroot) that holds the cluster. */
export type ConnectTarget = ZooKeeperAddress;

/** Reads `host:port,[::1]:port,…/chroot`; the port defaults to 2181. Throws BAD_ARGUMENTS. */
export function parseConnectString(connect: string): ConnectTarget {
  const target = parseZooKeeperConnect(connect);
  if (typeof target !== 'string') return target;
  throw new ZooKeeperError('BAD_ARGUMENTS', 'connect', connect, { cause: new Error(target) });
}
