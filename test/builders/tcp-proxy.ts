/**
 * A TCP proxy in front of a server, to do to its clients what networks do: cut connections, go silent,
 * lose the answers to requests that were carried out, refuse new connections.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

type Mode = 'forward' | 'loseAnswers' | 'silent' | 'refuse';

export interface TcpProxy {
  readonly port: number;
  readonly connectString: string;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Cuts all connections; new ones are accepted. */
  cut(): void;
  /** Requests go through; answers are lost from the first request on that contains `text`. */
  loseAnswers(text: string): void;
  /** Nothing goes through, nothing is closed. */
  goSilent(): void;
  /** Cuts all connections and refuses new ones. */
  refuse(): void;
  /** As at the start, for new connections; those that were tampered with are cut. */
  heal(): void;
  stop(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let mode: Mode = 'forward';
  let accepted = 0;
  let losesFrom: string | undefined;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const server = createServer((client) => {
    accepted++;
    if (mode === 'refuse') return void client.destroy();
    const upstream = connect(targetPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (data) => {
      if (losesFrom !== undefined && data.includes(losesFrom)) mode = 'loseAnswers';
      if (mode === 'forward' || mode === 'loseAnswers') upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (mode === 'forward') client.write(data);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      if (mode === 'forward') client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connectString: `127.0.0.1:${String(port)}`,
    get accepted() {
      return accepted;
    },
    cut,
    loseAnswers: (text) => void (losesFrom = text),
    goSilent: () => void (mode = 'silent'),
    refuse: () => {
      mode = 'refuse';
      cut();
    },
    heal: () => {
      mode = 'forward';
      losesFrom = undefined;
      cut();
    },
    stop: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
