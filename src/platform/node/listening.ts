/** How servers of this machine bind their ports, whatever they speak. */
import type * as net from 'node:net';

import { NetworkError } from '../ports';
import type { Listener } from '../ports';

export function networkError(error: unknown, what: string): NetworkError {
  const code = (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
  return new NetworkError(code, `${what}: ${(error as Error).message}`, { cause: error });
}

/** Does not wait for the connections made: `server.close` would call back only after the last of them. */
export function stopAccepting(server: net.Server): Promise<void> {
  server.close();
  return new Promise((closed) => setImmediate(closed));
}

export function bind(
  server: net.Server,
  address: { host: string | undefined; port: number; backlog?: number },
  close: () => Promise<void>,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const where = `${address.host ?? '*'}:${String(address.port)}`;
    server.once('error', (error) => reject(networkError(error, `cannot listen on ${where}`)));
    server.listen(
      {
        ...(address.host ? { host: address.host } : {}),
        port: address.port,
        ...(address.backlog ? { backlog: address.backlog } : {}),
      },
      () => resolve({ port: (server.address() as net.AddressInfo).port, close }),
    );
  });
}
