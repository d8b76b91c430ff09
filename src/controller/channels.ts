/**
 * The controller's way to each broker: one FIFO, one connection, one request out at a time, sent again until
 * it is answered or the broker is gone. Order is what makes the requests safe, so nothing overtakes.
 * Kafka's `ControllerChannelManager` and `RequestSendThread`.
 */
import { NetworkError } from '../platform/ports';
import type { Cancel, Clock, Log } from '../platform/ports';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import type { PeerConnection, PeerConnector } from './ports';

const RETRY_DELAY_MS = 100;

/**
 * Requests that may wait for one broker. One that does not answer for so long gets everything anew, which is
 * less than what has piled up.
 */
export const MAX_QUEUED_REQUESTS = 10_000;

export interface ChannelTarget {
  readonly host: string;
  readonly port: number;
}

export interface ChannelOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly peers: PeerConnector;
  readonly clientId: string;
  /** Looked up anew for each connection: a broker may change its listeners. */
  readonly targetOf: (broker: number) => ChannelTarget | undefined;
  readonly connectTimeoutMs: () => number;
  readonly requestTimeoutMs: () => number;
  /** The broker's queue was full and has been dropped. */
  readonly onOverflow: (broker: number) => void;
}

/** A request with what reads its answer. */
export interface ChannelRequest<S extends MessageSpec, R extends MessageSpec> {
  readonly api: { readonly request: S; readonly response: R; readonly version: number };
  readonly message: InputOf<S>;
  readonly onResponse: (response: TypeOf<R>) => void;
}

type Send = (connection: PeerConnection) => Promise<void>;

export class Channels {
  readonly #options: ChannelOptions;
  readonly #channels = new Map<number, Channel>();

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  add(broker: number): void {
    if (!this.#channels.has(broker)) this.#channels.set(broker, new Channel(broker, this.#options));
  }

  /** Drops what waits for the broker, and its connection. */
  remove(broker: number): void {
    this.#channels.get(broker)?.stop();
    this.#channels.delete(broker);
  }

  /** Queues a request; to a broker without a channel it is dropped. */
  send<S extends MessageSpec, R extends MessageSpec>(
    broker: number,
    request: ChannelRequest<S, R>,
  ): void {
    const { api, message, onResponse } = request;
    this.#channels.get(broker)?.put(async (connection) => {
      const timeoutMs = this.#options.requestTimeoutMs();
      onResponse(
        await connection.request(api.request, api.response, api.version, message, timeoutMs),
      );
    });
  }

  /** Requests that each broker has not answered. */
  *queueSizes(): Iterable<readonly [broker: number, size: number]> {
    for (const [broker, { size }] of this.#channels) yield [broker, size];
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.stop();
    this.#channels.clear();
  }
}

class Channel {
  readonly #broker: number;
  readonly #options: ChannelOptions;
  readonly #log: Log;
  #queue: Send[] = [];
  #connection: PeerConnection | undefined;
  #isSending = false;
  #isStopped = false;
  #isFailing = false;
  #cancelRetry: Cancel = () => undefined;

  constructor(broker: number, options: ChannelOptions) {
    this.#broker = broker;
    this.#options = options;
    this.#log = options.log.with({ receiver: broker });
  }

  get size(): number {
    return this.#queue.length;
  }

  put(send: Send): void {
    if (this.#queue.length >= MAX_QUEUED_REQUESTS) {
      this.#queue = [];
      this.#log.error('controller channel is full: the broker will be told everything anew');
      this.#options.onOverflow(this.#broker);
      return;
    }
    this.#queue.push(send);
    if (!this.#isSending) void this.#sendAll();
  }

  stop(): void {
    this.#isStopped = true;
    this.#queue = [];
    this.#cancelRetry();
    this.#disconnect();
  }

  /** Sends what waits, until it fails; then a timer goes on. */
  async #sendAll(): Promise<void> {
    this.#isSending = true;
    try {
      // A request stays at the head until it is answered. `stop` and an overflow empty the queue meanwhile.
      for (let head = this.#queue[0]; head; head = this.#queue[0]) {
        await head(await this.#connected());
        this.#recovered();
        if (this.#queue[0] === head) this.#queue.shift();
      }
      this.#isSending = false;
    } catch (error) {
      this.#retryLater(error);
    }
  }

  async #connected(): Promise<PeerConnection> {
    if (this.#connection) return this.#connection;
    const target = this.#options.targetOf(this.#broker);
    if (!target)
      throw new NetworkError('EADDRNOTAVAIL', 'the broker has no listener for the controller');
    const connection = await this.#options.peers.connect({
      host: target.host,
      port: target.port,
      clientId: this.#options.clientId,
      connectTimeoutMs: this.#options.connectTimeoutMs(),
    });
    if (this.#isStopped) connection.close();
    else this.#connection = connection;
    return connection;
  }

  #retryLater(error: unknown): void {
    this.#disconnect();
    if (this.#isStopped) return;
    if (!this.#isFailing)
      this.#log.warn('controller cannot reach broker, retrying', { error: String(error) });
    this.#isFailing = true;
    this.#cancelRetry = this.#options.clock.callAfter(RETRY_DELAY_MS, () => void this.#sendAll());
  }

  #recovered(): void {
    if (this.#isFailing) this.#log.info('controller reaches broker again');
    this.#isFailing = false;
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}
