/**
 * The fetch sessions of a broker. Their number is bounded; who may push out whom follows
 * `kafka.server.FetchSessionCache`.
 */
import type { Clock, Random } from '../platform/ports';
import type { ErrorName } from '../protocol/errors';
import type { FetchPartition, PartitionName } from './fetch-partition';
import { FetchSession } from './fetch-session';

const INITIAL_EPOCH = 0;
const FINAL_EPOCH = -1;
const MAX_EPOCH = 2 ** 31 - 1;
/** How long an unprivileged session is safe from others, and how long an idle one is kept. */
const EVICTION_MS = 120_000;

/** What a request says of sessions and partitions. */
export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly usesTopicIds: boolean;
  readonly followerId: number | undefined;
  readonly partitions: readonly FetchPartition[];
  readonly forgotten: readonly PartitionName[];
}

/** What to fetch, and how to answer: whole, or only the news of a session. */
export interface FetchScope {
  /** Those to look at, in the order in which they are read; for a session, more when something happens. */
  readonly partitions: () => readonly FetchPartition[];
  readonly session: FetchSession | undefined;
  readonly isIncremental: boolean;
}

export class FetchSessionCache {
  /** Least recently used first. */
  readonly #sessions = new Map<number, FetchSession>();
  #evictionCount = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly maxSessions: number,
  ) {}

  get size(): number {
    return this.#sessions.size;
  }

  /** Partitions of all sessions together. */
  get partitionCount(): number {
    let count = 0;
    for (const session of this.#sessions.values()) count += session.size;
    return count;
  }

  /** Sessions that others pushed out. */
  get evictionCount(): number {
    return this.#evictionCount;
  }

  /** The partitions to fetch for this request, or the error that the whole response carries. */
  scopeOf(request: SessionRequest): FetchScope | ErrorName {
    const { sessionId, sessionEpoch } = request;
    if (sessionEpoch === FINAL_EPOCH || sessionEpoch === INITIAL_EPOCH) {
      if (sessionId !== 0) this.#remove(this.#sessions.get(sessionId));
      const session = sessionEpoch === INITIAL_EPOCH ? this.#create(request) : undefined;
      return { partitions: () => request.partitions, session, isIncremental: false };
    }
    return this.#continue(request);
  }

  /** Lets go of all sessions; for the end of the broker. */
  close(): void {
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  #continue(request: SessionRequest): FetchScope | ErrorName {
    const session = this.#sessions.get(request.sessionId);
    // A follower's session speaks for that follower in the ISR, so nobody else may use it.
    if (session?.followerId !== request.followerId || !session) return 'FETCH_SESSION_ID_NOT_FOUND';
    if (session.epoch !== request.sessionEpoch) return 'INVALID_FETCH_SESSION_EPOCH';
    if (session.usesTopicIds !== request.usesTopicIds) return 'FETCH_SESSION_TOPIC_ID_ERROR';
    for (const each of request.partitions) session.put(each);
    for (const each of request.forgotten) session.forget(each);
    if (session.size === 0) {
      this.#remove(session);
      return { partitions: () => [], session: undefined, isIncremental: false };
    }
    session.epoch = session.epoch === MAX_EPOCH ? 1 : session.epoch + 1;
    session.lastUsedMs = this.clock.monotonicMs();
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
    return { partitions: () => session.unsettled(), session, isIncremental: true };
  }

  #create(request: SessionRequest): FetchSession | undefined {
    if (request.partitions.length === 0) return undefined;
    const nowMs = this.clock.monotonicMs();
    if (!this.#hasRoom(request, nowMs)) return undefined;
    const { usesTopicIds, followerId } = request;
    const session = new FetchSession({
      id: this.#freeId(),
      usesTopicIds,
      followerId,
      createdMs: nowMs,
    });
    for (const each of request.partitions) session.put(each);
    this.#sessions.set(session.id, session);
    return session;
  }

  #freeId(): number {
    for (;;) {
      const id = 1 + this.random.below(2 ** 31 - 1);
      if (!this.#sessions.has(id)) return id;
    }
  }

  /** Makes room if the newcomer may have it: an idle session goes first, else a smaller unprivileged one. */
  #hasRoom(request: SessionRequest, nowMs: number): boolean {
    if (this.#sessions.size < this.maxSessions) return true;
    const [oldest] = this.#sessions.values();
    if (!oldest) return false;
    if (nowMs - oldest.lastUsedMs > EVICTION_MS) return this.#evict(oldest);
    const isFollower = request.followerId !== undefined;
    let victim: FetchSession | undefined;
    for (const session of this.#sessions.values()) {
      const isEvictable =
        (isFollower && !session.isPrivileged) || nowMs - session.createdMs > EVICTION_MS;
      if (isEvictable && (!victim || ranksBelow(session, victim))) victim = session;
    }
    if (!victim) return false;
    const isOutranked =
      (isFollower && !victim.isPrivileged) ||
      (isFollower === victim.isPrivileged && request.partitions.length >= victim.size);
    return isOutranked && this.#evict(victim);
  }

  #evict(session: FetchSession): boolean {
    this.#evictionCount++;
    this.#remove(session);
    return true;
  }

  #remove(session: FetchSession | undefined): void {
    if (!session) return;
    session.close();
    this.#sessions.delete(session.id);
  }
}

function ranksBelow(a: FetchSession, b: FetchSession): boolean {
  if (a.isPrivileged !== b.isPrivileged) return !a.isPrivileged;
  return a.size < b.size;
}
