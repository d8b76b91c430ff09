/** A group's members come, leave and die; its coordinator dies too. Told from the records of __consumer_offsets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ChildProcess, until } from '../../../bench/processes.mjs';
import { Stage } from '../stage.mjs';

const require = createRequire(import.meta.url);
const MEMBER = fileURLToPath(new URL('./member.mjs', import.meta.url));
const GROUP = 'billing';
const TOPIC = 'orders';
const OFFSETS = '__consumer_offsets';
const OFFSETS_PARTITIONS = 5;

/** Kafka's rule: String.hashCode of the group, without its sign, modulo the partitions of the topic. */
function coordinatorPartition() {
  const { javaHash } = require('../../../dist/protocol/java-hash');
  return (javaHash(GROUP) & 0x7fffffff) % OFFSETS_PARTITIONS;
}

/** Every record of the group in the log of its coordinator, in order. */
async function groupRecords(stage, partition) {
  const { decodeKey, decodeGroupValue } = require('../../../dist/coordinator/group/records');
  const { AssignerProtocol } = require('kafkajs');
  const consumer = stage.client().consumer({ groupId: `reader-${Date.now()}` });
  const ends = await (await stage.admin()).fetchTopicOffsets(OFFSETS);
  const end = Number(ends.find((each) => each.partition === partition).high);
  const records = [];
  await consumer.connect();
  await consumer.subscribe({ topic: OFFSETS, fromBeginning: true });
  await new Promise((resolve, reject) => {
    const take = async ({ partition: from, message: { key, value, offset } }) => {
      if (from !== partition) return;
      const { kind, groupId } = decodeKey(key);
      if (kind === 'group' && groupId === GROUP && value !== null) {
        const { generation, members } = decodeGroupValue(groupId, value);
        const told = members.map(({ clientId, assignment }) => {
          const decoded = AssignerProtocol.MemberAssignment.decode(Buffer.from(assignment));
          return `${clientId}: ${(decoded?.assignment[TOPIC] ?? []).toSorted((a, b) => a - b).join(',') || '-'}`;
        });
        records.push(`generation ${generation}  ${told.toSorted().join('   ') || '(no members)'}`);
      }
      if (Number(offset) + 1 >= end) resolve();
    };
    consumer.run({ eachMessage: take }).catch(reject);
  });
  await consumer.disconnect();
  return records;
}

/** Members of the group as processes, with what they were assigned last. */
class Members {
  #folder = mkdtempSync(join(tmpdir(), 'odradek-members-'));
  #running = new Map();

  constructor(stage) {
    this.stage = stage;
  }

  start(name) {
    const args = [MEMBER, this.stage.bootstrap.join(','), GROUP, TOPIC, name];
    this.#running.set(name, new ChildProcess(process.execPath, args, join(this.#folder, name)));
  }

  async end(name, signal) {
    await this.#running.get(name).end(signal);
    this.#running.delete(name);
  }

  assigned() {
    return [...this.#running].map(([name, child]) => {
      const last = child.output().trim().split('\n').at(-1);
      return `${name}: ${last ? JSON.parse(last).partitions.toSorted().join(',') : '-'}`;
    });
  }

  /** Each of those that run has its share: together all partitions, none twice. */
  async untilShared(partitions) {
    const started = performance.now();
    await until('a shared topic', () => {
      const shares = this.assigned().flatMap((each) => each.split(': ')[1].split(','));
      return shares.toSorted().join() === partitions.join();
    });
    return `${((performance.now() - started) / 1000).toFixed(2)} s  ${this.assigned().join('   ')}`;
  }

  async close() {
    await Promise.all([...this.#running.keys()].map((name) => this.end(name, 'SIGKILL')));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function playMembers(stage, members, steps) {
  const all = ['0', '1', '2', '3'];
  const partition = coordinatorPartition();
  const state = `/brokers/topics/${OFFSETS}/partitions/${partition}/state`;
  members.start('member-1');
  steps.set('first', await members.untilShared(all));
  members.start('member-2');
  steps.set('second', await members.untilShared(all));
  const { leader } = JSON.parse((await stage.value(state)).text);
  steps.set(
    'coordinator',
    `partition ${partition} of ${OFFSETS}\n${state}\n  ${(await stage.value(state)).text}`,
  );
  members.start('member-3');
  await members.untilShared(all);
  await members.end('member-1', 'SIGTERM');
  const left = await members.untilShared(all);
  await members.end('member-2', 'SIGKILL');
  const died = await members.untilShared(all);
  steps.set('gone', `member-1 leaves:  ${left}\nmember-2 dies:    ${died}`);
  stage.watch(
    [state],
    new RegExp(
      `read groups.*partition=${partition}\\b|controller epoch(?!.*endOffset).*${OFFSETS}-${partition},`,
    ),
  );
  steps.set(
    'failover',
    await stage.step(async () => {
      await stage.signal(leader, 'SIGKILL');
      await stage.untilZnode(state, (now) => now.leader !== leader);
      await until('the group at its new coordinator', async () => {
        const { groups } = await (await stage.admin()).describeGroups([GROUP]);
        return groups[0].state === 'Stable' && groups[0].members.length === 1;
      });
    }),
  );
  steps.set('records', (await groupRecords(stage, partition)).join('\n'));
}

export async function play() {
  const stage = await Stage.open();
  const members = new Members(stage);
  const steps = new Map();
  try {
    await stage.startInOrder([1, 2, 3]);
    const topic = { topic: TOPIC, numPartitions: 4, replicationFactor: 3 };
    await (await stage.admin()).createTopics({ topics: [topic] });
    await playMembers(stage, members, steps);
  } finally {
    await members.close();
    await stage.close();
  }
  return steps;
}
