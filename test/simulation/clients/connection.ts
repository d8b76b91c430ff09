/** A client's connection to a broker. It takes each answer with care: whatever is not the protocol is an accusation. */
import { FrameReader } from '../../../src/network/frame-reader';
import { NetworkError } from '../../../src/platform/ports';
import type { Cancel, Socket } from '../../../src/platform/ports';
import { codecOf } from '../../../src/protocol/codec';
import { encodeRequest } from '../../../src/protocol/frames';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
} from '../../../src/protocol/messages/18-api-versions';
import { Reader } from '../../../src/protocol/reader';
import { isFlexible } from '../../../src/protocol/schema';
import type { InputOf, MessageSpec, TypeOf } from '../../../src/protocol/schema';
import type { Client } from './client';
import type { HostPort } from './cluster-view';

const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
const API_VERSIONS = 18;

interface Pending {
  readonly correlationId: number;
  readonly cancelTimeout: Cancel;
  settle(frame: Buffer): void;
  fail(error: NetworkError): void;
}

export interface Asking {
  readonly timeoutMs: number;
  readonly version: number;
}

export class Connection {
  readonly #pending: Pending[] = [];
  #versions = new Map<number, { readonly minVersion: number; readonly maxVersion: number }>();
  #nextCorrelationId: number;
  #isClosed = false;

  private constructor(
    private readonly client: Client,
    private readonly socket: Socket,
    /** As it is called in accusations. */
    readonly broker: string,
  ) {
    this.#nextCorrelationId = client.random.below(1_000_000);
    const reader = new FrameReader(MAX_RESPONSE_BYTES, (frame) => this.#take(frame));
    socket.onData = (chunk) => {
      try {
        if (!this.#isClosed) reader.feed(chunk);
      } catch (error) {
        this.#refuse((error as Error).message);
      }
    };
    socket.onClose = () => this.#close('closed the connection');
  }

  /** Connects and asks which versions are served. Rejects with a `NetworkError`. */
  static async open(client: Client, address: HostPort, timeoutMs: number): Promise<Connection> {
    const socket = await client.network.connect({ ...address, timeoutMs });
    const connection = new Connection(client, socket, address.host);
    const version = client.random.between(...ApiVersionsRequest.versions);
    const { errorCode, apiKeys } = await connection.ask(
      ApiVersionsRequest,
      ApiVersionsResponse,
      version >= 3 ? { clientSoftwareName: 'simulated', clientSoftwareVersion: '1.0' } : {},
      { timeoutMs, version },
    );
    if (errorCode !== 0 || apiKeys.length === 0) connection.#refuse('no versions are told');
    connection.#versions = new Map(apiKeys.map((api) => [api.apiKey, api]));
    return connection;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sends a request and gives its answer. Rejects with a `NetworkError` when the connection ends, or no answer has
   * come within `timeoutMs`: then the connection is closed, and nobody knows whether the broker did as it was asked.
   */
  // oxlint-disable-next-line max-params -- reads as the request does on the wire.
  ask<Q extends MessageSpec, R extends MessageSpec>(
    request: Q,
    response: R,
    message: InputOf<Q>,
    { timeoutMs, version }: Asking,
  ): Promise<TypeOf<R>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(this.#lost('is not connected'));
        return;
      }
      const buffers = this.#encode(request, version, message);
      this.#pending.push({
        correlationId: this.#nextCorrelationId - 1,
        cancelTimeout: this.client.machine.after(timeoutMs, () =>
          this.#close(`gave no answer to API ${String(request.apiKey)} in time`),
        ),
        settle: (frame) => resolve(decodeResponse(response, version, frame)),
        fail: reject,
      });
      this.socket.write(buffers);
    });
  }

  /** Sends a request that has no answer; resolves once it has left. Rejects with a `NetworkError` if it has not. */
  tell<Q extends MessageSpec>(request: Q, message: InputOf<Q>, version: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(this.#encode(request, version, message), () => {
        if (this.#isClosed) reject(this.#lost('closed the connection'));
        else resolve();
      });
    });
  }

  /** `version`, or the nearest to it that the broker serves. */
  served(spec: MessageSpec, version: number): number {
    const range = this.#versions.get(spec.apiKey ?? -1);
    if (!range) return version;
    return Math.min(Math.max(version, range.minVersion), range.maxVersion);
  }

  isServed(spec: MessageSpec): boolean {
    return this.#versions.has(spec.apiKey ?? -1);
  }

  close(): void {
    this.#close('is not connected any more');
  }

  #encode<Q extends MessageSpec>(spec: Q, version: number, message: InputOf<Q>): Buffer[] {
    const correlationId = this.#nextCorrelationId++;
    return encodeRequest(spec, { version, correlationId, clientId: this.client.name }, message);
  }

  #take(frame: Buffer): void {
    if (this.#isClosed) return;
    const pending = this.#pending.shift();
    if (!pending) {
      this.#refuse('an answer to no request');
      return;
    }
    pending.cancelTimeout();
    const correlationId = frame.length < 4 ? NaN : frame.readInt32BE(0);
    try {
      if (correlationId !== pending.correlationId)
        throw new Error(
          `correlation id ${String(correlationId)} instead of ${String(pending.correlationId)}`,
        );
      // The frame lies in a read slab that is used again.
      pending.settle(Buffer.from(frame));
    } catch (error) {
      pending.fail(this.#lost('does not speak the protocol'));
      this.#refuse((error as Error).message);
    }
  }

  #refuse(what: string): void {
    this.client.accuse(this.broker, what);
    this.#close('does not speak the protocol');
  }

  #lost(what: string): NetworkError {
    return new NetworkError('ECONNRESET', `${this.broker} ${what}`);
  }

  #close(why: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.socket.destroy();
    for (const { cancelTimeout, fail } of this.#pending.splice(0)) {
      cancelTimeout();
      fail(this.#lost(why));
    }
  }
}

/** Throws on bytes that are no such message, or more than one. */
function decodeResponse<R extends MessageSpec>(spec: R, version: number, frame: Buffer): TypeOf<R> {
  const reader = new Reader(frame);
  reader.int32();
  if (spec.apiKey !== API_VERSIONS && isFlexible(spec, version)) reader.skipTaggedFields();
  const { message, end } = codecOf(spec).decode(frame, version, reader.position);
  if (end !== frame.length)
    throw new Error(
      `${String(frame.length - end)} bytes behind an answer of API ${String(spec.apiKey)}`,
    );
  return message;
}
