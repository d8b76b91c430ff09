import type { KafkaZooKeeper } from '../../src/zookeeper/store';
import { ControllerMovedError } from '../../src/zookeeper/errors';
import type {
  ControllerFence,
  ReplicaAssignment,
  TopicAssignment,
} from '../../src/zookeeper/types';
import { eventually } from '../builders/process';
import { type RunningZooKeeper, eachZooKeeper } from '../builders/zookeeper';
import { TestSessions, losingTheAnswer } from '../builders/zookeeper-sessions';

const TOPIC_ID = 'uoYoGPcWSqeR9nl76h461g';

const aTopic = (name: string, overrides: object = {}) => ({
  name,
  topicId: TOPIC_ID,
  replicas: [
    [1, 2],
    [2, 1],
  ],
  config: {},
  ...overrides,
});

const replicas = (
  list: number[],
  adding: number[] = [],
  removing: number[] = [],
): ReplicaAssignment => ({
  replicas: list,
  adding,
  removing,
});

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

  const textAt = async (path: string) => (await store.session.getData(path)).data?.toString();
  const descendants = async (path: string): Promise<string[]> => {
    const { children } = await store.session.getChildren(path);
    const below = await Promise.all(children.map((name) => descendants(`${path}/${name}`)));
    return [path, ...below.flat()];
  };

  describe('creation', () => {
    test('writes the settings, also empty ones, and the assignment', async () => {
      expect(await store.topics.create(aTopic('t'))).toBe('created');
      expect(await textAt('/config/topics/t')).toBe('{"version":1,"config":{}}');
      expect(JSON.parse((await textAt('/brokers/topics/t')) ?? '')).toEqual({
        partitions: { 0: [1, 2], 1: [2, 1] },
        topic_id: TOPIC_ID,
        adding_replicas: {},
        removing_replicas: {},
        version: 3,
      });
      expect(await store.topics.names()).toEqual(['t']);
      expect(await store.topics.exists('t')).toBe(true);
    });

    test('of a topic that exists changes nothing, not even its settings', async () => {
      await store.topics.create(aTopic('t', { config: { 'retention.ms': '1' } }));
      const again = aTopic('t', { topicId: 'x'.repeat(22), config: { 'retention.ms': '2' } });
      expect(await store.topics.create(again)).toBe('exists');
      expect(await store.configs.get({ type: 'topics', name: 't' })).toEqual({
        'retention.ms': '1',
      });
      expect((await store.topics.assignments(['t'])).get('t')?.topicId).toBe(TOPIC_ID);
    });

    test('replaces settings that are left without a topic', async () => {
      await store.configs.set({ type: 'topics', name: 't' }, { 'retention.ms': '1' });
      expect(await store.topics.create(aTopic('t', { config: { 'retention.ms': '2' } }))).toBe(
        'created',
      );
      expect(await store.configs.get({ type: 'topics', name: 't' })).toEqual({
        'retention.ms': '2',
      });
    });

    test('of the same topic by many at once happens once', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          store.topics.create(aTopic('t', { topicId: String(i).repeat(22) })),
        ),
      );
      expect(outcomes.filter((each) => each === 'created')).toHaveLength(1);
    });

    test('whose answer was lost is recognised by the topic id', async () => {
      const proxy = await sessions.proxy(server.port);
      const far = await sessions.openStore(`${proxy.connectString}${chroot}`);
      const outcome = losingTheAnswer(proxy, () => far.topics.create(aTopic('t')), {
        isDone: () => store.topics.exists('t'),
      });
      expect(await outcome).toBe('created');
    });
  });

  test('assignments are read for those topics that exist and can be read', async () => {
    await store.topics.create(aTopic('good'));
    await store.session.create('/brokers/topics/bad', Buffer.from('{"partitions":{"0":"1"}}'));
    await store.session.create(
      '/brokers/topics/old',
      Buffer.from('{"version":1,"partitions":{"0":[7]}}'),
    );
    const found = await store.topics.assignments(['good', 'bad', 'old', 'missing']);
    expect(Object.fromEntries(found)).toEqual({
      good: {
        topicId: TOPIC_ID,
        partitions: new Map([
          [0, replicas([1, 2])],
          [1, replicas([2, 1])],
        ]),
      },
      old: { topicId: null, partitions: new Map([[0, replicas([7])]]) },
    });
  });

  test.each(['fenced', 'unfenced'])('an assignment is overwritten whole (%s)', async (kind) => {
    await store.topics.create(aTopic('t'));
    const assignment = {
      topicId: TOPIC_ID,
      partitions: new Map([
        [0, replicas([3, 1, 2], [3], [1])],
        [1, replicas([2, 1])],
        [2, replicas([1, 3])],
      ]),
    };
    await store.topics.setAssignment('t', assignment, kind === 'fenced' ? fence : undefined);
    expect((await store.topics.assignments(['t'])).get('t')).toEqual(assignment);
    const gone = store.topics.setAssignment(
      'gone',
      assignment,
      kind === 'fenced' ? fence : undefined,
    );
    await expect(gone).rejects.toMatchObject({ code: 'NO_NODE' });
  });

  describe('a change of the assignment', () => {
    const grow = (by: number) => (current: TopicAssignment) => ({
      ...current,
      partitions: new Map([
        ...current.partitions,
        [current.partitions.size, replicas([by])] as const,
      ]),
    });

    test('is made on what is stored, whatever somebody else writes meanwhile', async () => {
      await store.topics.create(aTopic('t'));
      const other = await sessions.openStore(`${server.connectString}${chroot}`);
      const before = (await store.topics.assignments(['t'])).get('t')?.partitions.size ?? 0;
      const changes = [1, 2, 3, 4, 5].map((id) =>
        (id % 2 ? store : other).topics.changeAssignment('t', grow(id), id % 2 ? fence : undefined),
      );
      await Promise.all(changes);
      const stored = (await store.topics.assignments(['t'])).get('t');
      expect(stored?.partitions.size).toBe(before + 5);
      const added = [...(stored?.partitions.values() ?? [])].slice(before);
      expect(new Set(added.map((each) => each.replicas[0]))).toEqual(new Set([1, 2, 3, 4, 5]));
    });

    test('whose answer was lost is not made twice', async () => {
      await store.topics.create(aTopic('t'));
      const size = async () =>
        (await store.topics.assignments(['t'])).get('t')?.partitions.size ?? 0;
      const before = await size();
      const proxy = await sessions.proxy(server.port);
      const far = await sessions.openStore(`${proxy.connectString}${chroot}`);
      await losingTheAnswer(proxy, () => far.topics.changeAssignment('t', grow(9), fence), {
        from: '/controller_epoch',
        isDone: async () => (await size()) > before,
      });
      expect(await size()).toBe(before + 1);
    });

    test('that changes nothing writes nothing', async () => {
      await store.topics.create(aTopic('t'));
      const version = async () => (await store.session.exists('/brokers/topics/t'))?.version;
      const before = await version();
      await store.topics.changeAssignment('t', (current) => current, fence);
      expect(await version()).toBe(before);
    });

    test('of a topic that is not there, or cannot be read, is not asked for', async () => {
      await store.session.create('/brokers/topics/garbage', Buffer.from('garbage'));
      for (const topic of ['gone', 'garbage']) {
        const change = jest.fn(grow(1));
        expect(await store.topics.changeAssignment(topic, change, fence)).toBeUndefined();
        expect(change).not.toHaveBeenCalled();
      }
    });

    test('is refused to a controller of the past', async () => {
      await store.topics.create(aTopic('t'));
      const past = { epochZkVersion: fence.epochZkVersion - 1 };
      await expect(store.topics.changeAssignment('t', grow(1), past)).rejects.toThrow(
        ControllerMovedError,
      );
    });
  });

  describe('deletion', () => {
    test('is asked for by marks', async () => {
      await store.topics.markForDeletion('a');
      await store.topics.markForDeletion('a');
      await store.topics.markForDeletion('b');
      expect((await store.topics.deletionMarks()).sort()).toEqual(['a', 'b']);
      expect(await store.topics.isMarkedForDeletion('a')).toBe(true);
      await store.topics.removeDeletionMarks(['a', 'never-marked'], fence);
      expect(await store.topics.deletionMarks()).toEqual(['b']);
      expect(await store.topics.isMarkedForDeletion('a')).toBe(false);
    });

    test('removes the topic with all below it, its settings and its mark, and nothing else', async () => {
      const state = { leader: 1, leaderEpoch: 0, isr: [1], controllerEpoch: 1, recovering: false };
      for (const name of ['t', 'stays']) {
        await store.topics.create(
          aTopic(name, { replicas: Array.from({ length: 70 }, () => [1]) }),
        );
        const ids = Array.from({ length: 70 }, (_, partition) => ({
          topic: name,
          partition,
          state,
        }));
        await store.partitions.createStates(ids, fence);
      }
      await store.topics.markForDeletion('t');
      const before = await descendants('/brokers/topics/stays');
      expect(await store.topics.partitionNodes('t')).toHaveLength(70);

      await store.topics.completeDeletion('t', fence);
      expect(await store.topics.exists('t')).toBe(false);
      expect(await store.session.exists('/config/topics/t')).toBeUndefined();
      expect(await store.topics.deletionMarks()).toEqual([]);
      expect((await descendants('/brokers/topics/stays')).sort()).toEqual(before.sort());
      expect(await store.topics.partitionNodes('t')).toEqual([]);
    });

    test('of what is gone already is fine, and so is the rest of one that was cut short', async () => {
      await store.topics.completeDeletion('never', fence);
      await store.topics.create(aTopic('t'));
      await store.session.delete('/brokers/topics/t', -1);
      await store.topics.markForDeletion('t');
      await store.topics.completeDeletion('t', fence);
      expect(await store.session.exists('/config/topics/t')).toBeUndefined();
      expect(await store.topics.isMarkedForDeletion('t')).toBe(false);
    });

    test('goes on though its answer was lost', async () => {
      await store.topics.create(aTopic('t'));
      const proxy = await sessions.proxy(server.port);
      const far = await sessions.openStore(`${proxy.connectString}${chroot}`);
      await losingTheAnswer(proxy, () => far.topics.completeDeletion('t', fence), {
        from: '/controller_epoch',
        isDone: async () => !(await store.topics.exists('t')),
      });
      expect(await store.session.exists('/config/topics/t')).toBeUndefined();
    });
  });

  test('watches tell of topics, of assignments and of marks', async () => {
    const other = await sessions.openStore(`${server.connectString}${chroot}`);
    const events: string[] = [];
    store.topics.watchNames(() => events.push('names'));
    store.topics.watchDeletionMarks(() => events.push('marks'));
    store.topics.watchTopic('t', () => events.push('topic'));
    await store.topics.names();
    await store.topics.deletionMarks();
    await other.topics.create(aTopic('t'));
    await eventually('names', () => events[0]);
    const assignment = (await store.topics.assignments(['t'])).get('t');
    if (assignment) await other.topics.setAssignment('t', assignment, undefined);
    await eventually('topic', () => events[1]);
    await other.topics.markForDeletion('t');
    await eventually('marks', () => events[2]);
    expect(events).toEqual(['names', 'topic', 'marks']);
  });
});
