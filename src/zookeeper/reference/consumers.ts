/** What consumers keep in ZooKeeper, most of it from before Kafka 0.9; and ZooKeeper's own znodes. */
import * as znodes from '../znodes';
import { entryOf, folder } from './entry';
import type { ZnodeEntry } from './entry';

const OLD_CONSUMER =
  'The consumers that came with Kafka up to 1.1 and kept their groups in ZooKeeper.';

/** Of consumers that no broker since 2.0 brings along. */
function old(
  pattern: string,
  purpose: string,
  rest: Pick<ZnodeEntry, 'changesWhen' | 'example'> & Partial<ZnodeEntry>,
): ZnodeEntry {
  return {
    pattern,
    purpose,
    kind: 'persistent',
    presence: 'legacy',
    writtenBy: OLD_CONSUMER,
    may: 'Look. Delete it when such consumers are surely gone.',
    mustNot: 'Change it while such a consumer runs: members would read the same partitions.',
    ...rest,
  };
}

function ofZooKeeper(pattern: string, purpose: string, example: string | null): ZnodeEntry {
  return {
    pattern,
    purpose,
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'ZooKeeper itself. Seen without a chroot only; Kafka does not use it.',
    changesWhen: 'Servers of the ensemble, or quotas, are changed by `zkCli.sh`.',
    example,
    may: 'Look.',
    mustNot: 'Write to it by anything but the commands of ZooKeeper that are made for it.',
  };
}

export const CONSUMERS: readonly ZnodeEntry[] = [
  folder(znodes.consumers, {
    presence: 'always',
    writtenBy: 'Every broker, at its start, if it is missing.',
    changesWhen: 'A group commits to ZooKeeper for the first time.',
    may: 'Look: groups of consumers since 0.9 are not here but in the topic __consumer_offsets.',
    mustNot: 'Delete it: every broker makes it again, empty.',
  }),
  {
    pattern: '/consumers/[group]',
    purpose: 'What one group keeps in ZooKeeper.',
    kind: 'persistent',
    presence: 'legacy',
    writtenBy: 'The broker that serves the first OffsetCommit version 0 of the group.',
    changesWhen: 'The group commits for the first time.',
    example: null,
    may: 'Delete it with all below when the group is surely gone.',
    mustNot: 'Delete it while the group reads: it would begin where auto.offset.reset says.',
  },
  old('/consumers/[group]/ids', 'One ephemeral child for each member of the group.', {
    changesWhen: 'A member joins or leaves.',
    example: null,
  }),
  old('/consumers/[group]/ids/[consumer]', 'A member, and the topics it wants to read.', {
    kind: 'ephemeral',
    changesWhen: 'It does not; it vanishes with the session of the member.',
    example:
      '{"version":1,"subscription":{"orders":1},"pattern":"static","timestamp":"1795330662856"}',
  }),
  old('/consumers/[group]/owners', 'Which member reads which partition, by topic.', {
    changesWhen: 'The group reads its first topic.',
    example: null,
  }),
  old('/consumers/[group]/owners/[topic]', 'One ephemeral child for each partition that is read.', {
    changesWhen: 'The group is rebalanced.',
    example: null,
  }),
  old('/consumers/[group]/owners/[topic]/[partition]', 'The member that reads the partition.', {
    kind: 'ephemeral',
    changesWhen: 'The group is rebalanced.',
    example: 'group_host-1795330662856-0',
  }),
  {
    pattern: '/consumers/[group]/offsets',
    purpose: 'Offsets of one group, by topic.',
    kind: 'persistent',
    presence: 'legacy',
    writtenBy: 'The broker that serves the first OffsetCommit version 0 of the group.',
    changesWhen: 'The group commits for the first time.',
    example: null,
    may: 'Look.',
    mustNot: 'Delete it while the group reads: it would begin where auto.offset.reset says.',
  },
  {
    pattern: '/consumers/[group]/offsets/[topic]',
    purpose: 'Offsets of one group in one topic, by partition.',
    kind: 'persistent',
    presence: 'legacy',
    writtenBy: 'The broker that serves OffsetCommit version 0.',
    changesWhen: 'The group commits for a partition for the first time.',
    example: null,
    may: 'Look.',
    mustNot: 'Delete it while the group reads: it would begin where auto.offset.reset says.',
  },
  entryOf(znodes.consumerOffset, {
    kind: 'persistent',
    presence: 'legacy',
    writtenBy: 'The broker that serves OffsetCommit version 0; old consumers, by themselves.',
    changesWhen: 'The group commits.',
    example: '4711',
    may: 'Set it, with the group stopped, to make it read from there.',
    mustNot: 'Set it while the group reads: its next commit overwrites it.',
  }),
  ofZooKeeper('/zookeeper', "ZooKeeper's own.", null),
  ofZooKeeper(
    '/zookeeper/config',
    'The servers of the ensemble.',
    'server.1=zk1:2888:3888:participant\nversion=0',
  ),
  ofZooKeeper('/zookeeper/quota', 'Quotas on znodes and bytes, by path.', null),
];
