/** `zookeeper.connect`: `host:port,host:port/chroot`. */

export interface ZooKeeperAddress {
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  /** Begins with `/`, never ends with it; empty for the root. */
  readonly chroot: string;
}

const DEFAULT_PORT = 2181;
const SERVER = /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/;
const CHROOT = /^(\/[^/\s]+)*$/;

/** Returns what is wrong, as a string, instead of an address. The port may be left out (2181). */
export function parseZooKeeperConnect(text: string): ZooKeeperAddress | string {
  const slash = text.indexOf('/');
  const hosts = slash < 0 ? text : text.slice(0, slash);
  const chroot = slash < 0 ? '' : text.slice(slash).replace(/\/$/, '');
  if (!CHROOT.test(chroot)) return `'${chroot}' is not a path of a znode`;
  const servers = hosts.split(',').map((item) => {
    const [, bracketed, plain, port] = SERVER.exec(item.trim()) ?? [];
    return {
      host: bracketed ?? plain,
      port: port === undefined ? DEFAULT_PORT : Number(port),
      item,
    };
  });
  const wrong = servers.find(({ host, port }) => host === undefined || port > 65_535 || port === 0);
  if (wrong) return `'${wrong.item.trim()}' is not host:port`;
  return { servers: servers.map(({ host, port }) => ({ host: host ?? '', port })), chroot };
}
