/** `partition.metadata`: the topic id of a log, written before its first record (KIP-516, `PartitionMetadataFile`). */

/** 43 bytes, no line end after the id. */
export function formatPartitionMetadata(topicId: string): Buffer {
  return Buffer.from(`version: 0\ntopic_id: ${topicId}`);
}

/** The topic id; `undefined` if the content is not a partition's metadata. */
export function parsePartitionMetadata(content: Buffer): string | undefined {
  return /^version:\s*0\s*\ntopic_id:\s*([\w-]{22})\s*$/.exec(content.toString())?.[1];
}
