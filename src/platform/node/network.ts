import * as net from 'node:net';
import { hostname } from 'node:os';

import { NetworkError } from '../ports';
import type { HttpPages, Listener, Network, Socket } from '../ports';
import { bind, networkError, stopAccepting } from './listening';

/** One slab serves all reads of the process: what it holds is gone when `onData` returns. */
const READ_SLAB_BYTES = 256 * 1024;
let sharedSlab: Buffer | undefined;

function readSlab(): Buffer {
  return (sharedSlab ??= Buffer.allocUnsafeSlow(READ_SLAB_BYTES));
}

/** `net.Socket` as the port's `Socket`: reads from the shared slab, writes of one tick corked together. */
class NodeSocket implements Socket {
  onData: (chunk: Buffer) => void = () => undefined;
  onClose: (error: Error | undefined) => void = () => undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  #corked = false;
  #error: Error | undefined;
  #awaitingSend = new Set<() => void>();

  constructor(private readonly socket: net.Socket) {
    this.remoteAddress = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    this.remotePort = socket.remotePort ?? 0;
    this.localPort = socket.localPort ?? 0;
    socket.setNoDelay(true);
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => this.#closed());
  }

  /** Bytes read by either way (slab or 'data' event) come through here. */
  receive(chunk: Buffer): void {
    this.onData(chunk);
  }

  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  write(buffers: readonly Buffer[], onSent?: () => void): void {
    if (this.socket.destroyed || this.socket.writableEnded) {
      onSent?.();
      return;
    }
    this.#corkForThisTick();
    const last = buffers.length - 1;
    for (let i = 0; i < last; i++) this.socket.write(buffers[i] as Buffer);
    const tail = buffers[last];
    if (!tail) onSent?.();
    else if (onSent) this.#writeTracked(tail, onSent);
    else this.socket.write(tail);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** A destroyed socket may drop its write callbacks, so what waits for them is also released at close. */
  #writeTracked(buffer: Buffer, onSent: () => void): void {
    const sent = (): void => {
      if (this.#awaitingSend.delete(sent)) onSent();
    };
    this.#awaitingSend.add(sent);
    this.socket.write(buffer, sent);
  }

  #corkForThisTick(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.socket.cork();
    setImmediate(() => {
      this.#corked = false;
      this.socket.uncork();
    });
  }

  #closed(): void {
    for (const sent of this.#awaitingSend) sent();
    this.onClose(this.#error);
  }
}

/** Node keeps the handle of a socket in this private field; see `adoptWithSlab`. */
interface WithHandle {
  _handle?: unknown;
}

/**
 * `net.Server` gives accepted sockets no `onread` option, so the accepted handle is put into a socket of
 * our own that reads into the slab. Where a Node version lacks the field, 'data' events do the same.
 */
function adoptWithSlab(accepted: net.Socket): NodeSocket {
  const handle = (accepted as unknown as WithHandle)._handle;
  if (!handle) return adoptWithEvents(accepted);
  let adopted: NodeSocket | undefined;
  const options = {
    handle,
    onread: {
      buffer: readSlab(),
      callback: (count: number, slab: Uint8Array): boolean => {
        adopted?.receive((slab as Buffer).subarray(0, count));
        return true;
      },
    },
  };
  const socket = new net.Socket(options as unknown as net.SocketConstructorOpts);
  (accepted as unknown as WithHandle)._handle = undefined;
  adopted = new NodeSocket(socket);
  socket.resume();
  return adopted;
}

function adoptWithEvents(accepted: net.Socket): NodeSocket {
  const socket = new NodeSocket(accepted);
  accepted.on('data', (chunk) => socket.receive(chunk));
  accepted.resume();
  return socket;
}

function listen(
  address: { host: string | undefined; port: number; backlog?: number },
  onConnection: (socket: Socket) => void,
): Promise<Listener> {
  const server = net.createServer({ pauseOnConnect: true }, (accepted) =>
    onConnection(adoptWithSlab(accepted)),
  );
  return bind(server, address, () => stopAccepting(server));
}

function connect(address: { host: string; port: number; timeoutMs: number }): Promise<Socket> {
  const where = `${address.host}:${String(address.port)}`;
  return new Promise((resolve, reject) => {
    let adopted: NodeSocket | undefined;
    const socket = net.connect({
      host: address.host,
      port: address.port,
      onread: {
        buffer: readSlab(),
        callback: (count, slab) => {
          adopted?.receive((slab as Buffer).subarray(0, count));
          return true;
        },
      },
    });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new NetworkError('ETIMEDOUT', `cannot connect to ${where}: timed out`));
    }, address.timeoutMs);
    const failed = (error: Error): void => {
      clearTimeout(timer);
      reject(networkError(error, `cannot connect to ${where}`));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      adopted = new NodeSocket(socket);
      resolve(adopted);
    });
  });
}

/** Loaded only when asked for: few brokers serve pages, and all of them want to start quickly. */
function serveHttp(
  address: { host: string | undefined; port: number },
  pages: HttpPages,
): Promise<Listener> {
  const http = require('./http-server') as typeof import('./http-server');
  return http.serveHttp(address, pages);
}

/** TCP of this machine. */
export const nodeNetwork: Network = { hostName: hostname(), listen, connect, serveHttp };
