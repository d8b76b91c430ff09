/** Where a partition begins and ends. */
import type { Platform } from '../../platform/ports';
import { NetworkError } from '../../platform/ports';
import { ERRORS, errorName } from '../../protocol/errors';
import { ListOffsetsRequest, ListOffsetsResponse } from '../../protocol/messages/02-list-offsets';
import { pause } from '../pause';
import { PerfError } from '../perf-error';
import type { ClusterView, PartitionPlace } from './cluster-view';

/** The timestamps that stand for the first and for the next offset. */
const PLACES = { earliest: -2, latest: -1 } as const;
export type OffsetPlace = keyof typeof PLACES;

const CONSUMER = -1;
const RETRY_TIMEOUT_MS = 30_000;

export interface OffsetQuery {
  readonly topic: string;
  readonly partition: number;
  readonly place: OffsetPlace;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
}

/** Asks the partition's leader, another one where it has moved. Rejects with a `PerfError`. */
export async function offsetAt(
  platform: Platform,
  view: ClusterView,
  query: OffsetQuery,
): Promise<number> {
  const deadlineMs = platform.clock.monotonicMs() + RETRY_TIMEOUT_MS;
  for (;;) {
    const answer = await askLeader(view, query);
    if (typeof answer === 'number') return answer;
    if (!answer.isWorthRetrying || platform.clock.monotonicMs() > deadlineMs) {
      const where = `partition ${String(query.partition)} of ${query.topic}`;
      throw new PerfError(`${where} tells no offset: ${answer.why}`);
    }
    await pause(platform.clock, query.retryBackoffMs);
  }
}

async function askLeader(
  view: ClusterView,
  query: OffsetQuery,
): Promise<number | { isWorthRetrying: boolean; why: string }> {
  const places = await view.topic(query.topic);
  const leader = places?.find(({ index }: PartitionPlace) => index === query.partition);
  if (!leader || leader.leaderId < 0) return { isWorthRetrying: true, why: 'it has no leader' };
  try {
    return await ask(view, leader.leaderId, query);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return { isWorthRetrying: true, why: error.message };
  }
}

async function ask(
  view: ClusterView,
  leaderId: number,
  { topic, partition, place, requestTimeoutMs }: OffsetQuery,
): Promise<number | { isWorthRetrying: boolean; why: string }> {
  const broker = await view.broker(leaderId);
  const partitions = [{ partitionIndex: partition, timestamp: PLACES[place] }];
  const { topics } = await broker.request(
    ListOffsetsRequest,
    ListOffsetsResponse,
    { replicaId: CONSUMER, topics: [{ name: topic, partitions }] },
    requestTimeoutMs,
  );
  const found = topics[0]?.partitions[0];
  const error = errorName(found?.errorCode ?? -1);
  if (found && error === 'NONE') return found.offset;
  return { isWorthRetrying: ERRORS[error].retriable, why: error };
}
