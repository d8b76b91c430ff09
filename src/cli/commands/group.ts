/** `odradek group`: list and describe consumer groups. */
import type { Command } from 'commander';
import type { Admin, GroupDescription, MemberDescription } from 'kafkajs';

import { withClientOptions } from '../arguments';
import type { ClientOptions } from '../arguments';
import { notFound } from '../failure';
import { withAdmin } from '../kafka';
import { formatTable, printRows, printValue } from '../output';
import type { Row } from '../output';

export function define(command: Command): void {
  withClientOptions(command.command('list')).description('list groups').action(list);
  withClientOptions(command.command('describe <group>'))
    .description('show members, committed offsets and lag')
    .action(describe);
}

async function list(options: ClientOptions): Promise<void> {
  const rows = await withAdmin(options, async (admin) => {
    const { groups } = await admin.listGroups();
    const ids = groups.map(({ groupId }) => groupId).sort();
    if (ids.length === 0) return [];
    const { groups: described } = await admin.describeGroups(ids);
    return described.map((group) => ({
      group: group.groupId,
      state: group.state,
      protocol: group.protocol,
      members: group.members.length,
    }));
  });
  printRows(rows, { ...options, empty: 'no groups' });
}

/** Which member reads which partition, by `topic-partition`. */
function owners(members: readonly MemberDescription[]): Map<string, MemberDescription> {
  const { AssignerProtocol } = require('kafkajs') as typeof import('kafkajs');
  const owned = new Map<string, MemberDescription>();
  for (const member of members) {
    if (member.memberAssignment.length === 0) continue;
    const decoded = AssignerProtocol.MemberAssignment.decode(member.memberAssignment);
    for (const [topic, partitions] of Object.entries(decoded?.assignment ?? {})) {
      for (const partition of partitions) owned.set(`${topic}-${String(partition)}`, member);
    }
  }
  return owned;
}

async function offsetRows(admin: Admin, group: GroupDescription): Promise<Row[]> {
  const owned = owners(group.members);
  const committed = await admin.fetchOffsets({ groupId: group.groupId });
  const rows: Row[] = [];
  for (const { topic, partitions } of committed) {
    const ends = new Map(
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [
        partition,
        Number(high),
      ]),
    );
    for (const { partition, offset } of partitions) {
      const end = ends.get(partition) ?? 0;
      const member = owned.get(`${topic}-${String(partition)}`);
      rows.push({
        topic,
        partition,
        offset: Number(offset),
        end,
        lag: Math.max(0, end - Number(offset)),
        member: member?.memberId ?? '-',
        host: member?.clientHost ?? '-',
      });
    }
  }
  return rows;
}

async function describe(groupId: string, options: ClientOptions): Promise<void> {
  const { group, rows } = await withAdmin(options, async (admin) => {
    const { groups } = await admin.describeGroups([groupId]);
    const found = groups[0];
    if (!found || found.state === 'Dead') throw notFound(`there is no group ${groupId}`);
    return { group: found, rows: await offsetRows(admin, found) };
  });
  const members = group.members.map(({ memberId, clientId, clientHost }) => ({
    memberId,
    clientId,
    clientHost,
  }));
  const value = { group: groupId, state: group.state, members, offsets: rows };
  printValue(value, options, () =>
    [
      `group ${groupId}: ${group.state}, ${String(members.length)} member(s)`,
      rows.length === 0 ? 'no committed offsets' : formatTable(rows),
    ].join('\n'),
  );
}
