/**
 * One client's connection: cuts frames, hands each to the handler, and sends the answers in the order of
 * the requests. Owns what waits: frames not yet handled and answers not yet sent are bounded, and reading
 * stops while a bound is reached.
 */
import type { Log, Socket } from '../platform/ports';
import { FrameReader } from './frame-reader';

/** The answer to one request. */
export interface Reply {
  /** The response frame in chunks; `undefined` when the request has no response (Produce with acks=0). */
  readonly buffers: readonly Buffer[] | undefined;
  /** Runs when `buffers` are no longer needed, sent or not. */
  readonly onSent?: () => void;
}

/** Handles one frame. Throwing, or rejecting, closes the connection. The frame is only valid until the call returns. */
export type FrameHandler = (connection: ConnectionInfo, frame: Buffer) => Reply | Promise<Reply>;

export interface ConnectionInfo {
  /** Unique in this process; for logs and for what is kept by connection. */
  readonly id: number;
  readonly listenerName: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

export interface ConnectionLimits {
  readonly maxFrameBytes: number;
}

/** Requests of one connection that may be in flight at once where their order allows it. */
const MAX_IN_FLIGHT = 64;
/** Frames kept aside before reading stops. One slab of small frames may exceed it by what was read already. */
const MAX_WAITING_FRAMES = 16;
/** With more than this unsent, the next request waits: a client that does not read holds one answer, not many. */
const MAX_UNSENT_BYTES = 1024 * 1024;

const PRODUCE = 0;

interface Slot {
  reply: Reply | undefined;
}

export class Connection implements ConnectionInfo {
  readonly remoteAddress: string;
  readonly remotePort: number;
  lastActiveMs: number;
  #inFlight: Slot[] = [];
  /** True while everything in flight is Produce: those may overlap, because appending is in request order. */
  #onlyProduceInFlight = true;
  #waiting: Buffer[] = [];
  #paused = false;
  #closed = false;

  constructor(
    readonly id: number,
    readonly listenerName: string,
    private readonly socket: Socket,
    private readonly environment: {
      readonly limits: ConnectionLimits;
      readonly handler: FrameHandler;
      readonly log: Log;
      readonly nowMs: () => number;
      readonly onClose: (connection: Connection) => void;
    },
  ) {
    this.remoteAddress = socket.remoteAddress;
    this.remotePort = socket.remotePort;
    this.lastActiveMs = environment.nowMs();
    const reader = new FrameReader(environment.limits.maxFrameBytes, (frame) => this.#take(frame));
    socket.onData = (chunk) => {
      if (this.#closed) return;
      this.lastActiveMs = environment.nowMs();
      try {
        reader.feed(chunk);
      } catch (error) {
        this.#fail(error);
      }
    };
    socket.onClose = () => this.#ended();
  }

  get isIdle(): boolean {
    return this.#inFlight.length === 0 && this.#waiting.length === 0;
  }

  close(): void {
    this.socket.destroy();
  }

  /** Kafka serves a connection's requests one by one. Produce alone may overlap with Produce. */
  #mayStart(frame: Buffer): boolean {
    if (this.#inFlight.length === 0) return this.socket.unsentBytes <= MAX_UNSENT_BYTES;
    return this.#onlyProduceInFlight && this.#inFlight.length < MAX_IN_FLIGHT && isProduce(frame);
  }

  #take(frame: Buffer): void {
    if (this.#closed) return;
    if (this.#waiting.length === 0 && this.#mayStart(frame)) {
      this.#start(frame);
      return;
    }
    this.#waiting.push(Buffer.from(frame));
    if (!this.#paused && this.#waiting.length >= MAX_WAITING_FRAMES) {
      this.#paused = true;
      this.socket.pause();
    }
  }

  #start(frame: Buffer): void {
    const slot: Slot = { reply: undefined };
    this.#onlyProduceInFlight =
      isProduce(frame) && (this.#inFlight.length === 0 || this.#onlyProduceInFlight);
    this.#inFlight.push(slot);
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.environment.handler(this, frame);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (reply instanceof Promise) {
      reply.then(
        (settled) => this.#answer(slot, settled),
        (error: unknown) => this.#fail(error),
      );
    } else this.#answer(slot, reply);
  }

  #answer(slot: Slot, reply: Reply): void {
    if (this.#closed) {
      reply.onSent?.();
      return;
    }
    slot.reply = reply;
    let first = this.#inFlight[0];
    while (first?.reply) {
      this.#inFlight.shift();
      this.#send(first.reply);
      first = this.#inFlight[0];
    }
    this.#startWaiting();
  }

  #send(reply: Reply): void {
    if (!reply.buffers) {
      reply.onSent?.();
      return;
    }
    this.socket.write(reply.buffers, () => {
      reply.onSent?.();
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    if (this.#closed) return;
    let next = this.#waiting[0];
    while (next && this.#mayStart(next)) {
      this.#waiting.shift();
      this.#start(next);
      if (this.#closed) return;
      next = this.#waiting[0];
    }
    if (this.#paused && this.#waiting.length === 0) {
      this.#paused = false;
      this.socket.resume();
    }
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.environment.log.warn('closing a connection', {
      client: `${this.remoteAddress}:${String(this.remotePort)}`,
      listener: this.listenerName,
      error,
    });
    this.socket.destroy();
    this.#ended();
  }

  #ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const slot of this.#inFlight) slot.reply?.onSent?.();
    this.#inFlight = [];
    this.#waiting = [];
    this.environment.onClose(this);
  }
}

/** By the API key, which begins every request. */
function isProduce(frame: Buffer): boolean {
  return frame.length >= 2 && frame.readInt16BE(0) === PRODUCE;
}
