/** One Produce request and what it came to for each partition. */
import { errorName } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';
import { ProduceRequest, ProduceResponse } from '../../protocol/messages/00-produce';
import type { BrokerConnection } from '../../network/broker-connection';
import type { ProducerSettings } from './settings';

export interface PartitionBatch {
  readonly index: number;
  readonly bytes: Buffer;
}

/**
 * Sends at most one batch for each partition of a topic and gives the error of each. With acks=0 there is none once
 * the operating system has taken it. Rejects with a `NetworkError`.
 */
export async function sendBatches(
  connection: BrokerConnection,
  topic: string,
  batches: readonly PartitionBatch[],
  { acks, requestTimeoutMs }: ProducerSettings,
): Promise<(index: number) => ErrorName> {
  const partitionData = batches.map(({ index, bytes }) => ({ index, records: bytes }));
  const topicData = [{ name: topic, partitionData }];
  const message = { acks, timeoutMs: requestTimeoutMs, topicData };
  if (acks === 0) {
    await connection.requestUnanswered(ProduceRequest, message);
    return () => 'NONE';
  }
  const { responses } = await connection.request(
    ProduceRequest,
    ProduceResponse,
    message,
    requestTimeoutMs,
  );
  const partitions = responses[0]?.partitionResponses ?? [];
  const codes = new Map(partitions.map(({ index, errorCode }) => [index, errorCode]));
  return (index) => errorName(codes.get(index) ?? -1);
}
