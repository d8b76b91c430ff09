/** `partition.metadata`: the topic id of a log, written before its first record (KIP-516, `PartitionMetadataFile`). */

import { join } from 'node:path';

import type { Files } from '../../platform/ports';
import { PARTITION_METADATA_FILE } from './file-names';
import { writeSmallFile } from './small-file';

/**
 * Writes the file into the folder of a log. It reaches the device with the log's first flush: until then the
 * log holds nothing that a power failure could turn into another topic's.
 */
export function writePartitionMetadata(files: Files, folder: string, topicId: string): void {
  writeSmallFile(files, join(folder, PARTITION_METADATA_FILE), formatPartitionMetadata(topicId));
}

/** 43 bytes, no line end after the id. */
export function formatPartitionMetadata(topicId: string): Buffer {
  return Buffer.from(`version: 0\ntopic_id: ${topicId}`);
}

/** The topic id; `undefined` if the content is not a partition's metadata. */
export function parsePartitionMetadata(content: Buffer): string | undefined {
  return /^version:\s*0\s*\ntopic_id:\s*([\w-]{22})\s*$/.exec(content.toString())?.[1];
}
