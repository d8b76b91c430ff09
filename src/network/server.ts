/** The listeners of a broker and the connections that came in through them, with their limits. */
import type { Cancel, Listener, Platform, Socket } from '../platform/ports';
import { AcceptRate } from './accept-rate';
import { Connection } from './connection';
import type { FrameHandler } from './connection';
import { RequestMemory } from './request-memory';
import type { RequestMemoryLimits } from './request-memory';

/** Read anew at every use, since an operator may change some of them at any time. */
export interface ServerLimits extends RequestMemoryLimits {
  /** `socket.request.max.bytes` */
  readonly maxFrameBytes: number;
  /** `connections.max.idle.ms`; 0 or less never closes. */
  readonly maxIdleMs: number;
  /** `max.connections` */
  readonly maxConnections: number;
  /** `max.connections.per.ip` and its overrides, by address */
  maxConnectionsFrom(address: string): number;
  /** `max.connection.creation.rate`: connections a second */
  readonly connectionRate: number;
}

export interface ListenerAddress {
  readonly name: string;
  /** `undefined` binds every interface. */
  readonly host: string | undefined;
  readonly port: number;
}

/** The connections of one listener. */
export interface ConnectionCounts {
  open: number;
  /** Since the start. */
  accepted: number;
}

/** How often idle connections are looked for, in parts of the limit. */
const IDLE_CHECKS_PER_LIMIT = 4;

export class KafkaServer {
  #listeners: Listener[] = [];
  #connections = new Set<Connection>();
  #connectionsByAddress = new Map<string, number>();
  readonly #counts = new Map<string, ConnectionCounts>();
  #nextId = 1;
  #cancelIdleCheck: Cancel | undefined;
  readonly #rate = new AcceptRate();
  /** What requests hold before they are handled, of all connections together. */
  readonly memory: RequestMemory;

  constructor(
    private readonly platform: Pick<Platform, 'clock' | 'network' | 'log'>,
    private readonly limits: () => ServerLimits,
    private readonly handler: FrameHandler,
  ) {
    this.memory = new RequestMemory(limits);
  }

  /**
   * Binds every address; connections are accepted, and wait for an answer, from then on. Returns the port of
   * each listener by name. Rejects with a `NetworkError`; what was bound by then is closed again.
   */
  async listen(
    addresses: readonly ListenerAddress[],
    backlog: number,
  ): Promise<Map<string, number>> {
    const ports = new Map<string, number>();
    try {
      for (const { name, host, port } of addresses) {
        this.#counts.set(name, { open: 0, accepted: 0 });
        const listener = await this.platform.network.listen({ host, port, backlog }, (socket) =>
          this.#accept(name, socket),
        );
        this.#listeners.push(listener);
        ports.set(name, listener.port);
      }
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#scheduleIdleCheck();
    return ports;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** By the name of the listener. */
  get connectionCounts(): ReadonlyMap<string, Readonly<ConnectionCounts>> {
    return this.#counts;
  }

  /** Stops accepting; connections already made go on. */
  async stopListening(): Promise<void> {
    const listeners = this.#listeners;
    this.#listeners = [];
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  /** Stops accepting and closes every connection. */
  async close(): Promise<void> {
    this.#cancelIdleCheck?.();
    await this.stopListening();
    for (const connection of [...this.#connections]) connection.close();
  }

  #accept(listenerName: string, socket: Socket): void {
    const address = socket.remoteAddress;
    const fromAddress = this.#connectionsByAddress.get(address) ?? 0;
    const limits = this.limits();
    if (
      this.#connections.size >= limits.maxConnections ||
      fromAddress >= limits.maxConnectionsFrom(address)
    ) {
      this.platform.log.warn('refusing a connection: too many', { client: address, fromAddress });
      socket.destroy();
      return;
    }
    this.#connectionsByAddress.set(address, fromAddress + 1);
    const connection = new Connection(this.#nextId++, listenerName, socket, {
      limits,
      memory: this.memory,
      handler: this.handler,
      log: this.platform.log,
      nowMs: () => this.platform.clock.monotonicMs(),
      onClose: (closed) => this.#forget(closed),
    });
    this.#connections.add(connection);
    const counts = this.#counts.get(listenerName);
    if (counts) {
      counts.open++;
      counts.accepted++;
    }
    this.#delay(connection, limits.connectionRate);
  }

  /** Above the rate a connection is made all the same, but not read from before its time. */
  #delay(connection: Connection, perSecond: number): void {
    const { clock } = this.platform;
    const delayMs = this.#rate.delayMs(clock.monotonicMs(), perSecond);
    if (delayMs === 0) return;
    connection.pause();
    clock.callAfter(delayMs, () => connection.resume());
  }

  #forget(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    const counts = this.#counts.get(connection.listenerName);
    if (counts) counts.open--;
    const address = connection.remoteAddress;
    const left = (this.#connectionsByAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#connectionsByAddress.set(address, left);
    else this.#connectionsByAddress.delete(address);
  }

  #scheduleIdleCheck(): void {
    const { maxIdleMs } = this.limits();
    if (maxIdleMs <= 0) return;
    this.#cancelIdleCheck = this.platform.clock.callAfter(maxIdleMs / IDLE_CHECKS_PER_LIMIT, () => {
      const idleSince = this.platform.clock.monotonicMs() - maxIdleMs;
      for (const connection of this.#connections) {
        if (connection.isIdle && connection.lastActiveMs < idleSince) connection.close();
      }
      this.#scheduleIdleCheck();
    });
  }
}
