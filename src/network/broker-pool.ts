/** The connections of a client to the brokers of a cluster, which it knows by address: one to each, made when asked for. */
import type { Clock, Network } from '../platform/ports';
import { NetworkError } from '../platform/ports';
import { BrokerConnection } from './broker-connection';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Makes the error that the user of a pool throws; the message is written for operators. */
export type Refuse = (message: string, options?: ErrorOptions) => Error;

export interface BrokerPoolOptions {
  /** As `host:port,…`. */
  readonly bootstrap: string;
  readonly clientId: string;
  readonly connectTimeoutMs: number;
  readonly refuse: Refuse;
}

/** Throws what `refuse` makes on what is no list of `host:port`. */
export function parseBootstrap(list: string, refuse: Refuse): HostPort[] {
  return list.split(',').map((entry) => {
    const [, host = '', digits = ''] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(entry.trim()) ?? [];
    const port = Number(digits);
    if (host !== '' && port > 0 && port <= 65_535) return { host, port };
    throw refuse(`"${entry.trim()}" in the list of brokers is not host:port`);
  });
}

export class BrokerPool {
  readonly #bootstrap: readonly HostPort[];
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  #isClosed = false;

  /** Throws on a bootstrap list that is none. */
  constructor(
    private readonly platform: { readonly clock: Clock; readonly network: Network },
    private readonly options: BrokerPoolOptions,
  ) {
    this.#bootstrap = parseBootstrap(options.bootstrap, options.refuse);
  }

  /** `known` brokers first, then those that the user named: one that answers. Rejects with what `refuse` makes. */
  async any(known: Iterable<HostPort>): Promise<BrokerConnection> {
    let last: unknown;
    for (const address of [...known, ...this.#bootstrap]) {
      try {
        return await this.to(address);
      } catch (error) {
        last = error;
      }
    }
    const why = last instanceof Error ? last.message : String(last);
    const { bootstrap, refuse } = this.options;
    throw refuse(`no broker answers at ${bootstrap}: ${why}`, { cause: last });
  }

  /** The connection to that broker, made if there is none. Rejects with a `NetworkError`. */
  async to({ host, port }: HostPort): Promise<BrokerConnection> {
    const key = `${host}:${String(port)}`;
    const known = this.#connections.get(key);
    const open = await known?.catch(() => undefined);
    if (open && !open.isClosed) return open;
    // Somebody else may have asked for another meanwhile.
    const current = this.#connections.get(key);
    if (current !== undefined && current !== known) return current;
    if (this.#isClosed) throw new NetworkError('ECANCELED', 'the client has ended');
    const { clientId, connectTimeoutMs } = this.options;
    const address = { host, port, clientId, connectTimeoutMs };
    const connecting = BrokerConnection.open(this.platform, address);
    this.#connections.set(key, connecting);
    return connecting;
  }

  /** Closes all connections; none is made any more. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections.values())
      connection.then(
        (open) => open.close(),
        () => undefined,
      );
    this.#connections.clear();
  }
}
