/**
 * Reads partitions as the Java consumer does: from their leaders, one request at a time to each, and after a change
 * of leader not before it is known that nothing of what was read was lost (KIP-320).
 */
import { NetworkError } from '../../../../src/platform/ports';
import { ERRORS } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import { ZERO_UUID } from '../../../../src/protocol/schema';
import type { TopicPartition } from '../../history';
import type { Client } from '../client';
import type { ClusterView } from '../cluster-view';
import type { Connection } from '../connection';
import type { WorkloadOptions } from '../options';
import { askFor, fetchFrom } from './fetch';
import type { FetchSettings, Fetched } from './fetch';
import { FetchSession } from './fetch-session';
import { readBatches } from './fetched-batches';
import type { Reading } from './fetched-batches';
import { epochEnds, listOffsets } from './leader-questions';
import type { Place } from './leader-questions';
import { nameOf } from './position';
import type { Position } from './position';

const LOOK_UP_EVERY_MS = 250;
const METADATA_MAX_AGE_MS = 5_000;
const RETRY_BACKOFF_MS = 100;
/** Instead of the usual interval, while there is more to be read. */
const HURRY_MS = 20;
const LEADER_EPOCHS_SINCE = 9;
const TOPIC_IDS_SINCE = 13;
const LOWEST_VERSION = 4;
const HIGHEST_VERSION = 17;
/** Less than a batch, a few, and many. */
const PARTITION_BYTES = [100, 1_000, 65_536, 65_536] as const;

export interface FetcherSettings extends FetchSettings {
  readonly usesSessions: boolean;
  /** Between the answer of a broker and the next request to it. */
  readonly intervalMs: number;
  readonly startsAt: Place;
  /** False where compaction takes records out. */
  readonly hasNoGaps: boolean;
  /** True where disks may have damaged what is read: then a wrong checksum is no broken promise. */
  readonly toleratesDamage: boolean;
}

/** What the plan leaves open is drawn. */
export function fetcherSettings(
  options: WorkloadOptions,
  client: Client,
  view: ClusterView,
): FetcherSettings {
  const highest = view.knowsTopicIds ? HIGHEST_VERSION : TOPIC_IDS_SINCE - 1;
  const drawn = client.random.between(LOWEST_VERSION, HIGHEST_VERSION);
  return {
    version: Math.min(highest, options.number('fetchVersion', drawn)),
    isCommittedOnly: options.flag('isCommittedOnly', client.random.oneIn(2)),
    maxWaitMs: options.number('maxWaitMs', 500),
    maxBytes: options.number('maxBytes', 1_048_576),
    maxPartitionBytes: options.number('maxPartitionBytes', client.random.pick(PARTITION_BYTES)),
    requestTimeoutMs: options.number('requestTimeoutMs', 3_000),
    usesSessions: options.flag('usesSessions', true),
    intervalMs: options.number('intervalMs', 300),
    startsAt: options.oneOf('startsAt', ['earliest', 'latest']),
    hasNoGaps: !options.flag('isCompacted', false),
    toleratesDamage: options.flag('toleratesDamage', false),
  };
}

interface Turn {
  readonly session: FetchSession;
  isRunning: boolean;
}

export class Fetcher {
  readonly #positions = new Map<string, Position>();
  /** By leader. */
  readonly #turns = new Map<number, Turn>();
  #isLookingUp = false;
  #lookedUpMs = -Infinity;
  #isStopped = false;

  constructor(
    private readonly client: Client,
    private readonly view: ClusterView,
    private readonly settings: FetcherSettings,
    /** After each look at the cluster: partitions may have come or gone. */
    private readonly onMetadata: () => void = () => undefined,
  ) {}

  get isIdle(): boolean {
    return this.#isStopped && [...this.#turns.values()].every(({ isRunning }) => !isRunning);
  }

  /** Reads from `offset` on, or from where the partition begins or ends; what is read already goes on. */
  add({ topic, partition }: TopicPartition, from?: { offset: number; leaderEpoch: number }): void {
    const key = nameOf({ topic, partition });
    if (this.#positions.has(key)) return;
    const { offset = -1, leaderEpoch: offsetEpoch = -1 } = from ?? {};
    const state = from ? 'fetching' : 'reset';
    const topicId = this.view.topicId(topic);
    const leader = undefined;
    this.#positions.set(key, { topic, partition, state, offset, offsetEpoch, leader, topicId });
    this.#run();
  }

  remove(partition: TopicPartition): void {
    this.#positions.delete(nameOf(partition));
  }

  /** Of the next record, and the epoch of the one before; `undefined` while it is not known. */
  positionOf(partition: TopicPartition): Pick<Position, 'offset' | 'offsetEpoch'> | undefined {
    const position = this.#positions.get(nameOf(partition));
    return position && position.state !== 'reset' ? position : undefined;
  }

  /** Looks at the cluster, and reads whatever can be read from then on. */
  start(): void {
    this.#lookUp();
  }

  stop(): void {
    this.#isStopped = true;
    this.#positions.clear();
  }

  #run(): void {
    if (this.#isStopped) return;
    for (const position of this.#positions.values()) this.#followLeader(position);
    for (const { leader } of this.#positions.values()) {
      if (!leader) this.#lookUp();
      else this.#take(leader.id);
    }
  }

  #followLeader(position: Position): void {
    const topicId = this.view.topicId(position.topic);
    const isAnother = topicId !== position.topicId && position.topicId !== ZERO_UUID;
    position.topicId = topicId;
    if (isAnother) {
      position.offsetEpoch = -1;
      position.state = 'reset';
    }
    const leader = this.view.leaderOf(position.topic, position.partition);
    const isSame = leader?.id === position.leader?.id && leader?.epoch === position.leader?.epoch;
    if (isSame) return;
    position.leader = leader;
    // Only a leader that says its epoch can be asked about epochs.
    const canAsk = (leader?.epoch ?? -1) >= 0 && this.settings.version >= LEADER_EPOCHS_SINCE;
    if (position.state === 'validate' && !canAsk) position.state = 'fetching';
    if (position.state === 'fetching' && canAsk && position.offsetEpoch >= 0)
      position.state = 'validate';
  }

  #take(leaderId: number): void {
    let turn = this.#turns.get(leaderId);
    if (!turn) {
      turn = { session: new FetchSession(this.settings.usesSessions), isRunning: false };
      this.#turns.set(leaderId, turn);
    }
    if (turn.isRunning) return;
    const running = turn;
    running.isRunning = true;
    this.client.start(async () => {
      await this.#serve(leaderId, running);
      running.isRunning = false;
      if (!this.#isStopped) this.#run();
      else if (this.isIdle) this.view.close();
    });
  }

  /** Asks one broker for all that it leads, until it leads nothing or is lost. */
  async #serve(leaderId: number, { session }: Turn): Promise<void> {
    try {
      while (this.#led(leaderId).length > 0) {
        const connection = await this.view.connect(leaderId);
        await this.#reset(connection, leaderId);
        await this.#validate(connection, leaderId);
        const isBehind = await this.#fetch(connection, leaderId, session);
        const { intervalMs } = this.settings;
        await this.client.sleep(this.client.around(isBehind ? HURRY_MS : intervalMs));
        if (this.client.nowMs - this.#lookedUpMs > METADATA_MAX_AGE_MS) this.#lookUp();
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      await this.client.sleep(this.client.around(RETRY_BACKOFF_MS));
      this.#lookUp();
    }
  }

  #led(leaderId: number, state?: Position['state']): Position[] {
    return [...this.#positions.values()].filter(
      (position) =>
        position.leader?.id === leaderId && (state === undefined || position.state === state),
    );
  }

  async #reset(connection: Connection, leaderId: number): Promise<void> {
    const positions = this.#led(leaderId, 'reset');
    if (positions.length === 0) return;
    const { startsAt: place, isCommittedOnly, requestTimeoutMs: timeoutMs } = this.settings;
    const question = { connection, positions, timeoutMs };
    const found = await listOffsets(this.client, question, { place, isCommittedOnly });
    for (const { position, error, offset, leaderEpoch } of found) {
      if (!this.#isCurrent(position)) continue;
      if (error !== 'NONE') this.#lookUp();
      else if (offset < 0)
        this.client.accuse(connection.broker, `${nameOf(position)} is at ${String(offset)}`);
      else Object.assign(position, { offset, offsetEpoch: leaderEpoch, state: 'fetching' });
    }
  }

  async #validate(connection: Connection, leaderId: number): Promise<void> {
    const positions = this.#led(leaderId, 'validate');
    if (positions.length === 0) return;
    const { requestTimeoutMs: timeoutMs } = this.settings;
    const asked = new Map(positions.map((position) => [position, position.leader]));
    for (const found of await epochEnds(this.client, { connection, positions, timeoutMs })) {
      const { position, error, offset: end, leaderEpoch } = found;
      // The leader may be another by now: then that one is asked.
      if (!this.#isCurrent(position) || position.leader !== asked.get(position)) continue;
      if (error !== 'NONE') this.#lookUp();
      else if (end < 0 || leaderEpoch < 0) position.state = 'reset';
      else {
        // What lay behind was read from a log that has not become that of the partition.
        if (end < position.offset)
          Object.assign(position, { offset: end, offsetEpoch: leaderEpoch });
        position.state = 'fetching';
      }
    }
  }

  /** Whether more could be read than was given. */
  async #fetch(connection: Connection, leaderId: number, session: FetchSession): Promise<boolean> {
    const positions = this.#led(leaderId, 'fetching');
    if (positions.length === 0) return false;
    const wanted = positions.map((position) => askFor(position, this.settings.version));
    const target = { connection, view: this.view };
    const fetched = await fetchFrom(this.client, target, { session, wanted }, this.settings);
    for (const each of fetched) {
      const { position, offset } = each.asked;
      // Taken away, or moved, while the answer was on its way.
      if (!this.#isCurrent(position) || position.offset !== offset) continue;
      if (each.error === 'NONE') this.#read(each, leaderId, connection.broker);
      else this.#refused(position, each.error);
    }
    this.#run();
    return fetched.some(({ asked, answer }) => asked.position.offset < answer.lastStableOffset);
  }

  #isCurrent(position: Position): boolean {
    return this.#positions.get(nameOf(position)) === position;
  }

  #read({ asked, answer }: Fetched, leaderId: number, broker: string): void {
    const { position, leaderEpoch } = asked;
    const { topic, partition } = position;
    const { highWatermark, lastStableOffset, logStartOffset } = answer;
    const { isCommittedOnly } = this.settings;
    this.client.tell({
      ...{ kind: 'fetched', topic, partition, broker: leaderId, leaderEpoch },
      ...{ highWatermark, lastStableOffset, logStartOffset },
      isolation: isCommittedOnly ? 'readCommitted' : 'readUncommitted',
    });
    const reading = this.#reading({ asked, answer }, broker);
    if (!reading) return;
    if (reading.nextOffset > position.offset) this.#moveToEnd(position);
    for (const record of reading.records)
      this.client.tell({ kind: 'consumed', topic, partition, ...record });
    position.offset = reading.nextOffset;
    if (reading.lastEpoch >= 0) position.offsetEpoch = reading.lastEpoch;
  }

  /** So that a partition with much to read does not keep the others waiting. */
  #moveToEnd(position: Position): void {
    this.#positions.delete(nameOf(position));
    this.#positions.set(nameOf(position), position);
  }

  #reading(
    { asked, answer }: Pick<Fetched, 'asked' | 'answer'>,
    broker: string,
  ): Reading | undefined {
    const { isCommittedOnly, hasNoGaps, toleratesDamage } = this.settings;
    const expected = {
      fromOffset: asked.offset,
      endOffset: isCommittedOnly ? answer.lastStableOffset : answer.highWatermark,
      leaderEpoch: asked.leaderEpoch,
      hasNoGaps,
    };
    try {
      return readBatches(answer.records ?? Buffer.alloc(0), expected);
    } catch (error) {
      const what = `Fetch of ${nameOf(asked.position)}: ${(error as Error).message}`;
      if (!toleratesDamage) this.client.accuse(broker, what);
      return undefined;
    }
  }

  #refused(position: Position, error: ErrorName): void {
    if (error === 'OFFSET_OUT_OF_RANGE') position.state = 'reset';
    else if (ERRORS[error].retriable) this.#lookUp();
  }

  #lookUp(): void {
    if (this.#isLookingUp || this.#isStopped) return;
    this.#isLookingUp = true;
    this.client.start(async () => {
      if (await this.view.refresh()) this.#lookedUpMs = this.client.nowMs;
      this.onMetadata();
      this.#run();
      await this.client.sleep(this.client.around(LOOK_UP_EVERY_MS));
      this.#isLookingUp = false;
      this.#run();
    });
  }
}
