import type { KafkaZooKeeper } from '../../src/zookeeper/store';
import type { ControllerFence, PartitionStateData } from '../../src/zookeeper/types';
import { RecordingLog } from '../builders/recording-log';
import { type RunningZooKeeper, eachZooKeeper } from '../builders/zookeeper';
import { TestSessions, losingTheAnswer } from '../builders/zookeeper-sessions';

function aState(overrides: Partial<PartitionStateData> = {}): PartitionStateData {
  return {
    leader: 1,
    leaderEpoch: 0,
    isr: [1, 2],
    controllerEpoch: 1,
    recovering: false,
    ...overrides,
  };
}

const idsOf = (topic: string, count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  const sessions = new TestSessions();
  let chroot = '';
  let store: KafkaZooKeeper;
  let fence: ControllerFence;

  beforeAll(async () => {
    server = await start();
  }, 90_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    chroot = sessions.freshChroot('');
    store = await sessions.openStore(`${server.connectString}${chroot}`);
    const won = await store.election.elect(1);
    if (!won.won) throw new Error('must win');
    fence = won;
  });
  afterEach(() => sessions.closeAll());

  const aTopic = (name: string, partitions = 1) =>
    store.topics.create({
      name,
      topicId: name.padEnd(22, '_'),
      replicas: Array.from({ length: partitions }, () => [1, 2]),
      config: {},
    });
  const createStates = (topic: string, count: number) =>
    store.partitions.createStates(
      idsOf(topic, count).map((id) => ({ ...id, state: aState() })),
      fence,
    );

  describe('creating', () => {
    test('makes the state with its parents, at version 0', async () => {
      await aTopic('t');
      const results = await createStates('t', 1);
      expect([...results]).toEqual([['t-0', { status: 'ok', zkVersion: 0 }]]);
      expect([...(await store.partitions.states(idsOf('t', 1)))]).toEqual([
        ['t-0', { ...aState(), zkVersion: 0 }],
      ]);
      expect((await store.session.getData('/brokers/topics/t/partitions')).data).toBeNull();
      expect((await store.session.getData('/brokers/topics/t/partitions/0')).data).toBeNull();
    });

    test('a state tells when it was last written, as broker epochs tell when brokers came', async () => {
      const registration = { endpoints: [], rack: null };
      const registered = async (id: number): Promise<number> => {
        const result = await store.brokers.register({ id, ...registration });
        return result.status === 'registered' ? result.epoch : NaN;
      };
      const writtenAt = async (): Promise<number> =>
        (await store.partitions.storedStates(idsOf('t', 1))).get('t-0')?.mzxid ?? NaN;
      await aTopic('t');
      const first = await registered(1);
      await createStates('t', 1);
      const created = await writtenAt();
      const second = await registered(2);
      const state = { topic: 't', partition: 0, state: aState(), expectedZkVersion: 0 };
      await store.partitions.setStates([state], fence);
      const times = [first, created, second, await writtenAt()];
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    });

    test('does many partitions of many topics', async () => {
      await aTopic('big', 130);
      await aTopic('small', 2);
      const ids = [...idsOf('big', 130), ...idsOf('small', 2)];
      const creations = ids.map((id) => ({ ...id, state: aState({ leader: id.partition }) }));
      const results = await store.partitions.createStates(creations, fence);
      expect(results.size).toBe(132);
      expect([...results.values()].every(({ status }) => status === 'ok')).toBe(true);
      const states = await store.partitions.states(ids);
      expect([states.get('big-129')?.leader, states.get('small-1')?.leader]).toEqual([129, 1]);
    });

    test('adds partitions to a topic that has some', async () => {
      await aTopic('t', 4);
      await createStates('t', 2);
      const added = [2, 3].map((partition) => ({ topic: 't', partition, state: aState() }));
      const results = await store.partitions.createStates(added, fence);
      expect([...results.values()]).toEqual(added.map(() => ({ status: 'ok', zkVersion: 0 })));
    });

    test('tells which exist already, and creates the others all the same', async () => {
      await aTopic('t', 4);
      await createStates('t', 2);
      await store.session.create('/brokers/topics/t/partitions/2', null);
      const results = await createStates('t', 4);
      expect([...results].map(([key, { status }]) => `${key} ${status}`).sort()).toEqual([
        't-0 exists',
        't-1 exists',
        't-2 ok',
        't-3 ok',
      ]);
    });

    test('fails for a topic that is gone, not for its neighbours', async () => {
      await aTopic('here');
      const creations = [...idsOf('gone', 1), ...idsOf('here', 1)].map((id) => ({
        ...id,
        state: aState(),
      }));
      const results = await store.partitions.createStates(creations, fence);
      expect(results.get('gone-0')).toMatchObject({ status: 'failed', error: { code: 'NO_NODE' } });
      expect(results.get('here-0')).toMatchObject({ status: 'ok' });
    });

    test('recognises its own nodes when the answer was lost', async () => {
      await aTopic('t', 3);
      const proxy = await sessions.proxy(server.port);
      const far = await sessions.openStore(`${proxy.connectString}${chroot}`);
      const creations = idsOf('t', 3).map((id) => ({ ...id, state: aState() }));
      const results = await losingTheAnswer(
        proxy,
        () => far.partitions.createStates(creations, fence),
        { isDone: async () => (await store.partitions.states(idsOf('t', 3))).size === 3 },
      );
      expect([...results.values()]).toEqual(creations.map(() => ({ status: 'ok', zkVersion: 0 })));
    });
  });

  describe('setting', () => {
    test('moves the version by one', async () => {
      await aTopic('t', 120);
      await createStates('t', 120);
      const writes = idsOf('t', 120).map((id) => ({
        ...id,
        state: aState({ leaderEpoch: 1, isr: [2], recovering: true }),
        expectedZkVersion: 0,
      }));
      const results = await store.partitions.setStates(writes, fence);
      expect(results.size).toBe(120);
      expect(new Set([...results.values()].map((each) => JSON.stringify(each)))).toEqual(
        new Set(['{"status":"ok","zkVersion":1}']),
      );
      expect((await store.partitions.states(idsOf('t', 1))).get('t-0')).toEqual({
        ...aState({ leaderEpoch: 1, isr: [2], recovering: true }),
        zkVersion: 1,
      });
    });

    test('KAFKA-2729: a stale version is a conflict of its own partition only; what is read then can be written', async () => {
      await aTopic('t', 3);
      await createStates('t', 3);
      await store.session.setData('/brokers/topics/t/partitions/1/state', Buffer.from('{}'), 0);
      await store.session.setData(
        '/brokers/topics/t/partitions/1/state',
        Buffer.from('{"controller_epoch":1,"leader":2,"version":1,"leader_epoch":5,"isr":[2]}'),
        1,
      );
      const writes = idsOf('t', 3).map((id) => ({
        ...id,
        state: aState({ isr: [1] }),
        expectedZkVersion: 0,
      }));
      const results = await store.partitions.setStates(writes, fence);
      expect(Object.fromEntries(results)).toEqual({
        't-0': { status: 'ok', zkVersion: 1 },
        't-1': { status: 'conflict' },
        't-2': { status: 'ok', zkVersion: 1 },
      });

      const now = (await store.partitions.states(idsOf('t', 2))).get('t-1');
      expect(now).toMatchObject({ leader: 2, leaderEpoch: 5, isr: [2], zkVersion: 2 });
      const again = [
        { topic: 't', partition: 1, state: aState({ leaderEpoch: 6 }), expectedZkVersion: 2 },
      ];
      expect((await store.partitions.setStates(again, fence)).get('t-1')).toEqual({
        status: 'ok',
        zkVersion: 3,
      });
    });

    test('KAFKA-2729: a write whose answer was lost is no conflict with itself', async () => {
      await aTopic('t', 2);
      await createStates('t', 2);
      const proxy = await sessions.proxy(server.port);
      const far = await sessions.openStore(`${proxy.connectString}${chroot}`);
      const writes = idsOf('t', 2).map((id) => ({
        ...id,
        state: aState({ isr: [2] }),
        expectedZkVersion: 0,
      }));
      const results = await losingTheAnswer(proxy, () => far.partitions.setStates(writes, fence), {
        isDone: async () =>
          (await store.partitions.states(idsOf('t', 1))).get('t-0')?.zkVersion === 1,
      });
      expect([...results.values()]).toEqual(writes.map(() => ({ status: 'ok', zkVersion: 1 })));
    });

    test('a state that is gone is a conflict', async () => {
      await aTopic('t');
      const writes = [{ topic: 't', partition: 0, state: aState(), expectedZkVersion: 0 }];
      expect((await store.partitions.setStates(writes, fence)).get('t-0')).toEqual({
        status: 'conflict',
      });
    });
  });

  test('an unreadable state is left out, with a warning', async () => {
    const log = new RecordingLog();
    const warned = await sessions.openStore(`${server.connectString}${chroot}`, { log });
    await aTopic('t', 2);
    await createStates('t', 2);
    await store.session.setData(
      '/brokers/topics/t/partitions/1/state',
      Buffer.from('{"leader":'),
      -1,
    );
    const states = await warned.partitions.states([...idsOf('t', 2), ...idsOf('missing', 1)]);
    expect([...states.keys()]).toEqual(['t-0']);
    expect(
      log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields['path']),
    ).toEqual(['/brokers/topics/t/partitions/1/state']);
  });
});
