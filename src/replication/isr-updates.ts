/**
 * Carries ISR changes to the controller: all that wait go in one AlterPartition, one request is out at a
 * time, and it is sent until a controller answers (`kafka.server.AlterPartitionManager`, KIP-497).
 */

import { errorName, type ErrorName } from '../protocol/errors';
import {
  AlterPartitionRequest,
  AlterPartitionResponse,
} from '../protocol/messages/56-alter-partition';
import { ZERO_UUID, type InputOf } from '../protocol/schema';
import { partitionKey } from '../protocol/topic-partition';
import { deferred, type Deferred } from '../base/deferred';
import { NetworkError } from '../platform/ports';
import type { ControllerChannel } from './controller-channel';
import type { IsrChange, IsrChangeResult, IsrUpdater, ReplicationPlatform } from './ports';

/** Before a request is sent again that the controller refused as a whole. */
const RETRY_BACKOFF_MS = 50;

const VERSION_WITH_IDS = 3;
const VERSION_WITH_NAMES = 1;

/** Unclean recovery ends with a leader's first change (KIP-704). */
const RECOVERED = 0;

/** For members of the ISR so far: the controller itself sees when one of them comes back. */
const NO_BROKER_EPOCH = -1;

interface Item {
  readonly change: IsrChange;
  readonly settled: Deferred<IsrChangeResult>;
}

type WireRequest = InputOf<typeof AlterPartitionRequest>;
type WirePartition = WireRequest['topics'][number]['partitions'][number];
type Answer = AlterPartitionResponse['topics'][number]['partitions'][number];

export interface IsrUpdatesOptions {
  readonly platform: ReplicationPlatform;
  readonly brokerId: number;
  readonly brokerEpoch: () => number;
  readonly channel: ControllerChannel;
}

export class IsrUpdates implements IsrUpdater {
  /** Not answered yet, sent or not; at most one of each partition. */
  readonly #pending = new Map<string, Item>();
  #isSending = false;

  constructor(private readonly options: IsrUpdatesOptions) {}

  /** Never settles once the channel is closed. */
  submit(change: IsrChange): Promise<IsrChangeResult> {
    const key = partitionKey(change.topic, change.partition);
    const item = { change, settled: deferred<IsrChangeResult>() };
    // The leader proposes anew only after the controller overruled the older proposal.
    this.#pending.get(key)?.settled.resolve({ error: 'OPERATION_NOT_ATTEMPTED' });
    this.#pending.set(key, item);
    if (!this.#isSending) {
      this.#isSending = true;
      // What changes in the same tick goes together.
      queueMicrotask(() => void this.#sendAll());
    }
    return item.settled.promise;
  }

  async #sendAll(): Promise<void> {
    while (this.#pending.size > 0) {
      let sent: readonly Item[] = [];
      const send = this.options.channel.send({
        request: AlterPartitionRequest,
        response: AlterPartitionResponse,
        build: () => {
          sent = [...this.#pending.values()];
          return this.#request(sent);
        },
        errorCodeOf: (response) => response.errorCode,
      });
      const response = await send.catch(onClosed);
      if (!response) return;
      const error = errorName(response.errorCode);
      if (error !== 'NONE') await this.#backOff(error);
      else if (!this.#settle(sent, response)) await this.#backOff('UNKNOWN_SERVER_ERROR');
    }
    this.#isSending = false;
  }

  #request(items: readonly Item[]): { version: number; message: WireRequest } {
    const usesIds = items.every(({ change }) => change.topicId !== undefined);
    const topics = new Map<
      string,
      { topicName: string; topicId: string; partitions: WirePartition[] }
    >();
    for (const { change } of items) {
      const topicId = change.topicId ?? ZERO_UUID;
      const topic = topics.get(change.topic) ?? {
        topicName: change.topic,
        topicId,
        partitions: [],
      };
      topics.set(change.topic, topic);
      topic.partitions.push(wirePartition(change, usesIds));
    }
    const { brokerId, brokerEpoch } = this.options;
    const message = { brokerId, brokerEpoch: brokerEpoch(), topics: [...topics.values()] };
    return { version: usesIds ? VERSION_WITH_IDS : VERSION_WITH_NAMES, message };
  }

  /** False if the controller left a partition out. */
  #settle(sent: readonly Item[], response: AlterPartitionResponse): boolean {
    let isComplete = true;
    const answers = new Map<string, Answer>();
    for (const topic of response.topics) {
      for (const answer of topic.partitions) {
        const identity = topic.topicId === ZERO_UUID ? topic.topicName : topic.topicId;
        answers.set(partitionKey(identity, answer.partitionIndex), answer);
      }
    }
    for (const item of sent) {
      const { topic, topicId, partition } = item.change;
      const byId =
        topicId === undefined ? undefined : answers.get(partitionKey(topicId, partition));
      const answer = byId ?? answers.get(partitionKey(topic, partition));
      const key = partitionKey(topic, partition);
      if (this.#pending.get(key) !== item) continue;
      if (!answer) {
        isComplete = false;
        continue;
      }
      this.#pending.delete(key);
      item.settled.resolve(resultOf(answer));
    }
    return isComplete;
  }

  /** The broker's registration may have changed; the next attempt carries the new epoch. */
  #backOff(error: ErrorName): Promise<void> {
    const { clock, log } = this.options.platform;
    log.warn(`the controller refused an AlterPartition with ${error}, sending it again`);
    const waited = deferred();
    clock.callAfter(RETRY_BACKOFF_MS, () => waited.resolve());
    return waited.promise;
  }
}

function wirePartition(change: IsrChange, usesIds: boolean): WirePartition {
  const isr = usesIds
    ? {
        newIsrWithEpochs: change.isr.map((brokerId) => ({
          brokerId,
          brokerEpoch:
            change.joining?.brokerId === brokerId ? change.joining.brokerEpoch : NO_BROKER_EPOCH,
        })),
      }
    : { newIsr: change.isr };
  return {
    partitionIndex: change.partition,
    leaderEpoch: change.leaderEpoch,
    ...isr,
    leaderRecoveryState: RECOVERED,
    partitionEpoch: change.partitionEpoch,
  };
}

function resultOf(answer: Answer): IsrChangeResult {
  const error = errorName(answer.errorCode);
  if (error !== 'NONE') return { error };
  return {
    error,
    leaderEpoch: answer.leaderEpoch,
    partitionEpoch: answer.partitionEpoch,
    isr: answer.isr,
  };
}

function onClosed(error: unknown): undefined {
  if (!(error instanceof NetworkError)) throw error;
  return undefined;
}
