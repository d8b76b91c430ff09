/**
 * Copies the partitions that one other broker leads: one connection, one Fetch in flight, answers applied
 * to the local logs (`kafka.server.AbstractFetcherThread`). The next Fetch tells the leader what this
 * follower has, so it leaves only after the last answer's records are in the file, and on the device where
 * durability is strict. An answer costs what moved in it, not what the fetcher follows.
 */

import { NetworkError } from '../platform/ports';
import { errorName } from '../protocol/errors';
import { FetchRequest, FetchResponse } from '../protocol/messages/01-fetch';
import { partitionKey } from '../protocol/topic-partition';
import { deferred, type Deferred } from '../base/deferred';
import { applyAnswer, type AnswerEffect } from './fetch-answer';
import { FetchRequestBuilder } from './fetch-request';
import type { FollowedPartition } from './followed-partition';
import { LongPoll } from './long-poll';
import { findPositionInRange } from './out-of-range';
import type { PeerConnection, ReplicationPlatform, ReplicationValues } from './ports';

/** The first wait after an error; it doubles up to `replica.fetch.backoff.ms` while errors go on. */
const FIRST_BACKOFF_MS = 20;
/** After so many errors in a row, a partition waits its turn like any other. */
const MAX_URGENT_FAILURES = 5;

/** Errors that only mean: start a new session. */
const SESSION_ERRORS = new Set(['FETCH_SESSION_ID_NOT_FOUND', 'INVALID_FETCH_SESSION_EPOCH']);

export interface FetcherOptions {
  readonly platform: ReplicationPlatform;
  readonly brokerId: number;
  readonly brokerEpoch: () => number;
  readonly config: { readonly values: ReplicationValues };
  readonly leaderId: number;
  /** Under which Kafka shows the fetcher (`ReplicaFetcherThread`). */
  readonly name: string;
  /** Rejects when the leader is not known or not reachable. */
  readonly connect: () => Promise<PeerConnection>;
  /** The partition gets no more data until the controller speaks again. */
  readonly onFailed: (followed: FollowedPartition) => void;
  /** Nothing that a leader or a disk can do leads here: it is a bug. */
  readonly onFatal: (error: unknown) => void;
}

export class Fetcher {
  readonly #requests: FetchRequestBuilder;
  readonly #poll: LongPoll;
  readonly #followed = new Map<string, FollowedPartition>();
  readonly #topicNames = new Map<string, string>();
  #connection: PeerConnection | undefined;
  #fetchCount = 0;
  #woken: Deferred<void> | undefined;
  #isRunning = false;
  #isClosed = false;

  constructor(private readonly options: FetcherOptions) {
    this.#requests = new FetchRequestBuilder(options, options.config);
    this.#poll = new LongPoll(options.platform.clock, () => this.#connection?.close());
  }

  get name(): string {
    return this.options.name;
  }

  /** Fetches sent, since it was made. */
  get fetchCount(): number {
    return this.#fetchCount;
  }

  /** How far the partitions are behind their leader. */
  *lags(): Iterable<{ readonly topic: string; readonly partition: number; readonly lag: number }> {
    for (const { replica, lag } of this.#followed.values()) {
      yield { topic: replica.topic, partition: replica.partition, lag };
    }
  }

  get isIdle(): boolean {
    return this.#followed.size === 0;
  }

  /** A partition followed already, at an older epoch, is replaced. */
  add(partitions: readonly FollowedPartition[]): void {
    for (const followed of partitions) {
      this.remove(followed.key);
      this.#followed.set(followed.key, followed);
      if (followed.topicId !== undefined)
        this.#topicNames.set(followed.topicId, followed.replica.topic);
      if (followed.isDurable) this.#requests.include(followed);
      else this.#includeOnceDurable(followed).catch(this.options.onFatal);
    }
    this.#wake({ isUrgent: true });
  }

  /** An answer on its way for this partition will be ignored. */
  remove(key: string): void {
    const followed = this.#followed.get(key);
    if (!followed) return;
    this.#followed.delete(key);
    this.#requests.exclude(followed);
  }

  assignTopicId(key: string, topicId: string): void {
    const followed = this.#followed.get(key);
    if (!followed) return;
    this.#requests.exclude(followed);
    followed.topicId = topicId;
    this.#topicNames.set(topicId, followed.replica.topic);
    if (!followed.delay) this.#requests.include(followed);
  }

  close(): void {
    this.#isClosed = true;
    this.#poll.end();
    this.#followed.clear();
    this.#connection?.close();
    this.#woken?.resolve();
  }

  #wake({ isUrgent }: { isUrgent: boolean }): void {
    if (this.#isClosed) return;
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#run().catch(this.options.onFatal);
    }
    this.#woken?.resolve();
    if (isUrgent) this.#poll.interruptSoon();
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      if (this.#requests.hasWork) await this.#round();
      else await this.#untilWoken();
    }
  }

  async #untilWoken(): Promise<void> {
    this.#woken = deferred();
    await this.#woken.promise;
    this.#woken = undefined;
  }

  async #round(): Promise<void> {
    try {
      const connection = await this.#connected();
      if (this.#isClosed || !this.#requests.hasWork) return;
      await this.#apply(await this.#fetch(connection));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#onLost(error);
    }
  }

  async #connected(): Promise<PeerConnection> {
    if (this.#connection && !this.#connection.isClosed) return this.#connection;
    const connection = await this.options.connect();
    if (this.#isClosed) connection.close();
    this.#connection = connection;
    return connection;
  }

  async #fetch(connection: PeerConnection): Promise<FetchResponse> {
    this.#poll.begin();
    try {
      const { version, message } = this.#requests.build();
      this.#fetchCount++;
      const timeoutMs = this.options.config.values['replica.socket.timeout.ms'];
      return await connection.request(FetchRequest, FetchResponse, version, message, timeoutMs);
    } finally {
      this.#poll.end();
    }
  }

  /** The records are views, so they are appended before the first wait. */
  async #apply(response: FetchResponse): Promise<void> {
    if (this.#isClosed) return;
    const error = errorName(response.errorCode);
    if (error !== 'NONE') {
      this.#onRefused(error);
      return;
    }
    const effects: AnswerEffect[] = [];
    for (const { topic, topicId, partitions } of response.responses) {
      const name = topic === '' ? this.#topicNames.get(topicId) : topic;
      if (name === undefined) continue;
      for (const answer of partitions) {
        const followed = this.#followed.get(partitionKey(name, answer.partitionIndex));
        if (followed?.isExpected)
          effects.push(applyAnswer(followed, answer, this.options.platform.log));
      }
    }
    this.#requests.succeeded(response.sessionId);
    const delayed: FollowedPartition[] = [];
    await Promise.all(effects.map((effect) => this.#settle(effect, delayed)));
    this.#delay(delayed);
  }

  async #settle(effect: AnswerEffect, delayed: FollowedPartition[]): Promise<void> {
    const { followed } = effect;
    switch (effect.kind) {
      case 'unchanged':
        return;
      case 'moved':
        await this.#moved(followed, effect.durable);
        return;
      case 'outOfRange':
        await this.#resetPosition(followed, delayed);
        return;
      case 'delayed':
        delayed.push(followed);
        return;
      case 'failed':
        this.#fail(followed);
    }
  }

  async #moved(followed: FollowedPartition, durable: Promise<void>): Promise<void> {
    try {
      await durable;
    } catch (error) {
      this.options.platform.log.error(`${followed.key} cannot be written`, {
        error: String(error),
      });
      this.#fail(followed);
      return;
    }
    if (this.#isFollowed(followed)) this.#requests.include(followed);
  }

  /** A leader may count only what is durable here, also of what is from before it led. */
  async #includeOnceDurable(followed: FollowedPartition): Promise<void> {
    await this.#moved(followed, followed.replica.durable());
    this.#wake({ isUrgent: true });
  }

  async #resetPosition(followed: FollowedPartition, delayed: FollowedPartition[]): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    const result = await findPositionInRange(followed, {
      connection,
      brokerId: this.options.brokerId,
      timeoutMs: this.options.config.values['replica.socket.timeout.ms'],
      log: this.options.platform.log,
      isStillFollowed: () => this.#isFollowed(followed),
    });
    if (!this.#isFollowed(followed)) return;
    if (result === 'moved') this.#requests.include(followed);
    else if (result === 'failed') this.#fail(followed);
    else delayed.push(followed);
  }

  /** No answer: the connection is gone, or could not be made. */
  #onLost(error: NetworkError): void {
    this.#requests.lost();
    this.#connection?.close();
    this.#connection = undefined;
    if (this.#poll.takeInterruption() || this.#isClosed) return;
    const { leaderId, platform } = this.options;
    platform.log.warn(`fetching from broker ${String(leaderId)} failed: ${error.message}`);
    this.#delay([...this.#followed.values()]);
  }

  #onRefused(error: string): void {
    this.#requests.refused(error);
    if (SESSION_ERRORS.has(error)) return;
    const { leaderId, platform } = this.options;
    platform.log.warn(`broker ${String(leaderId)} refused a fetch with ${error}`);
    this.#delay([...this.#followed.values()]);
  }

  /** Takes the partitions out of the session until the back-off has passed. */
  #delay(partitions: readonly FollowedPartition[]): void {
    const waiting = partitions.filter((followed) => this.#isFollowed(followed) && !followed.delay);
    if (waiting.length === 0) return;
    const delay = {};
    const failures = Math.min(...waiting.map((followed) => followed.failures));
    for (const followed of waiting) {
      followed.delay = delay;
      followed.failures++;
      this.#requests.exclude(followed);
    }
    const longestMs = this.options.config.values['replica.fetch.backoff.ms'];
    const backoffMs = Math.min(longestMs, FIRST_BACKOFF_MS * 2 ** failures);
    const isUrgent = failures < MAX_URGENT_FAILURES;
    this.options.platform.clock.callAfter(backoffMs, () => this.#resume(waiting, delay, isUrgent));
  }

  #resume(partitions: readonly FollowedPartition[], delay: object, isUrgent: boolean): void {
    const resumed = partitions.filter(
      (followed) => this.#isFollowed(followed) && followed.delay === delay,
    );
    for (const followed of resumed) {
      followed.delay = undefined;
      this.#requests.include(followed);
    }
    if (resumed.length > 0) this.#wake({ isUrgent });
  }

  #fail(followed: FollowedPartition): void {
    if (!this.#isFollowed(followed)) return;
    this.remove(followed.key);
    this.options.onFailed(followed);
  }

  #isFollowed(followed: FollowedPartition): boolean {
    return this.#followed.get(followed.key) === followed;
  }
}
