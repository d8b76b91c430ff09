import { closeStaleSession } from '../../src/zookeeper/connect';
import { ControllerMovedError } from '../../src/zookeeper/errors';
import { eventually } from '../builders/process';
import { type RunningZooKeeper, eachZooKeeper } from '../builders/zookeeper';
import { TestSessions, losingTheAnswer } from '../builders/zookeeper-sessions';

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  const sessions = new TestSessions();
  let chroot = '';

  beforeAll(async () => {
    server = await start();
  }, 90_000);
  afterAll(() => server.stop());
  beforeEach(() => {
    chroot = sessions.freshChroot('');
  });
  afterEach(() => sessions.closeAll());

  const openStore = () => sessions.openStore(`${server.connectString}${chroot}`);

  test('the first controller ever has epoch 1, and each later one a higher one', async () => {
    const [one, two] = [await openStore(), await openStore()];
    expect(await one.election.controllerId()).toBeUndefined();
    expect(await one.election.elect(1)).toEqual({ won: true, epoch: 1, epochZkVersion: 1 });
    expect(await two.election.elect(2)).toEqual({ won: false, controllerId: 1 });
    await one.session.close();
    expect(await two.election.elect(2)).toEqual({ won: true, epoch: 2, epochZkVersion: 2 });
    expect(await two.election.controllerId()).toBe(2);
    expect(await two.election.controllerEpoch()).toEqual({ epoch: 2, epochZkVersion: 2 });
  });

  test('of many candidates exactly one wins, and all agree on it', async () => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore()));
    const results = await Promise.all(stores.map((store, i) => store.election.elect(i)));
    const winners = results.flatMap((result, i) => (result.won ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(results.filter((result) => !result.won)).toEqual(
      Array.from({ length: 3 }, () => ({ won: false, controllerId: winners[0] })),
    );
    expect(await stores[0]?.election.controllerEpoch()).toMatchObject({ epoch: 1 });
  });

  describe('KAFKA-13407: there is never a controller in name only', () => {
    test('an election whose answer was lost counts as won, with its epoch', async () => {
      const observer = await openStore();
      const proxy = await sessions.proxy(server.port);
      const store = await sessions.openStore(`${proxy.connectString}${chroot}`);
      // The epoch node is there already, so that the election is the one write.
      await observer.session.create('/controller_epoch', Buffer.from('6'));
      const result = await losingTheAnswer(proxy, () => store.election.elect(1), {
        from: '"brokerid"',
        isDone: async () => (await observer.election.controllerId()) === 1,
      });
      expect(result).toEqual({ won: true, epoch: 7, epochZkVersion: 1 });
      await expect(
        store.topics.removeDeletionMarks(['any'], { epochZkVersion: 1 }),
      ).resolves.toBeUndefined();
    });

    test('standing again while the own session already holds the office is a victory', async () => {
      const store = await openStore();
      const won = await store.election.elect(1);
      expect(await store.election.elect(1)).toEqual(won);
    });

    test('a node of an earlier session of the same broker is removed, and the epoch moves on', async () => {
      const [before, after] = [await openStore(), await openStore()];
      await before.election.elect(1);
      expect(await after.election.elect(1)).toEqual({ won: true, epoch: 2, epochZkVersion: 2 });
    });

    test('an election lost to the clock of its own session is fought again by the next session', async () => {
      const store = await openStore();
      await store.election.elect(1);
      const established = new Promise<void>((resolve) => {
        store.session.onSessionEstablished(resolve);
      });
      const options = sessions.options(`${server.connectString}${chroot}`);
      await closeStaleSession(options, store.session.sessionCredentials());
      await established;
      expect(await store.election.elect(1)).toMatchObject({ won: true, epoch: 2 });
    });
  });

  test('a controller that resigns makes room; one that was deposed resigns nothing', async () => {
    const [one, two] = [await openStore(), await openStore()];
    const first = await one.election.elect(1);
    if (!first.won) throw new Error('one must win');
    await one.election.resign(first);
    await one.election.resign(first);
    const second = await two.election.elect(2);
    expect(second).toMatchObject({ won: true, epoch: 2 });
    await one.election.resign(first);
    expect(await one.election.controllerId()).toBe(2);
  });

  test('a KRaft controller, whose node is persistent, is not stood against', async () => {
    const store = await openStore();
    const kraft = '{"version":2,"brokerid":3000,"timestamp":"1","kraftControllerEpoch":1}';
    await store.session.create('/controller', Buffer.from(kraft));
    expect(await store.election.elect(3000)).toEqual({ won: false, controllerId: 3000 });
  });

  test('an unreadable /controller is somebody else: nobody stands against it', async () => {
    const store = await openStore();
    await store.session.create('/controller', Buffer.from('garbage'));
    expect(await store.election.elect(1)).toMatchObject({ won: false });
    expect(await store.election.controllerId()).toBe(-1);
  });

  test('the watch tells of creation, change and deletion', async () => {
    const [store, other] = [await openStore(), await openStore()];
    const events: string[] = [];
    const watch = () => store.election.watchController((event) => events.push(event));
    expect(await watch()).toBe(false);
    const won = await other.election.elect(2);
    await eventually('created', () => events[0]);
    expect(await watch()).toBe(true);
    await other.session.setData('/controller', Buffer.from('{}'), -1);
    await eventually('changed', () => events[1]);
    await watch();
    if (won.won) await other.election.resign(won);
    await eventually('deleted', () => events[2]);
    expect(events).toEqual(['created', 'dataChanged', 'deleted']);
  });

  test('a deposed controller can write nothing', async () => {
    const [one, two] = [await openStore(), await openStore()];
    const fence = await one.election.elect(1);
    if (!fence.won) throw new Error('one must win');
    await one.topics.create({ name: 't', topicId: 'x'.repeat(22), replicas: [[1]], config: {} });
    await one.topics.markForDeletion('t');
    await one.session.delete('/controller', -1);
    await two.election.elect(2);
    const state = { leader: 1, leaderEpoch: 0, isr: [1], controllerEpoch: 1, recovering: false };
    const partition = { topic: 't', partition: 0, state };
    const writes = [
      () => one.partitions.createStates([partition], fence),
      () => one.partitions.setStates([{ ...partition, expectedZkVersion: 0 }], fence),
      () => one.topics.setAssignment('t', { topicId: null, partitions: new Map() }, fence),
      () => one.topics.removeDeletionMarks(['t'], fence),
      () => one.topics.completeDeletion('t', fence),
      () => one.admin.setReassignment([], fence),
      () => one.admin.deletePreferredElection(fence),
    ];
    for (const write of writes) await expect(write()).rejects.toThrow(ControllerMovedError);
    expect([...(await two.topics.assignments(['t']))]).toHaveLength(1);
    expect(await two.topics.deletionMarks()).toEqual(['t']);
    expect((await two.partitions.states([partition])).size).toBe(0);
  });
});
