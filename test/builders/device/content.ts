import type { Below } from '../seeded';

/** A change that may not be on the device yet, with what takes it back. */
interface Change {
  /** How many changes of the file came before; of several taken together, before the first. */
  readonly number: number;
  /** Where bytes were written, or the length that the file was cut to. */
  readonly position: number;
  /** Bytes written; 0 for a cut. */
  length: number;
  readonly sizeBefore: number;
  /** What was from `position` on and the change has replaced or cut off; `undefined` for an append. */
  readonly replaced: Buffer | undefined;
}

/** More changes than this are taken together, or written back. */
const MAX_CHANGES = 64;

const NONE = Buffer.alloc(0);

/**
 * The bytes of a file as processes see them, and how to get back to what the device has. A write costs as much as its
 * bytes, whatever the file's size, and however long nothing was synced: of many appends the older ones count as one.
 */
export class Content {
  #room: Buffer = NONE;
  #size = 0;
  #changes = 0;
  #unsynced: Change[] = [];

  get size(): number {
    return this.#size;
  }

  /** Valid until the next change. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#size);
  }

  /** Changes ever made. */
  get changes(): number {
    return this.#changes;
  }

  read(target: Buffer, offset: number, length: number, position: number): number {
    const end = Math.min(position + length, this.#size);
    return position >= end ? 0 : this.#room.copy(target, offset, position, end);
  }

  write(buffers: readonly Buffer[], position: number): void {
    let length = 0;
    for (const buffer of buffers) length += buffer.length;
    if (length === 0) return;
    this.#note(position, length);
    this.#makeRoom(position, length);
    let at = position;
    for (const buffer of buffers) at += buffer.copy(this.#room, at);
  }

  truncate(length: number): void {
    this.#note(length, 0);
    this.#resize(length);
  }

  /** What is there from now on, in the cache and on the device, as a fault of the device changes it. */
  flip(position: number, bit: number): void {
    this.#room[position] = (this.#room[position] ?? 0) ^ (1 << bit);
  }

  /** Brings the first `changes` of all to the device. */
  sync(changes = this.#changes): void {
    const reached = this.#unsynced.findIndex(({ number }) => number >= changes);
    if (reached === -1) this.#unsynced = [];
    else this.#unsynced.splice(0, reached);
  }

  /** What is not on the device is gone but for the first few changes, of which the last may be torn. */
  lose(below: Below): void {
    const unsynced = this.#unsynced;
    this.#unsynced = [];
    const kept = below(unsynced.length + 1);
    for (let i = unsynced.length - 1; i > kept; i--) this.#undo(unsynced[i] as Change);
    const torn = unsynced[kept];
    if (!torn) return;
    const isPartlyKept = below(2) === 0;
    if (isPartlyKept && torn.length === 0) return; // A cut happens or does not.
    const left = isPartlyKept ? this.#torn(torn, below) : NONE;
    this.#undo(torn);
    if (left.length === 0) return;
    this.#makeRoom(torn.position, left.length);
    left.copy(this.#room, torn.position);
  }

  #torn({ position, length }: Change, below: Below): Buffer {
    const left = below(length + 1);
    // The size of a file may be on the device before what was written there.
    const isZeros = below(4) === 0;
    return isZeros
      ? Buffer.alloc(length)
      : Buffer.from(this.#room.subarray(position, position + left));
  }

  #note(position: number, length: number): void {
    const sizeBefore = this.#size;
    const end = length === 0 ? sizeBefore : Math.min(position + length, sizeBefore);
    const replaced = position < end ? Buffer.from(this.#room.subarray(position, end)) : undefined;
    this.#unsynced.push({ number: this.#changes++, position, length, sizeBefore, replaced });
    if (this.#unsynced.length > MAX_CHANGES) this.#takeTogether();
  }

  #undo({ position, sizeBefore, replaced }: Change): void {
    this.#resize(sizeBefore);
    replaced?.copy(this.#room, position);
  }

  /** Makes room among the changes: pairs of the older half become one, so that the oldest are the longest. */
  #takeTogether(): void {
    const older = this.#unsynced.splice(0, MAX_CHANGES / 2);
    const together: Change[] = [];
    for (let i = 0; i < older.length; i++) {
      const change = older[i] as Change;
      const next = older[i + 1];
      together.push(change);
      if (!next || !isAppendAfter(change, next)) continue;
      change.length += next.length;
      i++;
    }
    // A system writes back what is old without being asked.
    if (together.length > MAX_CHANGES / 4) together.splice(0, together.length / 2);
    this.#unsynced.unshift(...together);
  }

  /** The file is as long as what is written at `position` asks for; a gap before it reads as zeros. */
  #makeRoom(position: number, length: number): void {
    if (position > this.#size) this.#resize(position);
    const end = position + length;
    if (end <= this.#size) return;
    this.#reserve(end);
    this.#size = end;
  }

  #resize(size: number): void {
    this.#reserve(size);
    if (size > this.#size) this.#room.fill(0, this.#size, size);
    this.#size = size;
  }

  #reserve(size: number): void {
    if (size <= this.#room.length) return;
    const room = Buffer.allocUnsafe(Math.max(size, this.#room.length * 2, 64));
    this.#room.copy(room, 0, 0, this.#size);
    this.#room = room;
  }
}

function isAppendAfter(change: Change, next: Change): boolean {
  const areAppends = change.length > 0 && next.length > 0 && !change.replaced && !next.replaced;
  return areAppends && next.position === change.position + change.length;
}
