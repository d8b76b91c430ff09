/** `zookeeper.connect`: servers, and the folder (chroot) that holds the cluster. */

import { ZooKeeperError } from './errors';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface ConnectTarget {
  readonly servers: readonly ServerAddress[];
  /** Without the slash at its end; empty for none. */
  readonly chroot: string;
}

const DEFAULT_PORT = 2181;

/** Reads `host:port,[::1]:port,…/chroot`; the port defaults to 2181. Throws BAD_ARGUMENTS. */
export function parseConnectString(connect: string): ConnectTarget {
  const slash = connect.indexOf('/');
  const hosts = slash === -1 ? connect : connect.slice(0, slash);
  const chroot = slash === -1 ? '' : connect.slice(slash).replace(/\/$/, '');
  const servers = hosts
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => parseServer(each, connect));
  if (servers.length === 0) throw invalid(connect, 'it names no server');
  if (/\/(\/|\.\.?(\/|$))/.test(chroot))
    throw invalid(connect, 'the path after the servers is not a znode path');
  return { servers, chroot };
}

function parseServer(text: string, connect: string): ServerAddress {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (host === undefined || port === 0 || port > 65535) {
    throw invalid(connect, `"${text}" is not host:port`);
  }
  return { host, port };
}

function invalid(connect: string, why: string): ZooKeeperError {
  return new ZooKeeperError('BAD_ARGUMENTS', 'connect', connect, { cause: new Error(why) });
}
