import { NetworkError } from '../../../src/platform/ports';
import type { Socket } from '../../../src/platform/ports';
import type { Machine } from '../machine/machine';
import { Pipe } from './pipe';
import type { Wire } from './wire';

/** Bytes that may be on their way or unread at the other side before `write` has to wait. */
const WINDOW_BYTES = 256 * 1024;
/** What is sent in one go arrives in pieces now and then. */
const SPLIT_ONE_IN = 8;
/** Overwrites what was read before: whoever kept a reference to the read slab reads this. */
const SLAB_BYTES = 64 * 1024;

type Parcel = { readonly bytes: Buffer } | 'end' | 'reset';

interface Outgoing {
  readonly bytes: Buffer;
  readonly onSent: (() => void) | undefined;
}

interface End {
  readonly machine: Machine;
  readonly port: number;
}

interface Connecting {
  readonly wire: Wire;
  readonly near: End;
  readonly far: End;
  readonly onGone: (socket: SimulatedSocket) => void;
}

/** Both ends of a new connection. */
export function connectSockets(connecting: Connecting): [SimulatedSocket, SimulatedSocket] {
  const { near, far, wire, onGone } = connecting;
  const one = new SimulatedSocket(near, far, onGone);
  const other = new SimulatedSocket(far, near, onGone);
  one.attach(wire, other);
  other.attach(wire, one);
  return [one, other];
}

export class SimulatedSocket implements Socket {
  static readonly #slabs = new WeakMap<Machine, Buffer>();

  onData: (chunk: Buffer) => void = () => undefined;
  onClose: (error: Error | undefined) => void = () => undefined;
  readonly machine: Machine;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly #life: number;
  readonly #stopWatching: () => void;
  readonly #outgoing: Outgoing[] = [];
  readonly #unread: Buffer[] = [];
  #pipe: Pipe<Parcel> | undefined;
  #peer: SimulatedSocket | undefined;
  #unsentBytes = 0;
  /** Sent, and not yet taken from the peer's buffer by the peer's process. */
  #inFlightBytes = 0;
  #isFlushDue = false;
  #isPaused = false;
  #isEnding = false;
  #hasPeerEnded = false;
  #isOver = false;

  constructor(
    here: End,
    there: End,
    private readonly onGone: (socket: SimulatedSocket) => void,
  ) {
    this.machine = here.machine;
    this.#life = here.machine.life;
    this.localPort = here.port;
    this.remoteAddress = there.machine.name;
    this.remotePort = there.port;
    this.#stopWatching = here.machine.onDeath((death) => this.#onDeath(death === 'killed'));
  }

  attach(wire: Wire, peer: SimulatedSocket): void {
    const link = { from: this.machine.name, to: peer.machine.name };
    this.#peer = peer;
    this.#pipe = new Pipe(this.machine.world, wire, link, (parcel) => peer.#receive(parcel));
  }

  get peer(): SimulatedSocket | undefined {
    return this.#peer;
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  write(buffers: readonly Buffer[], onSent?: () => void): void {
    if (this.#isOver || this.#isEnding) {
      onSent?.();
      return;
    }
    buffers.forEach((bytes, index) => {
      this.#outgoing.push({ bytes, onSent: index === buffers.length - 1 ? onSent : undefined });
      this.#unsentBytes += bytes.length;
    });
    if (buffers.length === 0) onSent?.();
    this.#flushSoon();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#readSoon();
  }

  end(): void {
    if (this.#isOver || this.#isEnding) return;
    this.#isEnding = true;
    this.#flushSoon();
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#pipe?.send('reset');
    this.#over(undefined);
  }

  /** The connection is gone for this end, without a word from the other. */
  breakOff(): void {
    if (!this.#isOver) this.#over(new NetworkError('ECONNRESET', 'connection reset'));
  }

  /** The product's buffers are read when this runs, not before: they must not have changed since `write`. */
  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.machine.after(0, () => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isOver) return;
    const leaving: Outgoing[] = [];
    let bytes = 0;
    while (this.#inFlightBytes + bytes < WINDOW_BYTES) {
      const next = this.#outgoing.shift();
      if (!next) break;
      leaving.push(next);
      bytes += next.bytes.length;
    }
    this.#inFlightBytes += bytes;
    this.#unsentBytes -= bytes;
    if (bytes > 0) this.#transmit(Buffer.concat(leaving.map((each) => each.bytes)));
    for (const { onSent } of leaving) onSent?.();
    if (this.#isEnding && this.#outgoing.length === 0) {
      this.#pipe?.send('end');
      this.#over(undefined);
    }
  }

  #transmit(bytes: Buffer): void {
    const { random } = this.machine;
    const cut = random.oneIn(SPLIT_ONE_IN) ? random.below(bytes.length) : 0;
    if (cut > 0) this.#pipe?.send({ bytes: bytes.subarray(0, cut) });
    this.#pipe?.send({ bytes: bytes.subarray(cut) });
  }

  /** The operating system of this machine has got something. */
  #receive(parcel: Parcel): void {
    if (!this.machine.isPowered) return;
    if (this.#isOver || this.#life !== this.machine.life || !this.machine.isAlive) {
      // Nobody has this connection here: whoever sends to it is told.
      if (parcel !== 'reset') this.#pipe?.send('reset');
      return;
    }
    if (parcel === 'reset') {
      this.machine.after(0, () => this.breakOff());
      return;
    }
    if (parcel === 'end') this.#hasPeerEnded = true;
    else this.#unread.push(parcel.bytes);
    this.machine.interrupt(() => this.#read());
  }

  #readSoon(): void {
    this.machine.after(0, () => this.#read());
  }

  #read(): void {
    if (this.#isOver || this.#isPaused) return;
    const bytes = this.#unread.shift();
    if (bytes) {
      const slab = this.#slab();
      const count = bytes.copy(slab);
      if (count < bytes.length) this.#unread.unshift(bytes.subarray(count));
      const peer = this.#peer;
      if (peer) peer.#taken(count);
      if (this.#unread.length > 0 || this.#hasPeerEnded) this.#readSoon();
      this.onData(slab.subarray(0, count));
    } else if (this.#hasPeerEnded) this.#over(undefined);
  }

  #slab(): Buffer {
    let slab = SimulatedSocket.#slabs.get(this.machine);
    if (!slab) {
      slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      SimulatedSocket.#slabs.set(this.machine, slab);
    }
    return slab.fill(0xdb, 0, 256);
  }

  #taken(count: number): void {
    this.#inFlightBytes -= count;
    if (this.#outgoing.length > 0) this.#flushSoon();
  }

  #onDeath(isReset: boolean): void {
    if (isReset) this.#pipe?.send('reset');
    else this.#pipe?.drop();
    this.#isOver = true;
    this.onGone(this);
  }

  #over(error: Error | undefined): void {
    this.#isOver = true;
    this.#stopWatching();
    this.onGone(this);
    const waiting = this.#outgoing.splice(0);
    this.#unsentBytes = 0;
    this.machine.after(0, () => {
      for (const { onSent } of waiting) onSent?.();
      this.onClose(error);
    });
  }
}
