/** `zookeeper.connect`: `host:port,host:port/chroot`. */

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface ZooKeeperAddress {
  readonly servers: readonly ServerAddress[];
  /** Begins with `/`, never ends with it; empty for the root. */
  readonly chroot: string;
}

const DEFAULT_PORT = 2181;
const HIGHEST_PORT = 65_535;
const SERVER = /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/;
const CHROOT = /^(\/(?!\.{1,2}(\/|$))[^/\s]+)*$/;

function parseServer(text: string): ServerAddress | undefined {
  const [, bracketed, plain, portText] = SERVER.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = portText === undefined ? DEFAULT_PORT : Number(portText);
  return host === undefined || port === 0 || port > HIGHEST_PORT ? undefined : { host, port };
}

/** Returns what is wrong, as a string, instead of an address. The port may be left out (2181). */
export function parseZooKeeperConnect(text: string): ZooKeeperAddress | string {
  const slash = text.indexOf('/');
  const hosts = slash < 0 ? text : text.slice(0, slash);
  const chroot = slash < 0 ? '' : text.slice(slash).replace(/\/$/, '');
  if (!CHROOT.test(chroot)) return `'${chroot}' is not a path of a znode`;
  const items = hosts.split(',').map((item) => item.trim());
  const servers: ServerAddress[] = [];
  // Empty items are skipped, as ZooKeeper's own ConnectStringParser does.
  for (const item of items.filter((each) => each !== '')) {
    const server = parseServer(item);
    if (!server) return `'${item}' is not host:port`;
    servers.push(server);
  }
  return servers.length > 0 ? { servers, chroot } : 'it names no server';
}
