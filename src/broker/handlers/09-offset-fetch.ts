/**
 * OffsetFetch (9): v0–9. How far a group has read: from v1 on as its coordinator knows it, in v0 as
 * ZooKeeper does.
 * Versions: v2 all topics, top-level error · v5 leader epoch · v6 flexible · v7 requireStable (KIP-447) ·
 * v8 several groups (KIP-709).
 */
import { errorCode } from '../../protocol/errors';
import { OffsetFetchRequest, OffsetFetchResponse } from '../../protocol/messages/09-offset-fetch';
import type { InputOf } from '../../protocol/schema';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';

const VERSION_IN_ZOOKEEPER = 0;
const NO_OFFSET = -1;

async function fetchFromZooKeeper(
  { broker }: RequestContext,
  request: OffsetFetchRequest,
): Promise<InputOf<typeof OffsetFetchResponse>> {
  const read = async (topic: string, partitionIndex: number) => {
    const isKnown = broker.metadata.partition(topic, partitionIndex) !== undefined;
    const offset = isKnown
      ? await broker.zookeeper.offsets.offset(request.groupId, topic, partitionIndex)
      : undefined;
    return {
      partitionIndex,
      committedOffset: offset ?? NO_OFFSET,
      metadata: '',
      errorCode: errorCode(offset === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'NONE'),
    };
  };
  const topics = await Promise.all(
    (request.topics ?? []).map(async ({ name, partitionIndexes }) => ({
      name,
      partitions: await Promise.all(partitionIndexes.map((index) => read(name, index))),
    })),
  );
  return { topics };
}

export const offsetFetch = defineHandler({
  request: OffsetFetchRequest,
  response: OffsetFetchResponse,
  versions: [0, 9],
  handle: (context, request) =>
    context.apiVersion === VERSION_IN_ZOOKEEPER
      ? fetchFromZooKeeper(context, request)
      : context.broker.groups.fetchOffsets(context, request),
});
