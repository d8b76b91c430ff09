/** Which partitions a member of a consumer group was given (Kafka's `ConsumerProtocolAssignment`). */
import { MalformedError, Reader } from '../protocol/reader';
import type { TopicPartition } from '../protocol/topic-partition';

/** The shortest topic: its length and the count of its partitions. */
const MIN_TOPIC_BYTES = 6;
const PARTITION_BYTES = 4;

/** Version, then topics with partitions; what follows is the assignor's own. Nothing if it is not such a message. */
export function assignedPartitions(assignment: Buffer): TopicPartition[] {
  if (assignment.length === 0) return [];
  try {
    const reader = new Reader(assignment);
    reader.int16();
    const topics = Array.from({ length: reader.count(MIN_TOPIC_BYTES) }, () => readTopic(reader));
    return topics.flat();
  } catch (error) {
    if (error instanceof MalformedError) return [];
    throw error;
  }
}

function readTopic(reader: Reader): TopicPartition[] {
  const topic = reader.string();
  const count = reader.count(PARTITION_BYTES);
  return Array.from({ length: count }, () => ({ topic, partition: reader.int32() }));
}
