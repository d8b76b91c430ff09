/** A partition's leader is killed, comes back, leads again when asked to, and stops in good order. */
import { Stage } from '../stage.mjs';

const STATE = '/brokers/topics/orders/partitions/0/state';
const LINES =
  /orders-0(,| truncating| ISR is now)|brokers changed|is shutting down|registered|leaders return/;

export async function play() {
  const stage = await Stage.open();
  const steps = new Map();
  try {
    // The first broker to start is controller: here not the one that is killed.
    await stage.startInOrder([2, 1, 3]);
    const admin = await stage.admin();
    stage.watch([STATE], LINES);
    steps.set(
      'before',
      await stage.step(async () => {
        const replicaAssignment = [{ partition: 0, replicas: [1, 2, 3] }];
        await admin.createTopics({ topics: [{ topic: 'orders', replicaAssignment }] });
        await stage.untilZnode(STATE, ({ isr }) => isr.length === 3);
      }),
    );
    const producer = stage.client().producer();
    await producer.connect();
    await producer.send({ topic: 'orders', acks: -1, messages: [{ value: 'a' }, { value: 'b' }] });
    await producer.disconnect();
    stage.watch(['/brokers/ids', STATE], LINES);
    steps.set(
      'kill',
      await stage.step(async () => {
        await stage.signal(1, 'SIGKILL');
        await stage.untilZnode(STATE, ({ leader }) => leader === 2);
      }),
    );
    stage.watch([STATE], LINES);
    steps.set(
      'return',
      await stage.step(async () => {
        await stage.start(1);
        await stage.untilZnode(STATE, ({ isr }) => isr.includes(1));
      }),
    );
    steps.set(
      'preferred',
      await stage.step(async () => {
        const partitions = [{ topic: 'orders', partition: 0 }];
        await stage.create(
          '/admin/preferred_replica_election',
          JSON.stringify({ version: 1, partitions }),
        );
        await stage.untilZnode(STATE, ({ leader }) => leader === 1);
        await stage.untilGone('/admin/preferred_replica_election');
      }),
    );
    stage.watch(['/brokers/ids', STATE], LINES);
    steps.set('stop', await stage.step(() => stage.signal(1, 'SIGTERM')));
  } finally {
    await stage.close();
  }
  return steps;
}
