/** `odradek group`: consumer groups, their members, offsets and lag. */
import type { Command } from 'commander';

import type { GroupMember } from '../../admin/groups';
import { wholeNumber, withClientOptions, withConfirmation } from '../arguments';
import type { ClientOptions, ConfirmOptions } from '../arguments';
import { withAdminClient } from '../admin';
import { confirm } from '../confirm';
import { OperatorError, notFound } from '../failure';
import type { PartitionLag } from '../group/lag';
import type { GroupReading } from '../group/read';
import type { ResetOptions } from '../group/reset';
import { formatTable, print, printRows, printValue } from '../output';
import type { Row } from '../output';

interface DescribeOptions extends ClientOptions {
  readonly members: boolean;
  readonly state: boolean;
}

interface LagOptions extends ClientOptions {
  readonly all: boolean;
  readonly total: boolean;
}

interface DeleteOffsetsOptions extends ClientOptions, ConfirmOptions {
  readonly topic: readonly string[];
}

function several(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}

export function define(command: Command): void {
  withClientOptions(command.command('list')).description('list groups').action(list);
  withClientOptions(command.command('describe <group>'))
    .description('show members, committed offsets and lag')
    .option('--members', 'show the members and what each reads', false)
    .option('--state', 'show coordinator, assignor and state', false)
    .action(describe);
  withClientOptions(command.command('lag [groups...]'))
    .description('show how far groups are behind, partition by partition')
    .option('--all', 'of all groups', false)
    .option('--total', 'one line for each group', false)
    .action(lag);
  defineReset(withClientOptions(command.command('reset <group>')));
  withConfirmation(withClientOptions(command.command('delete <groups...>')))
    .description('delete groups that have no members, with their offsets')
    .action(remove);
  withConfirmation(withClientOptions(command.command('delete-offsets <group>')))
    .description('delete the committed offsets of topics that the group does not read now')
    .requiredOption('-t, --topic <topic[:partitions]>', 'whose; may be repeated', several)
    .action(removeOffsets);
}

function defineReset(command: Command): void {
  command
    .description('move committed offsets; says what it would do unless --execute is given')
    .option('-t, --topic <topic[:partitions]>', 'which, as t, t:0,2 or t:0-3; repeatable', several)
    .option('--all-topics', 'all that the group has committed', false)
    .option('--to-earliest', 'to the start of the log')
    .option('--to-latest', 'to the end of the log')
    .option('--to-current', 'to what is committed, or else to the end of the log')
    .option('--to-offset <offset>', 'to this offset', wholeNumber(0))
    .option('--shift-by <n>', 'by so many records, back if below 0', wholeNumber(-(2 ** 53) + 1))
    .option('--to-datetime <time>', 'to the first record since 2026-01-31T18:30:00.000 (UTC)')
    .option('--by-duration <span>', 'to the first record since so long ago, as P1D or PT2H30M')
    .option('--from-file <file>', 'to what a file of topic,partition,offset lines says')
    .option('--export', 'print topic,partition,offset lines, for --from-file', false)
    .option('--execute', 'do it', false)
    .action(reset);
}

function loadGroups(): typeof import('../../admin/groups') {
  return require('../../admin/groups') as typeof import('../../admin/groups');
}

function loadReading(): typeof import('../group/read') {
  return require('../group/read') as typeof import('../group/read');
}

async function list(options: ClientOptions): Promise<void> {
  const { listGroups, describeGroup } = loadGroups();
  const rows = await withAdminClient(options, async (client) => {
    const groups = await listGroups(client);
    const described = await Promise.all(groups.map((group) => describeGroup(client, group)));
    return described.map(({ group, state, protocol, members }) => ({
      group,
      state,
      protocol,
      members: members.length,
    }));
  });
  printRows(rows, { ...options, empty: 'no groups' });
}

function offsetRow({ topic, partition, committed, end, lag: behind, member }: PartitionLag): Row {
  return {
    topic,
    partition,
    offset: committed ?? null,
    end: end ?? null,
    lag: behind ?? null,
    member: member?.memberId ?? null,
    host: member?.host ?? null,
    client: member?.clientId ?? null,
  };
}

/** `orders(0,1) returns(2)` */
function describeAssignment({ assignment }: GroupMember): string {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of assignment)
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return [...topics]
    .map(([topic, partitions]) => `${topic}(${partitions.sort((a, b) => a - b).join(',')})`)
    .join(' ');
}

function memberRow(member: GroupMember): Row {
  return {
    member: member.memberId,
    instance: member.instanceId,
    host: member.host,
    client: member.clientId,
    partitions: member.assignment.length,
    assignment: describeAssignment(member),
  };
}

function stateRow({ description }: GroupReading): Row {
  const { group, coordinator, protocol, state, members } = description;
  const place = `${coordinator.host}:${String(coordinator.port)} (${String(coordinator.id)})`;
  return { group, coordinator: place, assignor: protocol, state, members: members.length };
}

async function describe(groupId: string, options: DescribeOptions): Promise<void> {
  const { readGroup } = loadReading();
  const reading = await withAdminClient(options, (client) => readGroup(client, groupId));
  const { description, partitions } = reading;
  const { state, members, coordinator, protocol } = description;
  if (options.state) return printRows([stateRow(reading)], { ...options, empty: '' });
  if (options.members)
    return printRows(members.map(memberRow), { ...options, empty: 'no members' });
  const offsets = partitions.map(offsetRow);
  const named = members.map(({ host, ...member }) => ({ ...member, clientHost: host }));
  const value = { group: groupId, state, protocol, coordinator, members: named, offsets };
  printValue(value, options, () =>
    [
      `group ${groupId}: ${state}, ${String(members.length)} member(s)`,
      offsets.length === 0 ? 'no committed offsets' : formatTable(offsets),
    ].join('\n'),
  );
}

async function lag(groups: readonly string[], options: LagOptions): Promise<void> {
  if (groups.length === 0 && !options.all)
    throw new OperatorError('name groups, or give --all for all of them');
  const { readGroup } = loadReading();
  const { totalLag } = require('../group/lag') as typeof import('../group/lag');
  const readings = await withAdminClient(options, async (client) => {
    const names = options.all ? await loadGroups().listGroups(client) : groups;
    return Promise.all(names.map((group) => readGroup(client, group)));
  });
  const rows = readings.flatMap(({ description: { group, state }, partitions }): Row[] => {
    if (!options.total) return partitions.map((each) => ({ group, ...offsetRow(each) }));
    const { lag: total, isWhole } = totalLag(partitions);
    return [{ group, state, partitions: partitions.length, lag: total, complete: isWhole }];
  });
  printRows(rows, { ...options, empty: 'no committed offsets' });
}

async function reset(
  group: string,
  options: ResetOptions & { readonly export: boolean },
): Promise<void> {
  const { resetOffsets } = require('../group/reset') as typeof import('../group/reset');
  const plan = await withAdminClient(options, (client) => resetOffsets(client, group, options));
  if (options.export) {
    const { formatOffsetFile } =
      require('../group/offset-file') as typeof import('../group/offset-file');
    print(formatOffsetFile(plan));
    return;
  }
  const rows = plan.map(({ topic, partition, from, to, note }) => ({
    topic,
    partition,
    from: from ?? null,
    to,
    note,
  }));
  printValue(rows, options, () =>
    [
      formatTable(rows),
      options.execute ? `committed for group ${group}` : 'nothing was done: add --execute',
    ].join('\n'),
  );
}

async function remove(
  groups: readonly string[],
  options: ClientOptions & ConfirmOptions,
): Promise<void> {
  const { deleteGroup, describeGroup, NO_SUCH_GROUP } = loadGroups();
  await withAdminClient(options, async (client) => {
    // All that can be known beforehand is checked before anything is done.
    for (const group of groups) {
      const { state, members } = await describeGroup(client, group);
      if (state === NO_SUCH_GROUP) throw notFound(`there is no group ${group}`);
      if (members.length > 0)
        throw new OperatorError(
          `group ${group} has ${String(members.length)} member(s): stop its consumers first`,
        );
    }
    await confirm(`delete ${groups.join(', ')} with all committed offsets`, options);
    for (const group of groups) await deleteGroup(client, group);
  });
  printValue({ groups }, options, () => `deleted ${groups.join(', ')}`);
}

async function removeOffsets(group: string, options: DeleteOffsetsOptions): Promise<void> {
  const { deleteOffsets, committedOffsets } = loadGroups();
  const { parseTopicSelection, selectedPartitions } =
    require('../partition-list') as typeof import('../partition-list');
  const outcomes = await withAdminClient(options, async (client) => {
    const existing = new Map<string, number[]>();
    for (const { topic, partition } of await committedOffsets(client, group))
      existing.set(topic, [...(existing.get(topic) ?? []), partition]);
    const selections = options.topic.map(parseTopicSelection);
    const missing = selections.find(({ topic }) => !existing.has(topic));
    if (missing) throw notFound(`group ${group} has committed no offset of ${missing.topic}`);
    const partitions = selectedPartitions(selections, existing);
    await confirm(`delete ${String(partitions.length)} offset(s) of group ${group}`, options);
    return deleteOffsets(client, group, partitions);
  });
  const refused = outcomes.find(({ error }) => error !== 'NONE');
  if (refused)
    throw new OperatorError(
      `the offset of ${refused.topic}-${String(refused.partition)} was not deleted: ${refused.error}`,
    );
  const rows = outcomes.map(({ topic, partition }) => ({ topic, partition }));
  printValue(rows, options, () => `${formatTable(rows)}\ndeleted from group ${group}`);
}
