/**
 * Builds a follower's Fetch requests over an incremental session, at a cost that grows with what changed:
 * it remembers what the leader's session holds and names only the differences (KIP-227). It belongs to one
 * fetcher; it neither sends nor decides what to fetch.
 */

import type { FetchRequest } from '../protocol/messages/01-fetch';
import { ZERO_UUID, type InputOf } from '../protocol/schema';
import type { FollowedPartition } from './followed-partition';
import type { ReplicationValues } from './ports';
import {
  advanced,
  failed,
  INITIAL_SESSION,
  isFull,
  restarted,
  type FetchSession,
} from './state/fetch-session';

/** What brokers of 3.9 send to each other; without topic ids, the last version that has names. */
const VERSION_WITH_IDS = 17;
const VERSION_WITH_NAMES = 12;
/** Since then the replica's id is in `replicaState`. */
const VERSION_WITH_REPLICA_STATE = 15;

const READ_UNCOMMITTED = 0;

export interface BuiltFetch {
  readonly version: number;
  readonly message: InputOf<typeof FetchRequest>;
}

interface Forgotten {
  readonly topic: string;
  readonly topicId: string | undefined;
  readonly partition: number;
}

type WireTopics = InputOf<typeof FetchRequest>['topics'];
type WirePartition = WireTopics[number]['partitions'][number];

export class FetchRequestBuilder {
  #session = INITIAL_SESSION;
  #usesIds = true;
  /** What the leader's session holds (those whose `sentOffset` is set), least recently moved first. */
  #inSession = new Set<FollowedPartition>();
  /** What is to be fetched and the session holds at another position, or not at all. */
  #changed = new Set<FollowedPartition>();
  #forgotten = new Map<string, Forgotten>();
  /** What is to be fetched and has no topic id. */
  #withoutId = new Set<FollowedPartition>();

  constructor(
    private readonly identity: { brokerId: number; brokerEpoch: () => number },
    private readonly config: { readonly values: ReplicationValues },
  ) {}

  /** Whether there is anything to fetch, or to tell the leader. */
  get hasWork(): boolean {
    return this.#inSession.size > 0 || this.#changed.size > 0 || this.#forgotten.size > 0;
  }

  /** `followed` is to be fetched from its present position. */
  include(followed: FollowedPartition): void {
    this.#changed.add(followed);
    if (followed.topicId === undefined) this.#withoutId.add(followed);
  }

  /** `followed` is not to be fetched for now, or no more. */
  exclude(followed: FollowedPartition): void {
    this.#changed.delete(followed);
    this.#withoutId.delete(followed);
    if (followed.sentOffset === undefined) return;
    followed.sentOffset = undefined;
    this.#inSession.delete(followed);
    const { topic, partition } = followed.replica;
    this.#forgotten.set(followed.key, { topic, topicId: followed.topicId, partition });
  }

  build(): BuiltFetch {
    const usesIds = this.#withoutId.size === 0;
    // A session knows its topics by name or by id, never both.
    if (usesIds !== this.#usesIds) this.#become(restarted(this.#session));
    this.#usesIds = usesIds;
    const version = usesIds ? VERSION_WITH_IDS : VERSION_WITH_NAMES;
    const topics = this.#takeChanged();
    const forgottenTopicsData = this.#takeForgotten();
    return { version, message: { ...this.#header(version), topics, forgottenTopicsData } };
  }

  /** An answer came and has been applied. */
  succeeded(sessionId: number): void {
    this.#become(advanced(this.#session, sessionId));
  }

  /** The answer was an error as a whole. */
  refused(error: string): void {
    this.#become(failed(this.#session, error));
  }

  /** No answer came. */
  lost(): void {
    this.#become(restarted(this.#session));
  }

  /** Before a full fetch the leader holds nothing, so all that is fetched counts as changed. */
  #become(session: FetchSession): void {
    this.#session = session;
    if (!isFull(session)) return;
    const changed = new Set(this.#inSession);
    for (const followed of changed) followed.sentOffset = undefined;
    for (const followed of this.#changed) changed.add(followed);
    this.#changed = changed;
    this.#inSession.clear();
    this.#forgotten.clear();
  }

  #header(version: number) {
    const { values } = this.config;
    const { brokerId: replicaId } = this.identity;
    const replica =
      version >= VERSION_WITH_REPLICA_STATE
        ? { replicaState: { replicaId, replicaEpoch: this.identity.brokerEpoch() } }
        : { replicaId };
    return {
      ...replica,
      maxWaitMs: values['replica.fetch.wait.max.ms'],
      minBytes: values['replica.fetch.min.bytes'],
      maxBytes: values['replica.fetch.response.max.bytes'],
      isolationLevel: READ_UNCOMMITTED,
      sessionId: this.#session.sessionId,
      sessionEpoch: this.#session.epoch,
    };
  }

  #takeChanged(): WireTopics {
    const groups = new TopicGroups<WirePartition>(this.#usesIds);
    for (const followed of this.#changed) {
      groups.add(followed.replica.topic, followed.topicId, this.#wirePartition(followed));
      followed.sentOffset = followed.fetchOffset;
      this.#inSession.delete(followed);
      this.#inSession.add(followed);
      // Named again, so the session takes the new position. But a topic made anew under an old name is
      // another topic, which only ids can tell.
      const forgotten = this.#forgotten.get(followed.key);
      const isSame = !this.#usesIds || forgotten?.topicId === followed.topicId;
      if (forgotten && isSame) this.#forgotten.delete(followed.key);
    }
    this.#changed.clear();
    return groups.topics;
  }

  #wirePartition({
    replica,
    leaderEpoch,
    fetchOffset,
    lastFetchedEpoch,
  }: FollowedPartition): WirePartition {
    return {
      partition: replica.partition,
      currentLeaderEpoch: leaderEpoch,
      fetchOffset,
      lastFetchedEpoch,
      logStartOffset: replica.requireLog().logStartOffset,
      partitionMaxBytes: this.config.values['replica.fetch.max.bytes'],
    };
  }

  #takeForgotten(): InputOf<typeof FetchRequest>['forgottenTopicsData'] {
    const groups = new TopicGroups<number>(this.#usesIds);
    for (const { topic, topicId, partition } of this.#forgotten.values())
      groups.add(topic, topicId, partition);
    this.#forgotten.clear();
    return groups.topics;
  }
}

/** Runs of partitions of the same topic, in the order in which they come. */
class TopicGroups<T> {
  readonly topics: { topic: string; topicId: string; partitions: T[] }[] = [];

  constructor(private readonly usesIds: boolean) {}

  add(topic: string, topicId: string | undefined, partition: T): void {
    const id = this.usesIds && topicId !== undefined ? topicId : ZERO_UUID;
    const last = this.topics.at(-1);
    if (last && last.topic === topic && last.topicId === id) last.partitions.push(partition);
    else this.topics.push({ topic, topicId: id, partitions: [partition] });
  }
}
