/**
 * ListOffsets (2): v0–9. Offsets by time, and the ends of the log.
 * Versions: v0 a list of offsets · v1 one offset with its timestamp · v2 isolation level · v4 leader
 * epochs · v5 OFFSET_NOT_AVAILABLE · v6 flexible · v7 −3 max timestamp (KIP-734) · v8 −4 earliest local
 * (KIP-405) · v9 −5 latest tiered (KIP-1005); nothing is tiered here.
 */
import { errorCode, ProtocolError } from '../../protocol/errors';
import { ListOffsetsRequest, ListOffsetsResponse } from '../../protocol/messages/02-list-offsets';
import type { InputOf } from '../../protocol/schema';
import { partitionKey } from '../../protocol/topic-partition';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';
import { requirePartition } from '../hosted-partition';
import { findOffset, findOffsetsBefore } from '../offset-lookup';
import type { OffsetReader } from '../offset-lookup';

type Asked = ListOffsetsRequest['topics'][number]['partitions'][number];
type Answer = InputOf<typeof ListOffsetsResponse>['topics'][number]['partitions'][number];

const FIRST_VERSION_WITH_ONE_OFFSET = 1;
const FIRST_VERSION_WITH_OFFSET_NOT_AVAILABLE = 5;
const CONSUMER_REPLICA_ID = -1;
const DEBUG_REPLICA_ID = -2;
const READ_COMMITTED = 1;

function readerOf(request: ListOffsetsRequest): OffsetReader {
  if (request.replicaId === DEBUG_REPLICA_ID) return 'debug';
  if (request.replicaId !== CONSUMER_REPLICA_ID) return 'follower';
  return request.isolationLevel === READ_COMMITTED ? 'read_committed' : 'read_uncommitted';
}

/** Before v5 a client knows no OFFSET_NOT_AVAILABLE; LEADER_NOT_AVAILABLE makes it ask again too. */
function refusal({ partitionIndex }: Asked, apiVersion: number, error: unknown): Answer {
  if (!(error instanceof ProtocolError)) throw error;
  const isTooNew =
    error.errorName === 'OFFSET_NOT_AVAILABLE' &&
    apiVersion < FIRST_VERSION_WITH_OFFSET_NOT_AVAILABLE;
  return {
    partitionIndex,
    errorCode: errorCode(isTooNew ? 'LEADER_NOT_AVAILABLE' : error.errorName),
  };
}

async function answerOf(
  { broker, apiVersion }: RequestContext,
  topic: string,
  asked: Asked,
  reader: OffsetReader,
): Promise<Answer> {
  const { partitionIndex, currentLeaderEpoch, timestamp } = asked;
  try {
    const partition = requirePartition(broker, topic, partitionIndex);
    partition.logFor({ currentLeaderEpoch, leaderOnly: reader !== 'debug' });
    if (apiVersion < FIRST_VERSION_WITH_ONE_OFFSET) {
      const oldStyleOffsets = findOffsetsBefore(partition, {
        timestamp,
        maxCount: asked.maxNumOffsets,
        nowMs: broker.platform.clock.nowMs(),
      });
      return { partitionIndex, errorCode: errorCode('NONE'), oldStyleOffsets };
    }
    const found = await findOffset(partition, timestamp, { reader, apiVersion });
    return { partitionIndex, errorCode: errorCode('NONE'), ...found };
  } catch (error) {
    return refusal(asked, apiVersion, error);
  }
}

function repeatedPartitions(request: ListOffsetsRequest): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name, partitions } of request.topics) {
    for (const { partitionIndex } of partitions) {
      const key = partitionKey(name, partitionIndex);
      if (seen.has(key)) repeated.add(key);
      seen.add(key);
    }
  }
  return repeated;
}

export const listOffsets = defineHandler({
  request: ListOffsetsRequest,
  response: ListOffsetsResponse,
  versions: [0, 9],
  handle: async (context, request) => {
    const repeated = repeatedPartitions(request);
    const reader = readerOf(request);
    const topics = await Promise.all(
      request.topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map(async (asked) =>
            repeated.has(partitionKey(name, asked.partitionIndex))
              ? {
                  partitionIndex: asked.partitionIndex,
                  errorCode: errorCode('INVALID_REQUEST'),
                }
              : answerOf(context, name, asked, reader),
          ),
        ),
      })),
    );
    return { topics };
  },
});
