/** A record that only its leader has is acknowledged with acks=1, and gone after a fail-over: nobody had read it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Stage } from '../stage.mjs';

const STATE = '/brokers/topics/orders/partitions/0/state';
const LINES = /orders-0 (truncating|ISR is now)|controller epoch(?!.*endOffset).*orders-0/;
/** Longer than a follower's fetch waits at its leader: afterwards none of a paused follower is under way. */
const LONGER_THAN_A_FETCH_MS = 700;

function epochFile(stage, id) {
  const text = readFileSync(
    join(stage.dataDirectoryOf(id), 'orders-0', 'leader-epoch-checkpoint'),
    'utf8',
  );
  const [, , ...entries] = text.trim().split('\n');
  const told = entries.map((entry) => entry.replace(/(\d+) (\d+)/, 'epoch $1 from offset $2'));
  return `broker ${id}: ${told.join(', ')}`;
}

async function readAll(stage) {
  const consumer = stage.client().consumer({ groupId: `reader-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  const values = [];
  const [{ high }] = await (await stage.admin()).fetchTopicOffsets('orders');
  await new Promise((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          values.push(`${message.offset}:${message.value}`);
          if (Number(message.offset) + 1 >= Number(high)) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return values.join(' ');
}

export async function play() {
  const stage = await Stage.open();
  const steps = new Map();
  try {
    await stage.startInOrder([2, 1, 3]);
    const admin = await stage.admin();
    const replicaAssignment = [{ partition: 0, replicas: [1, 2, 3] }];
    await admin.createTopics({ topics: [{ topic: 'orders', replicaAssignment }] });
    await stage.untilZnode(STATE, ({ isr }) => isr.length === 3);
    const producer = stage.client().producer();
    await producer.connect();
    const send = async (acks, value) => {
      const [{ baseOffset }] = await producer.send({
        topic: 'orders',
        acks,
        messages: [{ value }],
      });
      return (
        `acks=${acks === -1 ? 'all' : acks}`.padEnd(8) +
        `  ${value}  acknowledged at offset ${baseOffset}`
      );
    };
    const acknowledged = [];
    for (const value of ['a', 'b', 'c']) acknowledged.push(await send(-1, value));
    for (const id of [2, 3]) await stage.signal(id, 'SIGSTOP');
    await sleep(LONGER_THAN_A_FETCH_MS);
    acknowledged.push(await send(1, 'd'));
    acknowledged.push(`high watermark: ${await stage.highWatermarkAt(1, 'orders')}`);
    steps.set('alone', acknowledged.join('\n'));
    stage.watch([STATE], LINES);
    steps.set(
      'kill',
      await stage.step(async () => {
        await stage.signal(1, 'SIGKILL');
        for (const id of [2, 3]) await stage.signal(id, 'SIGCONT');
        await stage.untilZnode(STATE, ({ leader }) => leader === 2);
      }),
    );
    const after = await send(-1, 'e');
    steps.set('epochs', [after, ...[1, 2, 3].map((id) => epochFile(stage, id))].join('\n'));
    steps.set(
      'return',
      await stage.step(async () => {
        await stage.start(1);
        await stage.untilZnode(STATE, ({ isr }) => isr.includes(1));
      }),
    );
    await producer.disconnect();
    const files = [1, 2, 3].map((id) => epochFile(stage, id));
    steps.set('end', [`what a consumer reads: ${await readAll(stage)}`, ...files].join('\n'));
  } finally {
    await stage.close();
  }
  return steps;
}
