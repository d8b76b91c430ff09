/** `odradek topic alter|elect|reassign|reassignments`: what changes partitions that exist. */
import { readFileSync } from 'node:fs';

import type { Election, Move, PartitionOutcome } from '../../admin/partitions';
import type { TopicPartition } from '../../protocol/topic-partition';
import { withAdminClient } from '../admin';
import type { ClientOptions } from '../arguments';
import { OperatorError } from '../failure';
import { printRows, printValue } from '../output';
import { existingPartitions, parseTopicSelection, selectedPartitions } from '../partition-list';
import { parseMove, parseMoveFile } from './moves';

interface AlterOptions extends ClientOptions {
  readonly partitions: number;
  readonly dryRun: boolean;
}

interface ElectOptions extends ClientOptions {
  readonly all: boolean;
  readonly unclean: boolean;
}

interface ReassignOptions extends ClientOptions {
  readonly file?: string;
  readonly cancel: boolean;
}

function loadPartitions(): typeof import('../../admin/partitions') {
  return require('../../admin/partitions') as typeof import('../../admin/partitions');
}

/** Rows of what was done; an `OperatorError` with the first refusal once all are printed. */
function tell(outcomes: readonly PartitionOutcome[], options: ClientOptions, empty: string): void {
  const rows = outcomes.map(({ topic, partition, error, message }) => ({
    topic,
    partition,
    outcome: error === 'NONE' ? 'done' : error,
    message,
  }));
  printRows(rows, { ...options, empty });
  // What is right already is no failure of who asked for it.
  const refused = outcomes.find(({ error }) => error !== 'NONE' && error !== 'ELECTION_NOT_NEEDED');
  if (refused)
    throw new OperatorError(
      `${refused.topic}-${String(refused.partition)}: ${refused.error}${refused.message ? ` (${refused.message})` : ''}`,
    );
}

export async function alter(topic: string, options: AlterOptions): Promise<void> {
  const { partitions: count, dryRun } = options;
  const { createPartitions } = loadPartitions();
  await withAdminClient(options, (client) =>
    createPartitions(client, topic, { count, validateOnly: dryRun }),
  );
  printValue({ topic, partitions: count, dryRun }, options, () =>
    dryRun
      ? `topic ${topic} could have ${String(count)} partitions: nothing was done`
      : `topic ${topic} has ${String(count)} partitions`,
  );
}

export async function elect(selections: readonly string[], options: ElectOptions): Promise<void> {
  if (options.all === selections.length > 0)
    throw new OperatorError('name topics or topic:partitions, or give --all for all of them');
  const election: Election = options.unclean ? 'unclean' : 'preferred';
  const { electLeaders } = loadPartitions();
  const outcomes = await withAdminClient(options, async (client) => {
    const wanted = selections.map(parseTopicSelection);
    const names = wanted.map(({ topic }) => topic);
    const partitions: TopicPartition[] | null = options.all
      ? null
      : selectedPartitions(wanted, await existingPartitions(client, names));
    return electLeaders(client, election, partitions);
  });
  tell(outcomes, options, 'every leader is where it belongs');
}

function movesOf(texts: readonly string[], options: ReassignOptions): Move[] {
  const { file } = options;
  if ((file !== undefined) === texts.length > 0)
    throw new OperatorError('name moves as topic:partition=broker,broker, or give --file');
  if (file === undefined) return texts.map(parseMove);
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError(`${file}: cannot be read`, { cause: error });
  }
  return parseMoveFile(content, file);
}

export async function reassign(texts: readonly string[], options: ReassignOptions): Promise<void> {
  const { alterReassignments } = loadPartitions();
  const moves = options.cancel && options.file === undefined ? [] : movesOf(texts, options);
  const outcomes = await withAdminClient(options, async (client) => {
    if (!options.cancel) return alterReassignments(client, moves);
    const selections = texts.map(parseTopicSelection);
    const names = selections.map(({ topic }) => topic);
    const cancelled: readonly TopicPartition[] =
      moves.length > 0
        ? moves
        : selectedPartitions(selections, await existingPartitions(client, names));
    const ends = cancelled.map(({ topic, partition }) => ({ topic, partition, replicas: null }));
    return alterReassignments(client, ends);
  });
  tell(outcomes, options, 'nothing to move');
}

export async function reassignments(options: ClientOptions): Promise<void> {
  const { listReassignments } = loadPartitions();
  const moves = await withAdminClient(options, listReassignments);
  const rows = moves.map(({ topic, partition, replicas, adding, removing }) => ({
    topic,
    partition,
    replicas: replicas.join(','),
    adding: adding.join(','),
    removing: removing.join(','),
  }));
  printRows(rows, { ...options, empty: 'no partition is being moved' });
}
