/** Followers that fall behind leave the ISR, and come back; too few of them, and acks=all is refused. */
import { Stage } from '../stage.mjs';

const STATE = '/brokers/topics/orders/partitions/0/state';
const LINES = /orders-0.*ISR|ISR changed/;

export async function play() {
  // Sessions outlive the pauses, so that only the ISR changes.
  const stage = await Stage.open({
    'replica.lag.time.max.ms': '2000',
    'zookeeper.session.timeout.ms': '18000',
  });
  const steps = new Map();
  try {
    await stage.startInOrder([1, 2, 3]);
    const replicaAssignment = [{ partition: 0, replicas: [1, 2, 3] }];
    const configEntries = [{ name: 'min.insync.replicas', value: '2' }];
    await (
      await stage.admin()
    ).createTopics({ topics: [{ topic: 'orders', replicaAssignment, configEntries }] });
    await stage.untilZnode(STATE, ({ isr }) => isr.length === 3);
    const producer = stage.client(0).producer();
    await producer.connect();
    const send = (acks, value) => producer.send({ topic: 'orders', acks, messages: [{ value }] });
    const answer = () =>
      send(-1, 'acks=all').then(
        () => 'acknowledged',
        (error) => `refused: ${error.type ?? error.cause?.type}`,
      );
    // From here on its metadata is known, so that no broker that stands still is asked for it.
    await send(-1, 'first');
    stage.watch([STATE], LINES);
    steps.set(
      'shrink',
      await stage.step(async () => {
        await stage.signal(3, 'SIGSTOP');
        await send(1, 'acks=1');
        await stage.untilZnode(STATE, ({ isr }) => isr.length === 2);
      }),
    );
    const withTwo = await answer();
    steps.set(
      'too-few',
      await stage.step(async () => {
        await stage.signal(2, 'SIGSTOP');
        await send(1, 'acks=1');
        await stage.untilZnode(STATE, ({ isr }) => isr.length === 1);
      }),
    );
    steps.set(
      'answers',
      [`ISR 1,2, acks=all: ${withTwo}`, `ISR 1,   acks=all: ${await answer()}`].join('\n'),
    );
    steps.set(
      'expand',
      await stage.step(async () => {
        await stage.signal(2, 'SIGCONT');
        await stage.untilZnode(STATE, ({ isr }) => isr.length === 2);
        await stage.signal(3, 'SIGCONT');
        await stage.untilZnode(STATE, ({ isr }) => isr.length === 3);
      }),
    );
    await producer.disconnect();
  } finally {
    await stage.close();
  }
  return steps;
}
