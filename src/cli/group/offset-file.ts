/**
 * Offsets in a file, as kafka-consumer-groups writes them with --export and reads them with --from-file: one
 * `topic,partition,offset` a line, or `group,topic,partition,offset`.
 */
import { partitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';
import { OperatorError } from '../failure';

export interface FiledOffsets {
  readonly offsets: ReadonlyMap<string, number>;
  readonly partitions: readonly TopicPartition[];
}

function fieldsOf(line: string): string[] {
  return line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
}

/** Lines of other groups are left out. Throws an `OperatorError` that names the line. */
export function parseOffsetFile(text: string, group: string, source: string): FiledOffsets {
  const offsets = new Map<string, number>();
  const partitions: TopicPartition[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '') return;
    const fields = fieldsOf(line);
    if (fields.length === 4 && fields.shift() !== group) return;
    const [topic = '', partition = '', offset = ''] = fields;
    if (fields.length !== 3 || topic === '' || !/^\d+$/.test(partition) || !/^\d+$/.test(offset))
      throw new OperatorError(
        `${source}, line ${String(index + 1)}: topic,partition,offset is needed`,
      );
    const key = partitionKey(topic, Number(partition));
    if (offsets.has(key))
      throw new OperatorError(`${source}, line ${String(index + 1)}: ${key} is there twice`);
    offsets.set(key, Number(offset));
    partitions.push({ topic, partition: Number(partition) });
  });
  if (partitions.length === 0)
    throw new OperatorError(`${source} names no offset of group ${group}`);
  return { offsets, partitions };
}

export function formatOffsetFile(
  offsets: readonly (TopicPartition & { readonly to: number })[],
): string {
  return offsets
    .map(({ topic, partition, to }) => `${topic},${String(partition)},${String(to)}`)
    .join('\n');
}
