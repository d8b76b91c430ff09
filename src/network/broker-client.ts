/** One connection to a broker, from another or from a client. Requests may overlap; answers come back in order. */
import type { Cancel, Clock, Network, Socket } from '../platform/ports';
import { NetworkError } from '../platform/ports';
import { encodeRequest, parseResponse } from '../protocol/frames';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import { FrameReader } from './frame-reader';

/** A broker's answer is at most a fetch response; anything larger is not the protocol. */
const MAX_RESPONSE_BYTES = 2 ** 31 - 1;

interface Pending {
  readonly correlationId: number;
  readonly cancelTimeout: Cancel;
  settle(frame: Buffer): void;
  fail(error: Error): void;
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly connectTimeoutMs: number;
}

export class BrokerClient {
  onClose: () => void = () => undefined;
  #pending: Pending[] = [];
  #nextCorrelationId = 0;
  #closed = false;

  private constructor(
    private readonly clock: Clock,
    private readonly socket: Socket,
    private readonly address: BrokerAddress,
  ) {
    const reader = new FrameReader(MAX_RESPONSE_BYTES, (frame) => this.#take(frame));
    socket.onData = (chunk) => {
      try {
        reader.feed(chunk);
      } catch (error) {
        this.#close(error as Error);
      }
    };
    socket.onClose = (error) => this.#close(error);
  }

  /** Rejects with a `NetworkError`. Reconnecting is the caller's. */
  static async connect(
    platform: { readonly clock: Clock; readonly network: Network },
    address: BrokerAddress,
  ): Promise<BrokerClient> {
    const socket = await platform.network.connect({
      host: address.host,
      port: address.port,
      timeoutMs: address.connectTimeoutMs,
    });
    return new BrokerClient(platform.clock, socket, address);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Sends a request and gives its response. Rejects with a `NetworkError` when the connection ends, the answer
   * is malformed or none comes within `timeoutMs`; the connection is closed then, since its order of answers is lost.
   * `records` in the response lie in the read slab: they are valid only until the continuation's first await.
   */
  // oxlint-disable-next-line max-params -- a request is these five things, and its callers declare it so.
  request<S extends MessageSpec, R extends MessageSpec>(
    requestSpec: S,
    responseSpec: R,
    version: number,
    message: InputOf<S>,
    timeoutMs: number,
  ): Promise<TypeOf<R>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#lost('is closed'));
        return;
      }
      const correlationId = this.#takeCorrelationId();
      const buffers = this.#encode(requestSpec, version, correlationId, message);
      this.#pending.push({
        correlationId,
        cancelTimeout: this.clock.callAfter(timeoutMs, () => {
          this.#close(this.#lost(`gave no answer within ${String(timeoutMs)} ms`));
        }),
        settle: (frame) => resolve(parseResponse(responseSpec, version, frame).message),
        fail: reject,
      });
      this.socket.write(buffers);
    });
  }

  /**
   * Sends a request that has no response, as Produce with acks = 0. Resolves once the operating system has
   * taken it; rejects with a `NetworkError` if the connection ended before.
   */
  requestUnanswered<S extends MessageSpec>(
    requestSpec: S,
    version: number,
    message: InputOf<S>,
  ): Promise<void> {
    const buffers = this.#encode(requestSpec, version, this.#takeCorrelationId(), message);
    return new Promise((resolve, reject) => {
      this.socket.write(buffers, () => {
        if (this.#closed) reject(this.#lost('closed the connection'));
        else resolve();
      });
    });
  }

  close(): void {
    this.#close(undefined);
  }

  #takeCorrelationId(): number {
    const correlationId = this.#nextCorrelationId;
    this.#nextCorrelationId = (correlationId + 1) & 0x7fffffff;
    return correlationId;
  }

  #encode<S extends MessageSpec>(
    spec: S,
    version: number,
    correlationId: number,
    message: InputOf<S>,
  ): Buffer[] {
    const { clientId } = this.address;
    return encodeRequest(spec, { version, correlationId, clientId }, message);
  }

  #take(frame: Buffer): void {
    const pending = this.#pending.shift();
    if (!pending) throw this.#lost('sent an answer to no request');
    pending.cancelTimeout();
    if (frame.length < 4 || frame.readInt32BE(0) !== pending.correlationId) {
      const error = this.#lost('answered out of order');
      pending.fail(error);
      throw error;
    }
    try {
      pending.settle(frame);
    } catch (cause) {
      const error = this.#lost('gave an answer that makes no sense', { cause });
      pending.fail(error);
      throw error;
    }
  }

  #lost(what: string, options?: ErrorOptions): NetworkError {
    const { host, port } = this.address;
    return new NetworkError('ECONNRESET', `broker ${host}:${String(port)} ${what}`, options);
  }

  #close(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.destroy();
    const pending = this.#pending;
    this.#pending = [];
    for (const each of pending) {
      each.cancelTimeout();
      each.fail(error instanceof NetworkError ? error : this.#lost('closed the connection'));
    }
    this.onClose();
  }
}
