/** `odradek group reset`: moves the committed offsets of a group that nobody reads with. */
import { readFileSync } from 'node:fs';

import type { AdminClient } from '../../admin/admin-client';
import { NO_SUCH_GROUP, commitOffsets, committedOffsets, describeGroup } from '../../admin/groups';
import type { CommittedOffset } from '../../admin/groups';
import type { TopicPartition } from '../../protocol/topic-partition';
import type { ClientOptions } from '../arguments';
import { OperatorError } from '../failure';
import { existingPartitions, parseTopicSelection, selectedPartitions } from '../partition-list';
import { parseOffsetFile } from './offset-file';
import type { FiledOffsets } from './offset-file';
import { readFacts } from './read';
import { planReset } from './reset-plan';
import type { PlannedOffset, ResetTarget } from './reset-plan';
import { parseDateTime, parseDuration } from './times';

export interface ResetOptions extends ClientOptions {
  readonly topic?: readonly string[];
  readonly allTopics: boolean;
  readonly toEarliest?: boolean;
  readonly toLatest?: boolean;
  readonly toCurrent?: boolean;
  readonly toOffset?: number;
  readonly shiftBy?: number;
  readonly toDatetime?: string;
  readonly byDuration?: string;
  readonly fromFile?: string;
  readonly execute: boolean;
}

const FLAGS = [
  'toEarliest',
  'toLatest',
  'toCurrent',
  'toOffset',
  'shiftBy',
  'toDatetime',
  'byDuration',
  'fromFile',
] as const satisfies (keyof ResetOptions)[];

/** The one target that was asked for. Throws an `OperatorError`. */
export function targetOf(options: ResetOptions, filed: FiledOffsets | undefined): ResetTarget {
  const given = FLAGS.filter((flag) => options[flag] !== undefined);
  if (given.length !== 1)
    throw new OperatorError(
      'exactly one of --to-earliest, --to-latest, --to-current, --to-offset, --shift-by, --to-datetime, --by-duration and --from-file is needed',
    );
  const { toOffset, shiftBy, toDatetime, byDuration } = options;
  if (filed) return { kind: 'each', offsets: filed.offsets };
  if (toOffset !== undefined) return { kind: 'offset', offset: toOffset };
  if (shiftBy !== undefined) return { kind: 'shift', by: shiftBy };
  if (toDatetime !== undefined) return { kind: 'time', timestamp: parseDateTime(toDatetime) };
  if (byDuration !== undefined)
    return { kind: 'time', timestamp: Date.now() - parseDuration(byDuration) };
  if (options.toEarliest) return { kind: 'earliest' };
  return options.toLatest ? { kind: 'latest' } : { kind: 'current' };
}

function readOffsetFile(file: string, group: string): FiledOffsets {
  try {
    return parseOffsetFile(readFileSync(file, 'utf8'), group, file);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${file}: cannot be read`, { cause: error });
  }
}

async function partitionsAsked(
  client: AdminClient,
  options: ResetOptions,
  committed: readonly CommittedOffset[],
  filed: FiledOffsets | undefined,
): Promise<TopicPartition[]> {
  const { topic: named = [], allTopics } = options;
  if (named.length > 0 && allTopics)
    throw new OperatorError('--topic and --all-topics exclude each other');
  const selections = named.map(parseTopicSelection);
  const existing = await existingPartitions(
    client,
    selections.length > 0 ? selections.map(({ topic }) => topic) : null,
  );
  if (selections.length > 0) return selectedPartitions(selections, existing);
  const all = filed?.partitions ?? (allTopics ? committed : undefined);
  if (!all) throw new OperatorError('--topic, --all-topics or --from-file says which offsets');
  if (all.length === 0) throw new OperatorError('the group has committed no offset');
  const wanted = all.map(({ topic, partition }) => ({ topic, partitions: [partition] }));
  return selectedPartitions(wanted, existing);
}

/** What is, or would be, committed. Throws an `OperatorError`: then nothing is. */
export async function resetOffsets(
  client: AdminClient,
  group: string,
  options: ResetOptions,
): Promise<PlannedOffset[]> {
  const filed =
    options.fromFile === undefined ? undefined : readOffsetFile(options.fromFile, group);
  const target = targetOf(options, filed);
  const { state, members } = await describeGroup(client, group);
  if (state !== 'Empty' && state !== NO_SUCH_GROUP)
    throw new OperatorError(
      `group ${group} is ${state} with ${String(members.length)} member(s): offsets can be reset only while nobody reads; stop its consumers first`,
    );
  const committed = state === NO_SUCH_GROUP ? [] : await committedOffsets(client, group);
  const partitions = await partitionsAsked(client, options, committed, filed);
  const facts = await readFacts(client, partitions, committed, target);
  const plan = facts.map((each) => {
    const planned = planReset(each, target);
    if ('problem' in planned)
      throw new OperatorError(`${planned.topic}-${String(planned.partition)}: ${planned.problem}`);
    return planned;
  });
  if (options.execute)
    await commitOffsets(
      client,
      group,
      plan.map(({ topic, partition, to }) => ({ topic, partition, offset: to })),
    );
  return plan;
}
