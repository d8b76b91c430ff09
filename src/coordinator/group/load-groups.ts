/** Reads the groups of one partition of `__consumer_offsets` from its log. */

import { replayLog } from '../runtime/replay-log';
import type { LoggedRecord, LogVisitor } from '../runtime/replay-log';
import type { GroupEnvironment } from './environment';
import { GroupPartition } from './group-partition';
import { RecordFormatError, decodeGroupValue, decodeKey, decodeOffsetValue } from './records';
import { Replay } from './state/replay';

export async function loadGroups(
  partition: number,
  environment: GroupEnvironment,
  isCurrent: () => boolean,
): Promise<GroupPartition> {
  const { reader, platform } = environment;
  const { clock, log } = platform;
  const startMs = clock.monotonicMs();
  const replay = new Replay();
  const visitor: LogVisitor = {
    record: (record) => replayRecord(record, replay),
    marker: (producerId, isCommitted) => replay.marker(producerId, isCommitted),
  };
  const nextOffset = await replayLog({ reader, partition, visitor, log, isCurrent });
  const tookMs = Math.round(clock.monotonicMs() - startMs);
  log.info('read groups and offsets', { partition, endOffset: nextOffset, tookMs });
  return new GroupPartition(partition, replay, nextOffset, environment);
}

function replayRecord(record: LoggedRecord, replay: Replay): void {
  const { value, producerId } = record;
  if (!record.key) throw new RecordFormatError('record without a key');
  const key = decodeKey(record.key);
  switch (key.kind) {
    case 'offset': {
      const { groupId, topic, partition } = key;
      const offset = value && decodeOffsetValue(value);
      replay.offset({ groupId, topic, partition, value: offset, producerId }, record.offset);
      return;
    }
    case 'group':
      replay.group(key.groupId, value && decodeGroupValue(key.groupId, value));
      return;
    case 'unknown':
      throw new RecordFormatError(`unknown key version ${String(key.version)}`);
  }
}
