/**
 * OffsetForLeaderEpoch (23): v0–4. Where a leader epoch ends in the log of a partition led here, so that
 * followers and consumers find where their history parts from the leader's (KIP-101, KIP-320).
 * Versions: v1 leader epoch in the answer · v2 current leader epoch · v3 replica id · v4 flexible.
 */
import { errorCode, ProtocolError } from '../../protocol/errors';
import {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '../../protocol/messages/23-offset-for-leader-epoch';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';
import { requirePartition } from '../hosted-partition';

type Asked = OffsetForLeaderEpochRequest['topics'][number]['partitions'][number];

function endOffsetOf({ broker }: RequestContext, topic: string, asked: Asked) {
  const { partition, currentLeaderEpoch, leaderEpoch } = asked;
  try {
    const end = requirePartition(broker, topic, partition).endOffsetForEpoch(leaderEpoch, {
      currentLeaderEpoch,
      leaderOnly: true,
    });
    return {
      errorCode: errorCode('NONE'),
      partition,
      leaderEpoch: end.epoch,
      endOffset: end.endOffset,
    };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { errorCode: errorCode(error.errorName), partition };
  }
}

export const offsetForLeaderEpoch = defineHandler({
  request: OffsetForLeaderEpochRequest,
  response: OffsetForLeaderEpochResponse,
  versions: [0, 4],
  handle: (context, request) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => endOffsetOf(context, topic, asked)),
    })),
  }),
});
