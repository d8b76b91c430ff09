/**
 * OffsetCommit (8): v0–9. Stores how far a group has read: from v1 on with its coordinator, in v0 in
 * ZooKeeper, as Kafka did before 0.9.
 * Versions: v1 member and generation · v2–4 retention time · v6 leader epoch · v7 groupInstanceId · v8 flexible.
 */
import { errorCode } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../protocol/messages/08-offset-commit';
import type { InputOf } from '../../protocol/schema';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';

type Partition = OffsetCommitRequest['topics'][number]['partitions'][number];

const VERSION_IN_ZOOKEEPER = 0;

async function storeInZooKeeper(
  { broker }: RequestContext,
  groupId: string,
  topic: string,
  partition: Partition,
): Promise<ErrorName> {
  const { partitionIndex, committedOffset, committedMetadata } = partition;
  const maxBytes = broker.config.values['offset.metadata.max.bytes'];
  if (!broker.metadata.partition(topic, partitionIndex)) return 'UNKNOWN_TOPIC_OR_PARTITION';
  if ((committedMetadata ?? '').length > maxBytes) return 'OFFSET_METADATA_TOO_LARGE';
  await broker.zookeeper.offsets.setOffset(groupId, topic, partitionIndex, committedOffset);
  return 'NONE';
}

async function commitInZooKeeper(
  context: RequestContext,
  request: OffsetCommitRequest,
): Promise<InputOf<typeof OffsetCommitResponse>> {
  const topics = await Promise.all(
    request.topics.map(async ({ name, partitions }) => ({
      name,
      partitions: await Promise.all(
        partitions.map(async (partition) => ({
          partitionIndex: partition.partitionIndex,
          errorCode: errorCode(await storeInZooKeeper(context, request.groupId, name, partition)),
        })),
      ),
    })),
  );
  return { topics };
}

export const offsetCommit = defineHandler({
  request: OffsetCommitRequest,
  response: OffsetCommitResponse,
  versions: [0, 9],
  handle: (context, request) =>
    context.apiVersion === VERSION_IN_ZOOKEEPER
      ? commitInZooKeeper(context, request)
      : context.broker.groups.commitOffsets(context, request),
});
