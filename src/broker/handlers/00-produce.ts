/**
 * Produce (0): v0–11. Appends record batches to partitions led here; acks decides when it is answered.
 * Versions 0–2 may bring message sets of the formats before 2, which are stored as batches of format 2.
 * Versions: v3 record batches v2, transactionalId · v5 logStartOffset · v7 zstd · v8 per-record errors
 * (KIP-467) · v9 flexible · v10 current leader (KIP-951).
 */
import { ProtocolError } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import { ProduceRequest, ProduceResponse } from '../../protocol/messages/00-produce';
import type { InputOf } from '../../protocol/schema';
import type { PendingAppend } from '../delayed-appends';
import { defineHandler, NO_RESPONSE } from '../handler';
import type { RequestContext } from '../handler';
import { nodeEndpoints } from '../hosted-partition';
import { answerOf, appendPartition } from '../produce-request';
import type { Append } from '../produce-request';

interface PartitionAppend {
  readonly topic: string;
  readonly index: number;
  readonly append: Append;
  error: ErrorName;
}

const ACKS_NONE = 0;
const ACKS_ALL = -1;

/** Everything is appended before the first await: the records are gone from the frame after it. */
function appendAll(context: RequestContext, request: ProduceRequest): PartitionAppend[] {
  const areAcksValid = request.acks >= ACKS_ALL && request.acks <= 1;
  const appends: PartitionAppend[] = [];
  for (const { name: topic, partitionData } of request.topicData) {
    for (const { index, records } of partitionData) {
      const append = areAcksValid
        ? appendPartition(context, { topic, index, records }, request.acks)
        : { refusal: new ProtocolError('INVALID_REQUIRED_ACKS'), logStartOffset: -1 };
      appends.push({ topic, index, append, error: 'NONE' });
    }
  }
  return appends;
}

/** Waits until what was appended is in the leader's files. */
async function awaitWritten(appends: readonly PartitionAppend[]): Promise<void> {
  for (const each of appends) {
    if ('refusal' in each.append) continue;
    try {
      await each.append.partition.written();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      each.error = error.errorName;
    }
  }
}

/** Waits until what was appended is on all in-sync replicas, or the request's time is over. */
async function awaitReplicated(
  { broker }: RequestContext,
  appends: readonly PartitionAppend[],
  timeoutMs: number,
): Promise<void> {
  const pending: { append: PartitionAppend; delayed: PendingAppend }[] = [];
  for (const append of appends) {
    if ('refusal' in append.append) continue;
    const { topic, index: partition } = append;
    const requiredOffset = append.append.result.lastOffset + 1;
    pending.push({ append, delayed: { topic, partition, requiredOffset, error: undefined } });
  }
  await broker.delayedAppends.awaitReplication(
    pending.map(({ delayed }) => delayed),
    timeoutMs,
  );
  for (const { append, delayed } of pending) append.error = delayed.error ?? 'UNKNOWN_SERVER_ERROR';
}

function respond(
  context: RequestContext,
  request: ProduceRequest,
  appends: readonly PartitionAppend[],
): InputOf<typeof ProduceResponse> {
  let next = 0;
  const responses = request.topicData.map(({ name, partitionData }) => ({
    name,
    partitionResponses: partitionData.map(() => {
      const each = appends[next++] as PartitionAppend;
      return answerOf(context, each, each.append, each.error);
    }),
  }));
  const leaders = responses.flatMap(({ partitionResponses }) =>
    partitionResponses.flatMap(({ currentLeader }) => currentLeader?.leaderId ?? []),
  );
  return {
    responses,
    nodeEndpoints:
      leaders.length === 0
        ? []
        : nodeEndpoints(context.broker, leaders, context.connection.listenerName),
  };
}

/** A producer with acks=0 learns of a failure only by losing its connection. */
function requireNoError(appends: readonly PartitionAppend[]): void {
  for (const { append, topic, index } of appends) {
    if (!('refusal' in append)) continue;
    throw new Error(`produce with acks=0 to ${topic}-${String(index)} failed`, {
      cause: append.refusal,
    });
  }
}

export const produce = defineHandler({
  request: ProduceRequest,
  response: ProduceResponse,
  versions: [0, 11],
  handle: (context, request) => {
    const appends = appendAll(context, request);
    if (request.acks === ACKS_NONE) {
      requireNoError(appends);
      return NO_RESPONSE;
    }
    const isSettled =
      request.acks === ACKS_ALL
        ? awaitReplicated(context, appends, request.timeoutMs)
        : awaitWritten(appends);
    return isSettled.then(() => respond(context, request, appends));
  },
});
