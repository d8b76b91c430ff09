/**
 * Fetch sessions (KIP-227): what a client's fetches have in common is kept here, so that a request names
 * only what changed and a response only what has news. The cache is bounded; who may push out whom
 * follows `kafka.server.FetchSessionCache`.
 */
import type { Clock, Random } from '../platform/ports';
import type { ErrorName } from '../protocol/errors';
import { ZERO_UUID } from '../protocol/schema';

/** One partition as a fetch asks for it, and what the session's client was last told about it. */
export interface FetchPartition {
  readonly partition: number;
  readonly topicId: string;
  /** `undefined` while a topic id is not known here; looked up again at each fetch. */
  topic: string | undefined;
  fetchOffset: number;
  maxBytes: number;
  currentLeaderEpoch: number;
  lastFetchedEpoch: number;
  /** The follower's log start offset; -1 from consumers. */
  logStartOffset: number;
  sentHighWatermark: number;
  sentLogStartOffset: number;
}

export interface FetchSession {
  readonly id: number;
  /** The epoch that the next request must carry. */
  epoch: number;
  readonly usesTopicIds: boolean;
  /** Sessions of followers keep their place against sessions of consumers. */
  readonly isPrivileged: boolean;
  readonly partitions: Map<string, FetchPartition>;
  readonly createdMs: number;
  lastUsedMs: number;
}

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
  readonly isFollower: boolean;
  readonly partitions: readonly FetchPartition[];
  readonly forgotten: readonly { topic: string | undefined; topicId: string; partition: number }[];
}

/** What to fetch, and how to answer: whole, or only the news of a session. */
export interface FetchScope {
  readonly partitions: readonly FetchPartition[];
  readonly session: FetchSession | undefined;
  readonly isIncremental: boolean;
}

/** Topics go by id where the client does, so that a name found out later is still the same partition. */
export function sessionKey(topic: string | undefined, topicId: string, partition: number): string {
  return `${topicId === ZERO_UUID ? (topic ?? '') : topicId}-${String(partition)}`;
}

export class FetchSessionCache {
  #sessions = new Map<number, FetchSession>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly maxSessions: number,
  ) {}

  get size(): number {
    return this.#sessions.size;
  }

  /** The partitions to fetch for this request, or the error that the whole response carries. */
  scopeOf(request: SessionRequest): FetchScope | ErrorName {
    const { sessionId, sessionEpoch } = request;
    if (sessionEpoch === FINAL_EPOCH || sessionEpoch === INITIAL_EPOCH) {
      if (sessionId !== 0) this.#sessions.delete(sessionId);
      const session = sessionEpoch === INITIAL_EPOCH ? this.#create(request) : undefined;
      return { partitions: request.partitions, session, isIncremental: false };
    }
    return this.#continue(request);
  }

  #continue(request: SessionRequest): FetchScope | ErrorName {
    const session = this.#sessions.get(request.sessionId);
    if (!session) return 'FETCH_SESSION_ID_NOT_FOUND';
    if (session.epoch !== request.sessionEpoch) return 'INVALID_FETCH_SESSION_EPOCH';
    if (session.usesTopicIds !== request.usesTopicIds) return 'FETCH_SESSION_TOPIC_ID_ERROR';
    update(session, request);
    if (session.partitions.size === 0) {
      this.#sessions.delete(session.id);
      return { partitions: [], session: undefined, isIncremental: false };
    }
    session.epoch = session.epoch === MAX_EPOCH ? 1 : session.epoch + 1;
    session.lastUsedMs = this.clock.monotonicMs();
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
    return { partitions: [...session.partitions.values()], session, isIncremental: true };
  }

  #create(request: SessionRequest): FetchSession | undefined {
    if (request.partitions.length === 0) return undefined;
    const nowMs = this.clock.monotonicMs();
    if (!this.#hasRoom(request, nowMs)) return undefined;
    const session: FetchSession = {
      id: this.#freeId(),
      epoch: 1,
      usesTopicIds: request.usesTopicIds,
      isPrivileged: request.isFollower,
      partitions: new Map(),
      createdMs: nowMs,
      lastUsedMs: nowMs,
    };
    for (const each of request.partitions) {
      session.partitions.set(sessionKey(each.topic, each.topicId, each.partition), each);
    }
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
    if (nowMs - oldest.lastUsedMs > EVICTION_MS) return this.#sessions.delete(oldest.id);
    let victim: FetchSession | undefined;
    for (const session of this.#sessions.values()) {
      if (!isEvictable(session, request, nowMs)) continue;
      if (!victim || ranksBelow(session, victim)) victim = session;
    }
    if (!victim) return false;
    const isOutranked =
      (request.isFollower && !victim.isPrivileged) ||
      (request.isFollower === victim.isPrivileged &&
        request.partitions.length >= victim.partitions.size);
    return isOutranked && this.#sessions.delete(victim.id);
  }
}

function isEvictable(session: FetchSession, newcomer: SessionRequest, nowMs: number): boolean {
  if (newcomer.isFollower && !session.isPrivileged) return true;
  return nowMs - session.createdMs > EVICTION_MS;
}

function ranksBelow(a: FetchSession, b: FetchSession): boolean {
  if (a.isPrivileged !== b.isPrivileged) return !a.isPrivileged;
  return a.partitions.size < b.partitions.size;
}

function update(session: FetchSession, request: SessionRequest): void {
  for (const each of request.partitions) {
    const key = sessionKey(each.topic, each.topicId, each.partition);
    const known = session.partitions.get(key);
    if (!known) {
      session.partitions.set(key, each);
      continue;
    }
    known.fetchOffset = each.fetchOffset;
    known.maxBytes = each.maxBytes;
    known.currentLeaderEpoch = each.currentLeaderEpoch;
    known.lastFetchedEpoch = each.lastFetchedEpoch;
    known.logStartOffset = each.logStartOffset;
  }
  for (const { topic, topicId, partition } of request.forgotten) {
    session.partitions.delete(sessionKey(topic, topicId, partition));
  }
}

/** What an answer about one partition says that the session's client may not know yet. */
export interface PartitionNews {
  readonly hasRecords: boolean;
  readonly hasError: boolean;
  readonly isDiverging: boolean;
  readonly highWatermark: number;
  readonly logStartOffset: number;
}

/**
 * Whether an incremental response must name the partition; remembers what is then sent. Partitions that
 * returned data go to the end of the order, so that no partition starves the others.
 */
export function recordNews(
  session: FetchSession,
  partition: FetchPartition,
  news: PartitionNews,
): boolean {
  const changed =
    news.hasRecords ||
    news.hasError ||
    news.isDiverging ||
    partition.sentHighWatermark !== news.highWatermark ||
    partition.sentLogStartOffset !== news.logStartOffset;
  // After an error the watermark is sent again, whatever it is.
  partition.sentHighWatermark = news.hasError ? -1 : news.highWatermark;
  partition.sentLogStartOffset = news.logStartOffset;
  if (news.hasRecords) {
    const key = sessionKey(partition.topic, partition.topicId, partition.partition);
    if (session.partitions.delete(key)) session.partitions.set(key, partition);
  }
  return changed;
}
