import type { KafkaZooKeeper } from '../../src/zookeeper/store';
import type { ControllerFence } from '../../src/zookeeper/types';
import { PERSISTENT_ROOTS } from '../../src/zookeeper/znodes';
import { eventually } from '../builders/process';
import { type RunningZooKeeper, eachZooKeeper } from '../builders/zookeeper';
import { TestSessions, losingTheAnswer } from '../builders/zookeeper-sessions';

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  const sessions = new TestSessions();
  let chroot = '';
  let store: KafkaZooKeeper;

  beforeAll(async () => {
    server = await start();
  }, 90_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    chroot = sessions.freshChroot('');
    store = await sessions.openStore(`${server.connectString}${chroot}`);
  });
  afterEach(() => sessions.closeAll());

  const openStore = () => sessions.openStore(`${server.connectString}${chroot}`);
  const fenceOf = async (): Promise<ControllerFence> => {
    const won = await store.election.elect(1);
    if (!won.won) throw new Error('must win');
    return won;
  };
  const textAt = async (path: string) => (await store.session.getData(path)).data?.toString();

  describe('the cluster', () => {
    test('has all persistent roots, without data, however many brokers make them', async () => {
      const others = await Promise.all([openStore(), openStore()]);
      await Promise.all(others.map((other) => other.cluster.ensureRoots()));
      for (const path of [...PERSISTENT_ROOTS, '/brokers', '/config', '/admin']) {
        expect((await store.session.getData(path)).data).toBeNull();
      }
    });

    test('takes the id of the first broker', async () => {
      const [first, other] = ['LND0dWJjTEGycuHdknmjcw', 'uoYoGPcWSqeR9nl76h461g'];
      expect(await store.cluster.getOrCreateClusterId(first)).toBe(first);
      expect(await store.cluster.getOrCreateClusterId(other)).toBe(first);
      expect(await textAt('/cluster/id')).toBe(`{"version":"1","id":"${first}"}`);
    });

    test('has one id though many brokers start at once', async () => {
      const stores = await Promise.all([openStore(), openStore(), openStore()]);
      const ids = await Promise.all(
        stores.map((each, i) => each.cluster.getOrCreateClusterId(String(i).repeat(22))),
      );
      expect(new Set(ids).size).toBe(1);
    });

    test('whose id cannot be read says so', async () => {
      await store.session.create('/cluster', null);
      await store.session.create('/cluster/id', Buffer.from('{}'));
      await expect(store.cluster.getOrCreateClusterId('x')).rejects.toThrow('znode /cluster/id');
    });

    test('gives each broker an id of its own above the reserved ones', async () => {
      const ids = await Promise.all([1, 2, 3].map(() => store.cluster.generateBrokerId(1000)));
      expect(new Set(ids)).toEqual(new Set([1001, 1002, 1003]));
      await store.session.delete('/brokers/seqid', -1);
      expect(await store.cluster.generateBrokerId(5)).toBe(6);
    });

    test('has features with an epoch, watched from before they exist', async () => {
      const events: string[] = [];
      store.cluster.watchFeatures(() => events.push('features'));
      expect(await store.cluster.features()).toBeUndefined();
      const other = await openStore();
      expect(await other.cluster.writeFeatures({ enabled: true, features: new Map() })).toBe(0);
      await eventually('created', () => events[0]);
      expect(await textAt('/feature')).toBe('{"features":{},"version":2,"status":1}');
      expect(await store.cluster.features()).toEqual({
        enabled: true,
        features: new Map(),
        epoch: 0,
      });
      const features = new Map([['f', 3]]);
      expect(await other.cluster.writeFeatures({ enabled: true, features })).toBe(1);
      await eventually('changed', () => events[1]);
      expect(await store.cluster.features()).toEqual({ enabled: true, features, epoch: 1 });
      await other.session.delete('/feature', -1);
      await eventually('deleted', () => events[2]);
      expect(await store.cluster.features()).toBeUndefined();
      await other.cluster.writeFeatures({ enabled: false, features });
      await eventually('created again', () => events[3]);
    });
  });

  describe('producer ids', () => {
    test('come in blocks of 1000, none twice', async () => {
      const stores = [store, await openStore(), await openStore()];
      const blocks = await Promise.all(
        Array.from({ length: 9 }, (_, i) => (stores[i % 3] ?? store).producerIds.allocate(i)),
      );
      const starts = blocks.map(({ start: first }) => first).sort((a, b) => a - b);
      expect(starts).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]);
      expect(blocks.every(({ start: first, end }) => end - first === 999)).toBe(true);
    });

    test('go on from what Kafka has given out, in its format', async () => {
      const kafka = '{"version":1,"broker":0,"block_start":"4000","block_end":"4999"}';
      await store.session.setData('/latest_producer_id_block', Buffer.from(kafka), -1);
      expect(await store.producerIds.allocate(7)).toEqual({ start: 5000, end: 5999 });
      expect(JSON.parse((await textAt('/latest_producer_id_block')) ?? '')).toEqual({
        version: 1,
        broker: 7,
        block_start: '5000',
        block_end: '5999',
      });
    });

    test('of a block whose answer was lost are not given out again', async () => {
      const proxy = await sessions.proxy(server.port);
      const far = await sessions.openStore(`${proxy.connectString}${chroot}`);
      const block = await losingTheAnswer(proxy, () => far.producerIds.allocate(1), {
        from: 'block_start',
        isDone: async () => (await textAt('/latest_producer_id_block')) !== undefined,
      });
      expect(block).toEqual({ start: 1000, end: 1999 });
      expect(await store.producerIds.allocate(2)).toEqual({ start: 2000, end: 2999 });
    });

    test.each([
      'garbage',
      '{"version":1,"broker":0,"block_start":"0","block_end":"9223372036854775806"}',
    ])('are refused when the last block is %s', async (text) => {
      await store.session.setData('/latest_producer_id_block', Buffer.from(text), -1);
      await expect(store.producerIds.allocate(1)).rejects.toThrow('/latest_producer_id_block');
    });
  });

  describe('what operators leave', () => {
    test('a reassignment is told, read, rewritten and, when nothing is left, removed', async () => {
      const fence = await fenceOf();
      let told = 0;
      expect(await store.admin.watchReassignment(() => told++)).toBe(false);
      expect(await store.admin.reassignment()).toBeUndefined();
      const moves = [
        { topic: 't', partition: 0, replicas: [1, 2] },
        { topic: 't', partition: 1, replicas: [2] },
      ];
      const text = JSON.stringify({ version: 1, partitions: moves });
      await (await openStore()).session.create('/admin/reassign_partitions', Buffer.from(text));
      await eventually('told of the creation', () => told === 1 || undefined);
      expect(await store.admin.watchReassignment(() => told++)).toBe(true);
      expect(await store.admin.reassignment()).toEqual(moves);
      await store.admin.setReassignment(moves.slice(1), fence);
      await eventually('told of the change', () => told === 2 || undefined);
      expect(await store.admin.reassignment()).toEqual(moves.slice(1));
      await store.admin.setReassignment([], fence);
      await eventually('told of the end', () => told === 3 || undefined);
      await store.admin.setReassignment(moves, fence);
      expect(await store.admin.reassignment()).toBeUndefined();
    });

    test('of several entries for one partition the last is read', async () => {
      const entry = (partition: number, replicas: number[]) => ({
        topic: 't',
        partition,
        replicas,
      });
      const partitions = [entry(0, [1]), entry(1, [1]), entry(0, [2])];
      const text = JSON.stringify({ version: 1, partitions });
      await store.session.create('/admin/reassign_partitions', Buffer.from(text));
      expect(await store.admin.reassignment()).toEqual([entry(0, [2]), entry(1, [1])]);
    });

    test('one that cannot be read is empty, and can be removed', async () => {
      await store.session.create('/admin/reassign_partitions', Buffer.from('{"version":1}'));
      await store.session.create('/admin/preferred_replica_election', Buffer.from('x'));
      expect(await store.admin.reassignment()).toEqual([]);
      expect(await store.admin.preferredElection()).toEqual([]);
      const fence = await fenceOf();
      await store.admin.setReassignment([], fence);
      await store.admin.deletePreferredElection(fence);
      expect(await store.admin.reassignment()).toBeUndefined();
      expect(await store.admin.preferredElection()).toBeUndefined();
    });

    test('a preferred election is told and read', async () => {
      let told = 0;
      expect(await store.admin.watchPreferredElection(() => told++)).toBe(false);
      const text = '{"version":1,"partitions":[{"topic":"t","partition":2}]}';
      await (
        await openStore()
      ).session.create('/admin/preferred_replica_election', Buffer.from(text));
      await eventually('told', () => told || undefined);
      expect(await store.admin.preferredElection()).toEqual([{ topic: 't', partition: 2 }]);
      expect(await store.admin.watchPreferredElection(() => told++)).toBe(true);
    });
  });

  test('a failed log directory is announced to the controller, which removes what it has read', async () => {
    const other = await openStore();
    let told = 0;
    store.admin.watchLogDirEvents(() => told++);
    expect(await store.admin.logDirEvents()).toEqual({ nodes: [], brokerIds: [] });
    await other.admin.announceLogDirFailure(3);
    await eventually('told', () => told || undefined);
    await other.admin.announceLogDirFailure(3);
    await other.session.create('/log_dir_event_notification/log_dir_event_x', Buffer.from('x'));
    const events = await store.admin.logDirEvents();
    expect(events.brokerIds).toEqual([3]);
    expect(events.nodes).toHaveLength(3);
    await store.admin.deleteLogDirEvents(events.nodes, await fenceOf());
    expect((await store.admin.logDirEvents()).nodes).toEqual([]);
  });

  test('ISR notifications of old leaders are read and removed', async () => {
    const text = '{"version":1,"partitions":[{"topic":"a","partition":0}]}';
    const path = '/isr_change_notification/isr_change_';
    for (const each of [text, 'x', text]) {
      await store.session.create(path, Buffer.from(each), 'persistent-sequential');
    }
    const found = await store.admin.isrNotifications();
    expect(found.partitions).toEqual([
      { topic: 'a', partition: 0 },
      { topic: 'a', partition: 0 },
    ]);
    await store.admin.deleteIsrNotifications(found.nodes, await fenceOf());
    expect(await store.admin.isrNotifications()).toEqual({ nodes: [], partitions: [] });
  });

  test('offsets of old consumers are kept as text', async () => {
    expect(await store.offsets.offset('g', 't', 3)).toBeUndefined();
    await store.offsets.setOffset('g', 't', 3, 42);
    await store.offsets.setOffset('g', 't', 3, 43);
    expect(await store.offsets.offset('g', 't', 3)).toBe(43);
    expect(await textAt('/consumers/g/offsets/t/3')).toBe('43');
    await store.session.setData('/consumers/g/offsets/t/3', Buffer.from('x'), -1);
    expect(await store.offsets.offset('g', 't', 3)).toBeUndefined();
  });
});
