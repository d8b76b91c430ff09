/** Where replicas go: a topic on three brokers, more partitions, and a topic on six brokers in three racks. */
import { Stage } from '../stage.mjs';

const RACKS = { 1: 'a', 2: 'a', 3: 'b', 4: 'b', 5: 'c', 6: 'c' };
const REPLICAS = 3;

async function onThreeBrokers(steps) {
  const stage = await Stage.open();
  try {
    await stage.startInOrder([1, 2, 3]);
    const admin = await stage.admin();
    const last = (id) => `/brokers/topics/orders/partitions/${id}/state`;
    stage.watch(
      ['/config/topics/orders', '/brokers/topics/orders'],
      /topics changed|controller epoch(?!.*endOffset)/,
    );
    const topic = { topic: 'orders', numPartitions: 3, replicationFactor: REPLICAS };
    steps.set(
      'create',
      await stage.step(async () => {
        await admin.createTopics({ topics: [topic] });
        for (const id of [0, 1, 2])
          await stage.untilZnode(last(id), ({ isr }) => isr.length === REPLICAS);
      }),
    );
    stage.watch(['/brokers/topics/orders'], /controller epoch(?!.*endOffset)/);
    steps.set(
      'grow',
      await stage.step(async () => {
        await admin.createPartitions({ topicPartitions: [{ topic: 'orders', count: 5 }] });
        for (const id of [3, 4])
          await stage.untilZnode(last(id), ({ isr }) => isr.length === REPLICAS);
      }),
    );
  } finally {
    await stage.close();
  }
}

async function inThreeRacks(steps) {
  const stage = await Stage.open();
  try {
    await stage.startAll([1, 2, 3, 4, 5, 6], (id) => ({ 'broker.rack': RACKS[id] }));
    const admin = await stage.admin();
    const path = '/brokers/topics/payments';
    const topic = { topic: 'payments', numPartitions: 6, replicationFactor: REPLICAS };
    await admin.createTopics({ topics: [topic] });
    const racks = Object.entries(RACKS).map(([id, rack]) => `${id} in ${rack}`);
    steps.set(
      'racks',
      `brokers: ${racks.join(', ')}\n${path}\n    ${(await stage.value(path)).text}`,
    );
  } finally {
    await stage.close();
  }
}

export async function play() {
  const steps = new Map();
  await onThreeBrokers(steps);
  await inThreeRacks(steps);
  return steps;
}
