/**
 * DeleteRecords (21): v0–2. Raises the log start of partitions led here and answers once every live replica has
 * followed (KIP-107). The segments below it go at the next retention run.
 * Versions: v2 flexible.
 */
import { errorCode, ProtocolError } from '../../protocol/errors';
import {
  DeleteRecordsRequest,
  DeleteRecordsResponse,
} from '../../protocol/messages/21-delete-records';
import type { PendingDeletion } from '../delayed-deletions';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';
import { requirePartition } from '../hosted-partition';
import { isInternalTopic } from '../topic-name';

/** Asks for everything up to the high watermark. */
const HIGH_WATERMARK = -1;

function giveUp(
  { broker }: RequestContext,
  topic: string,
  { partitionIndex: partition, offset }: { partitionIndex: number; offset: number },
): PendingDeletion {
  const pending = { topic, partition, lowWatermark: -1 };
  try {
    if (!broker.metadata.partition(topic, partition)) {
      throw new ProtocolError('UNKNOWN_TOPIC_OR_PARTITION');
    }
    if (isInternalTopic(topic)) {
      throw new ProtocolError(
        'INVALID_TOPIC_EXCEPTION',
        `Cannot delete records of internal topic ${topic}`,
      );
    }
    const replica = requirePartition(broker, topic, partition);
    const requiredOffset = replica.deleteRecordsBefore(
      offset === HIGH_WATERMARK ? undefined : offset,
    );
    return { ...pending, requiredOffset, error: undefined };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { ...pending, requiredOffset: -1, error: error.errorName };
  }
}

export const deleteRecords = defineHandler({
  request: DeleteRecordsRequest,
  response: DeleteRecordsResponse,
  versions: [0, 2],
  handle: async (context, { topics, timeoutMs }) => {
    const asked = topics.map(({ name, partitions }) => ({
      name,
      deletions: partitions.map((each) => giveUp(context, name, each)),
    }));
    const deletions = asked.flatMap((topic) => topic.deletions);
    await context.broker.delayedDeletions.awaitReplicas(deletions, timeoutMs);
    return {
      throttleTimeMs: 0,
      topics: asked.map((topic) => ({
        name: topic.name,
        partitions: topic.deletions.map(({ partition, lowWatermark, error = 'NONE' }) => ({
          partitionIndex: partition,
          lowWatermark,
          errorCode: errorCode(error),
        })),
      })),
    };
  },
});
