/** Controllers on ZooKeeper servers: elections, failures and sessions as they really are. */
import { nodePlatform } from '../../src/platform/node';
import { errorName } from '../../src/protocol/errors';
import { ControllerCluster } from '../builders/controller-cluster';
import { eventually } from '../builders/process';
import { eachZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';
import { TestSessions } from '../builders/zookeeper-sessions';

/** Resolves once `expectation` holds. */
async function soon(expectation: () => void | Promise<void>): Promise<void> {
  const holds = async (): Promise<true> => {
    await expectation();
    return true;
  };
  await eventually('the expectation holds', holds, 15_000);
}

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  let cluster: ControllerCluster;
  let connect = '';
  const sessions = new TestSessions();

  beforeAll(async () => {
    server = await start();
  }, 90_000);
  afterAll(() => server.stop());
  beforeEach(() => {
    connect = sessions.freshChroot(server.connectString);
    cluster = clusterBy(connect);
  });
  afterEach(async () => {
    await cluster.stop();
    await sessions.closeAll();
    cluster.assertNoBug();
  });

  function clusterBy(
    connectString: string,
    properties: Record<string, string> = {},
  ): ControllerCluster {
    return new ControllerCluster({
      openSession: () => sessions.open(connectString, { sessionTimeoutMs: 1_000 }),
      clock: nodePlatform().clock,
      properties,
    });
  }

  async function expectState(topic: string, partition: number, state: object): Promise<void> {
    await soon(async () => expect(await cluster.state(topic, partition)).toMatchObject(state));
  }

  /** The last LeaderAndIsr that each broker was sent for the partition. */
  function lastTold(topic: string, partition: number): Record<number, string> {
    const told: Record<number, string> = {};
    for (const request of cluster.brokers.requests) {
      if (request.api !== 'LeaderAndIsr') continue;
      const states = request.message.topicStates.find(
        ({ topicName }) => topicName === topic,
      )?.partitionStates;
      const state = states?.find(({ partitionIndex }) => partitionIndex === partition);
      if (state)
        told[request.broker] = `leader ${String(state.leader)} epoch ${String(state.leaderEpoch)}`;
    }
    return told;
  }

  test('topics get leaders; a dead broker’s move to the first live ISR member; it comes back; topics go', async () => {
    await cluster.startAll(0, 1, 2);
    expect(cluster.active.id).toBe(0);
    await cluster.createTopic('t', [
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
    ]);
    await expectState('t', 0, { leader: 0, isr: [0, 1, 2], leaderEpoch: 0, controllerEpoch: 1 });
    await expectState('t', 1, { leader: 1, isr: [1, 2, 0] });
    await expectState('t', 2, { leader: 2, isr: [2, 0, 1] });

    await cluster.kill(1);
    await expectState('t', 1, { leader: 2, isr: [2, 0], leaderEpoch: 1 });
    await expectState('t', 0, { leader: 0, isr: [0, 2], leaderEpoch: 1 });
    await soon(() =>
      expect(lastTold('t', 1)).toMatchObject({ 0: 'leader 2 epoch 1', 2: 'leader 2 epoch 1' }),
    );

    cluster.brokers.take();
    await cluster.start(1);
    await soon(() => expect(lastTold('t', 1)).toMatchObject({ 1: 'leader 2 epoch 1' }));

    const admin = await cluster.admin();
    await admin.topics.markForDeletion('t');
    await soon(async () => expect(await admin.topics.names()).toEqual([]));
    await soon(async () => expect(await admin.topics.deletionMarks()).toEqual([]));
  });

  test('a new controller rebuilds everything from ZooKeeper, and moves the leaders of the old one', async () => {
    await cluster.startAll(0, 1, 2);
    await cluster.createTopic(
      't',
      Array.from({ length: 60 }, (_, i) => [i % 3, (i + 1) % 3]),
    );
    await expectState('t', 59, { leader: 2 });
    await cluster.kill(0);
    await soon(() =>
      expect(cluster.active.controller.statistics).toMatchObject({ controllerEpoch: 2 }),
    );
    await expectState('t', 57, { leader: 1, isr: [1], controllerEpoch: 2 });
    await expectState('t', 59, { leader: 2, isr: [2], controllerEpoch: 2 });
    await expectState('t', 58, { leader: 1, isr: [1, 2], leaderEpoch: 0 });
    await soon(() => {
      expect(cluster.active.controller.statistics).toMatchObject({
        topicCount: 1,
        leaderlessPartitionCount: 0,
      });
    });
  });

  test('a broker that stops in good order hands its leaders over first', async () => {
    await cluster.startAll(0, 1, 2);
    await cluster.createTopic('t', [
      [1, 2],
      [2, 1],
    ]);
    await expectState('t', 1, { leader: 2 });
    const answer = await cluster.active.controller.controlledShutdown({
      brokerId: 1,
      brokerEpoch: -1,
    });
    expect([errorName(answer.errorCode), answer.remainingPartitions]).toEqual(['NONE', []]);
    await expectState('t', 0, { leader: 2, isr: [2], leaderEpoch: 1 });
    await expectState('t', 1, { leader: 2, isr: [2], leaderEpoch: 1 });
  });

  test('unclean election by setting of the topic, only there', async () => {
    await cluster.startAll(0, 1, 2);
    await cluster.createTopic('safe', [[1, 2]]);
    await cluster.createTopic('unsafe', [[1, 2]], { 'unclean.leader.election.enable': 'true' });
    await expectState('safe', 0, { isr: [1, 2] });
    await expectState('unsafe', 0, { isr: [1, 2] });
    await cluster.kill(2);
    await expectState('unsafe', 0, { isr: [1] });
    await cluster.start(2);
    await cluster.kill(1);
    await expectState('unsafe', 0, { leader: 2, isr: [2], recovering: true });
    await expectState('safe', 0, { leader: -1, isr: [1] });
    expect(await cluster.state('safe')).toMatchObject({ leader: -1, isr: [1], recovering: false });
  });

  test('a controller cut off from ZooKeeper is replaced, changes nothing, and comes back as a broker', async () => {
    const proxy = await sessions.proxy(server.port);
    const chroot = connect.slice(connect.indexOf('/'));
    const zombies = clusterBy(`${proxy.connectString}${chroot}`);
    const zombie = await zombies.start(0);
    await cluster.startAll(1, 2);
    await cluster.createTopic('t', [
      [0, 1],
      [1, 0],
    ]);
    await expectState('t', 0, { leader: 0 });
    const epoch = (await (await cluster.admin()).brokers.broker(0))?.epoch ?? -1;

    proxy.refuse();
    await expectState('t', 0, { leader: 1, isr: [1], controllerEpoch: 2 });
    expect(cluster.active.controller.statistics).toMatchObject({ controllerEpoch: 2 });
    // It does not know yet; what it is asked now must not be done.
    const late = zombie.controller.controlledShutdown({ brokerId: 1, brokerEpoch: -1 });

    proxy.heal();
    expect(errorName((await late).errorCode)).toBe('STALE_CONTROLLER_EPOCH');
    await soon(() => expect(zombie.controller).toMatchObject({ isActive: false }));
    await soon(() => expect([1, 2]).toContain(zombie.controller.controllerId));
    await expectState('t', 1, { leader: 1, isr: [1] });
    await soon(async () => {
      const registered = await (await cluster.admin()).brokers.broker(0);
      expect(registered?.epoch ?? -1).toBeGreaterThan(epoch);
    });
    await zombies.stop();
  }, 60_000);
});
