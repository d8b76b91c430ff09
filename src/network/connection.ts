/**
 * One client's connection: cuts frames, hands each to the handler, and sends the answers in the order of
 * the requests. Owns what waits: frames not yet handled and answers not yet sent are bounded, and reading
 * stops while a bound is reached.
 */
import type { Log, Socket } from '../platform/ports';
import { FrameReader } from './frame-reader';
import type { RequestMemory, RoomRequest } from './request-memory';

/** Hears how far an answer is on its way; times are of the clock's `monotonicMs`. */
export interface ReplyProgress {
  /** All answers before it are on their way. */
  sending(nowMs: number): void;
  /** The operating system has it, or its connection is gone. */
  sent(nowMs: number): void;
}

/** The answer to one request. */
export interface Reply {
  /** The response frame in chunks; `undefined` when the request has no response (Produce with acks=0). */
  readonly buffers: readonly Buffer[] | undefined;
  /** Runs when `buffers` are no longer needed, sent or not. */
  readonly onSent?: () => void;
  readonly progress?: ReplyProgress | undefined;
}

/**
 * Handles one frame, which arrived at `arrivedMs` (`monotonicMs`). Throwing, or rejecting, closes the connection. The
 * frame is only valid until the call returns.
 */
export type FrameHandler = (
  connection: ConnectionInfo,
  frame: Buffer,
  arrivedMs: number,
) => Reply | Promise<Reply>;

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

/** Too many frames wait · no room for the frame that is arriving · it came above the rate of new connections. */
type PauseReason = 'frames' | 'room' | 'rate';

interface Slot {
  reply: Reply | undefined;
}

/** A frame that is not handled yet. */
interface WaitingFrame {
  readonly frame: Buffer;
  readonly arrivedMs: number;
}

export class Connection implements ConnectionInfo {
  readonly remoteAddress: string;
  readonly remotePort: number;
  lastActiveMs: number;
  #inFlight: Slot[] = [];
  /** True while everything in flight is Produce: those may overlap, because appending is in request order. */
  #onlyProduceInFlight = true;
  #waiting: WaitingFrame[] = [];
  /** Why reading has stopped; it goes on when no reason is left. */
  readonly #pauses = new Set<PauseReason>();
  /** Bytes reserved for the frame that is arriving. */
  #arrivingBytes = 0;
  /** Reading has stopped until there is room for the frame that is arriving. */
  #awaitedRoom: RoomRequest | undefined;
  #closed = false;

  constructor(
    readonly id: number,
    readonly listenerName: string,
    private readonly socket: Socket,
    private readonly environment: {
      readonly limits: ConnectionLimits;
      readonly memory: RequestMemory;
      readonly handler: FrameHandler;
      readonly log: Log;
      readonly nowMs: () => number;
      readonly onClose: (connection: Connection) => void;
    },
  ) {
    this.remoteAddress = socket.remoteAddress;
    this.remotePort = socket.remotePort;
    this.lastActiveMs = environment.nowMs();
    const reader = new FrameReader(
      environment.limits.maxFrameBytes,
      (frame) => this.#take(frame),
      (size) => this.#makeRoom(size),
    );
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

  /** Reads nothing until `resume`: the connection came above the rate of new connections. */
  pause(): void {
    this.#pause('rate');
  }

  resume(): void {
    this.#resume('rate');
  }

  /** Kafka serves a connection's requests one by one. Produce alone may overlap with Produce. */
  #mayStart(frame: Buffer): boolean {
    if (this.#inFlight.length === 0) return this.socket.unsentBytes <= MAX_UNSENT_BYTES;
    return this.#onlyProduceInFlight && this.#inFlight.length < MAX_IN_FLIGHT && isProduce(frame);
  }

  #makeRoom(bytes: number): void {
    if (this.#closed) return;
    const reserved = (): void => {
      this.#arrivingBytes = bytes;
      this.#awaitedRoom = undefined;
    };
    this.#awaitedRoom = this.environment.memory.reserve(bytes, () => {
      reserved();
      this.#resume('room');
    });
    if (this.#awaitedRoom) this.#pause('room');
    else reserved();
  }

  #take(frame: Buffer): void {
    if (this.#closed) return;
    this.#releaseArriving();
    if (this.#waiting.length === 0 && this.#mayStart(frame)) {
      this.#start(frame, this.lastActiveMs);
      return;
    }
    const { memory } = this.environment;
    memory.addWaiting(frame.length);
    this.#waiting.push({ frame: Buffer.from(frame), arrivedMs: this.lastActiveMs });
    if (this.#waiting.length >= MAX_WAITING_FRAMES || memory.isFull) this.#pause('frames');
  }

  #start(frame: Buffer, arrivedMs: number): void {
    const slot: Slot = { reply: undefined };
    this.#onlyProduceInFlight =
      isProduce(frame) && (this.#inFlight.length === 0 || this.#onlyProduceInFlight);
    this.#inFlight.push(slot);
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.environment.handler(this, frame, arrivedMs);
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
    const { nowMs } = this.environment;
    reply.progress?.sending(nowMs());
    if (!reply.buffers) {
      this.#sent(reply);
      return;
    }
    this.socket.write(reply.buffers, () => {
      this.#sent(reply);
      this.#startWaiting();
    });
  }

  #sent(reply: Reply): void {
    reply.onSent?.();
    reply.progress?.sent(this.environment.nowMs());
  }

  #startWaiting(): void {
    if (this.#closed) return;
    let next = this.#waiting[0];
    while (next && this.#mayStart(next.frame)) {
      this.#waiting.shift();
      this.environment.memory.removeWaiting(next.frame.length);
      this.#start(next.frame, next.arrivedMs);
      if (this.#closed) return;
      next = this.#waiting[0];
    }
    if (this.#waiting.length === 0) this.#resume('frames');
  }

  #pause(reason: PauseReason): void {
    if (this.#pauses.size === 0) this.socket.pause();
    this.#pauses.add(reason);
  }

  #resume(reason: PauseReason): void {
    if (!this.#pauses.delete(reason) || this.#pauses.size > 0 || this.#closed) return;
    this.socket.resume();
  }

  #releaseArriving(): void {
    const bytes = this.#arrivingBytes;
    this.#arrivingBytes = 0;
    if (bytes > 0) this.environment.memory.release(bytes);
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
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#awaitedRoom?.unlink();
    this.#releaseArriving();
    for (const { frame } of waiting) this.environment.memory.removeWaiting(frame.length);
    this.environment.onClose(this);
  }
}

/** By the API key, which begins every request. */
function isProduce(frame: Buffer): boolean {
  return frame.length >= 2 && frame.readInt16BE(0) === PRODUCE;
}
