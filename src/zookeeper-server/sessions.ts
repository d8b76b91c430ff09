/**
 * Sessions and when they expire (org.apache.zookeeper.server.SessionTrackerImpl), pure: times come in.
 * That a session exists is durable; when it was last heard of is not: after a restart each has its full
 * time-out again.
 */

export interface Session {
  readonly id: bigint;
  readonly password: Buffer;
  readonly timeoutMs: number;
}

export interface SessionLimits {
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
}

interface Entry {
  session: Session;
  deadlineMs: number;
}

/** The server's id in the top byte of its session ids; a standalone ZooKeeper uses 1. */
const SERVER_ID = 1n;
const CLOCK_BITS = 40;

export class SessionTable {
  readonly #entries = new Map<bigint, Entry>();
  #nextId: bigint | undefined;

  constructor(private readonly limits: SessionLimits) {}

  get size(): number {
    return this.#entries.size;
  }

  [Symbol.iterator](): Iterator<Session> {
    return Array.from(this.#entries.values(), (entry) => entry.session)[Symbol.iterator]();
  }

  get(id: bigint): Session | undefined {
    return this.#entries.get(id)?.session;
  }

  /** The time-out that a client which asks for `requestedMs` gets. */
  negotiate(requestedMs: number): number {
    const { minTimeoutMs, maxTimeoutMs } = this.limits;
    return Math.min(maxTimeoutMs, Math.max(minTimeoutMs, requestedMs));
  }

  /** An id that no session of this server had: it starts from the wall clock, as ZooKeeper's do. */
  newId(wallClockMs: number): bigint {
    this.#nextId ??= (SERVER_ID << 56n) | (BigInt.asUintN(CLOCK_BITS, BigInt(wallClockMs)) << 16n);
    while (this.#entries.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  /** Adds a session, to expire unless `touch`ed. */
  open(session: Session, nowMs: number): void {
    this.#entries.set(session.id, { session, deadlineMs: nowMs + session.timeoutMs });
  }

  close(id: bigint): void {
    this.#entries.delete(id);
  }

  /** The session, with a new time-out, if `id` and `password` are those of a live one. */
  resume(id: bigint, password: Buffer, timeoutMs: number, nowMs: number): Session | undefined {
    const entry = this.#entries.get(id);
    if (!entry?.session.password.equals(password)) return undefined;
    entry.session = { ...entry.session, timeoutMs };
    entry.deadlineMs = nowMs + timeoutMs;
    return entry.session;
  }

  /** Notes that the session's client was heard of; `false` if there is no such session. */
  touch(id: bigint, nowMs: number): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    entry.deadlineMs = nowMs + entry.session.timeoutMs;
    return true;
  }

  /** Gives all sessions their full time-out from now. */
  touchAll(nowMs: number): void {
    for (const entry of this.#entries.values()) entry.deadlineMs = nowMs + entry.session.timeoutMs;
  }

  /** Sessions not heard of in time. */
  expired(nowMs: number): Session[] {
    return Array.from(this.#entries.values())
      .filter((entry) => entry.deadlineMs <= nowMs)
      .map((entry) => entry.session);
  }

  /** When the next session expires if nothing is heard; `Infinity` without sessions. */
  nextDeadlineMs(): number {
    let earliest = Infinity;
    for (const { deadlineMs } of this.#entries.values()) earliest = Math.min(earliest, deadlineMs);
    return earliest;
  }

  /** Sessions by the time at which they expire. */
  deadlines(): { readonly id: bigint; readonly deadlineMs: number }[] {
    return Array.from(this.#entries.values(), ({ session, deadlineMs }) => ({
      id: session.id,
      deadlineMs,
    })).sort((a, b) => a.deadlineMs - b.deadlineMs);
  }
}
