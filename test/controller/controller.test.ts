/** Winning, losing and keeping the office of controller, on a ZooKeeper in memory. */
import { MAX_QUEUED_REQUESTS } from '../../src/controller/channels';
import { errorCode, errorName } from '../../src/protocol/errors';
import { MultiError, ZooKeeperError } from '../../src/zookeeper/errors';
import type { Operation, ZnodeData } from '../../src/zookeeper/session';
import { MemoryControllerCluster } from '../builders/controller-cluster';
import type { Member } from '../builders/controller-cluster';
import { settled } from '../builders/memory-zookeeper';
import type { MemorySession } from '../builders/memory-zookeeper';

const EMPTY_REQUEST = { brokerId: 0, brokerEpoch: -1, topics: [] };
const touches = (path: string) => (operations: readonly Operation[]) =>
  operations.some((operation) => operation.path === path && operation.type !== 'check');

let cluster: MemoryControllerCluster;

beforeEach(() => {
  cluster = new MemoryControllerCluster();
});

afterEach(() => {
  cluster.assertNoBug();
});

describe('election', () => {
  test('the first broker becomes controller, the others follow it', async () => {
    await cluster.startAll(3, 1, 2);
    expect(cluster.active.id).toBe(3);
    expect([...cluster.members.values()].map(({ controller }) => controller.controllerId)).toEqual([
      3, 3, 3,
    ]);
    expect(cluster.zookeeper.text('/controller_epoch')).toBe('1');
  });

  test('when the controller dies exactly one other takes over, under a higher epoch', async () => {
    await cluster.startAll(0, 1, 2);
    await cluster.kill(0);
    expect([1, 2]).toContain(cluster.active.id);
    expect(cluster.active.controller.statistics.controllerEpoch).toBe(2);
  });

  test('all stand again when an operator deletes the znode', async () => {
    await cluster.startAll(0, 1);
    cluster.zookeeper.remove('/controller');
    await settled();
    expect(cluster.active.controller.statistics.controllerEpoch).toBe(2);
  });

  test('KAFKA-13407: the election was won but its answer was lost: the controller runs', async () => {
    const error = new MultiError('NODE_EXISTS', 0, '/controller', { maybeDone: true });
    await startWithFailure({ matches: touches('/controller'), error });
    expect(await leaderOfNewTopic()).toBe(cluster.active.id);
  });

  test('KAFKA-13407: the election fails after it was won: the broker tries again until it runs', async () => {
    const error = new ZooKeeperError('SYSTEM_ERROR', 'multi', '/controller');
    await startWithFailure({ matches: touches('/controller'), error });
    expect(cluster.member(0).controller.isActive).toBe(false);
    cluster.clock.advance(1_000);
    await settled();
    expect(await leaderOfNewTopic()).toBe(cluster.active.id);
  });

  test('KAFKA-13407: a znode left by this broker before a restart does not count as its victory', async () => {
    await cluster.start(0);
    const stale = JSON.stringify({
      version: 2,
      brokerid: 1,
      timestamp: '0',
      kraftControllerEpoch: -1,
    });
    await cluster.kill(0);
    const leftOver = cluster.zookeeper.session();
    await leftOver.create('/controller', Buffer.from(stale), 'ephemeral');
    await cluster.start(1);
    await settled();
    expect(await leaderOfNewTopic()).toBe(cluster.active.id);
  });

  test('a fail-over that fails is given up, so that another broker can be controller', async () => {
    await startWithFailure({
      matches: touches('/feature'),
      error: new ZooKeeperError('SYSTEM_ERROR', 'create', '/feature'),
    });
    expect(cluster.zookeeper.text('/controller')).toBeUndefined();
    await cluster.start(1);
    await settled();
    expect(cluster.active.id).toBe(1);
    cluster.clock.advance(1_000);
    await settled();
    expect(cluster.active.id).toBe(1);
    expect(cluster.member(0).controller.controllerId).toBe(1);
  });

  async function startWithFailure(failure: {
    matches: (operations: readonly Operation[]) => boolean;
    error: Error;
  }) {
    const open = cluster.zookeeper.session.bind(cluster.zookeeper);
    cluster.zookeeper.session = () => Object.assign(open(), { failAfter: failure });
    await cluster.start(0);
    cluster.zookeeper.session = open;
    await settled();
  }

  /** A controller that works gives a new topic its leader. */
  async function leaderOfNewTopic(): Promise<number | undefined> {
    await cluster.createTopic('t', [[cluster.active.id]]);
    return (await cluster.state('t'))?.leader;
  }
});

describe('fencing', () => {
  test('a deposed controller that does not know it can write nothing, and resigns', async () => {
    await cluster.startAll(0, 1);
    await cluster.createTopic('t', [[0, 1]]);
    const deposed = cluster.member(0);
    // It hears nothing of the new controller.
    deposed.session.unwatchData('/controller');
    cluster.zookeeper.remove('/controller');
    await settled();
    expect(cluster.member(1).controller.isActive).toBe(true);
    expect(deposed.controller.isActive).toBe(true);

    const before = cluster.zookeeper.writes.length;
    const state = await cluster.state('t');
    const answer = await deposed.controller.alterPartition(await isrRequest([0]), 3);
    await settled();
    expect(errorName(answer.errorCode)).toBe('NOT_CONTROLLER');
    expect(cluster.zookeeper.writes).toHaveLength(before);
    expect(await cluster.state('t')).toEqual(state);
    expect(deposed.controller.isActive).toBe(false);
    expect(deposed.controller.controllerId).toBe(1);
  });

  test('session expiry resigns at once and answers those who wait; then the broker stands again', async () => {
    await cluster.startAll(0, 1);
    await cluster.createTopic('t', [[0, 1]]);
    const { controller, session } = cluster.member(0);
    const waiting = [1, 2, 3].map(() => controller.alterPartition(EMPTY_REQUEST, 3));
    const shutdown = controller.controlledShutdown({ brokerId: 1, brokerEpoch: -1 });
    const expired = session.expire();
    expect(controller.isActive).toBe(false);
    await expired;
    await settled();
    for (const answer of await Promise.all(waiting))
      expect(errorName(answer.errorCode)).toBe('NOT_CONTROLLER');
    expect(errorName((await shutdown).errorCode)).toBe('STALE_CONTROLLER_EPOCH');
    expect(cluster.active.controller.statistics.controllerEpoch).toBe(2);
    expect(cluster.zookeeper.children('/brokers/ids').sort()).toEqual(['0', '1']);
  });

  test('an expired controller writes nothing more, even before another one is elected', async () => {
    await cluster.start(0);
    await cluster.start(1);
    await cluster.createTopic('t', [[0, 1]]);
    const { controller, session } = cluster.member(0);
    const request = await isrRequest([0]);
    const answer = controller.alterPartition(request, 3);
    // The request's event has begun: it is about to write when the session ends.
    await Promise.resolve();
    await session.expire();
    expect(errorName((await answer).errorCode)).toBe('NOT_CONTROLLER');
    await settled();
    // Only the next controller has, under its own epoch, about the broker that came back.
    expect(await cluster.state('t')).toMatchObject({ zkVersion: 1, controllerEpoch: 2, isr: [1] });
  });

  test('an operator who edits /controller_epoch deposes the controller, which begins anew', async () => {
    await cluster.startAll(0, 1);
    await cluster.createTopic('t', [[0, 1]]);
    cluster.zookeeper.edit('/controller_epoch', '41');
    await cluster.createTopic('u', [[1]]);
    await settled();
    expect(cluster.active.controller.statistics.controllerEpoch).toBeGreaterThanOrEqual(41);
    expect(await cluster.state('u')).toMatchObject({ leader: 1 });
  });
});

describe('a broker that bounces between two reads', () => {
  const REGISTRATION = '/brokers/ids/2';

  beforeEach(async () => {
    await cluster.startAll(0, 1, 2);
    await cluster.createTopic('t', [[2, 1]]);
  });

  test('before the first read of a new controller, after the list was read', async () => {
    const next = cluster.member(1);
    bounceAt(next, 'before');
    await cluster.kill(0);
    expect(cluster.active.id).toBe(next.id);
    await expectMoved();
  });

  test('after the first read of a new controller: the watch of that read tells it', async () => {
    const next = cluster.member(1);
    bounceAt(next, 'after');
    await cluster.kill(0);
    expect(cluster.active.id).toBe(next.id);
    await expectMoved();
  });

  test.each(['before', 'after'] as const)(
    'again, %s it is read for the first time',
    async (when) => {
      bounceAt(cluster.active, when);
      cluster.registerAnew(2);
      await settled();
      await expectMoved();
    },
  );

  test('again, and is away just when it is read', async () => {
    const { session } = cluster.active;
    onNextRead(session, async (read) => {
      const text = cluster.zookeeper.text(REGISTRATION) ?? '';
      cluster.zookeeper.remove(REGISTRATION);
      const answer = read();
      await answer.catch(() => undefined);
      await cluster.member(2).session.create(REGISTRATION, Buffer.from(text), 'ephemeral');
      return answer;
    });
    cluster.registerAnew(2);
    await settled();
    await expectMoved();
  });

  /** The broker bounces once more at the member's next read of its registration. */
  function bounceAt({ session }: Member<MemorySession>, when: 'before' | 'after'): void {
    onNextRead(session, async (read) => {
      if (when === 'before') cluster.registerAnew(2);
      const answer = await read();
      if (when === 'after') cluster.registerAnew(2);
      return answer;
    });
  }

  /** Has `around` carry out the session's next read of the registration. */
  function onNextRead(
    session: MemorySession,
    around: (read: () => Promise<ZnodeData>) => Promise<ZnodeData>,
  ): void {
    const { getData } = session;
    session.getData = (path) => {
      const read = (): Promise<ZnodeData> => getData.call(session, path);
      if (path !== REGISTRATION) return read();
      session.getData = getData;
      return around(read);
    };
  }

  /** And the broker has heard so, under the epoch that it has now. */
  async function expectMoved(): Promise<void> {
    expect(await cluster.state('t')).toMatchObject({ leader: 1, isr: [1] });
    const told = cluster.brokers
      .take()
      .filter(({ api, broker }) => api === 'LeaderAndIsr' && broker === 2);
    const brokerEpoch = cluster.zookeeper.stat(REGISTRATION)?.czxid;
    expect(told.at(-1)?.message).toMatchObject({
      brokerEpoch,
      topicStates: [{ partitionStates: [{ leader: 1, isr: [1] }] }],
    });
  }
});

test('KIP-903: who came back since it caught up does not join the ISR, though its leader asked before', async () => {
  await cluster.startAll(0, 1);
  await cluster.createTopic('t', [[0, 1]]);
  const { controller } = cluster.active;
  const epochNow = (): number => cluster.zookeeper.stat('/brokers/ids/1')?.czxid ?? NaN;
  const caughtUp = epochNow();
  await controller.alterPartition(await isrRequest([0]), 3);
  cluster.registerAnew(1);
  await settled();
  const answers = [];
  for (const epoch of [caughtUp, epochNow()]) {
    const epochOf = (broker: number): number => (broker === 1 ? epoch : -1);
    const request = await isrRequest([0, 1], { partitionEpoch: 1, epochOf });
    answers.push((await controller.alterPartition(request, 3)).topics[0]?.partitions[0]);
  }
  expect(answers).toMatchObject([
    { errorCode: errorCode('INELIGIBLE_REPLICA') },
    { errorCode: errorCode('NONE'), isr: [0, 1] },
  ]);
});

describe('lost answers of ZooKeeper', () => {
  test('KAFKA-2729: an ISR change whose answer was lost is read back, and the leader goes on', async () => {
    await cluster.startAll(0, 1);
    await cluster.createTopic('t', [[0, 1]]);
    const path = '/brokers/topics/t/partitions/0/state';
    cluster.member(0).session.failAfter = {
      matches: touches(path),
      error: new MultiError('BAD_VERSION', 1, path),
    };
    const answer = await cluster.active.controller.alterPartition(await isrRequest([0]), 3);
    expect(answer.topics[0]?.partitions[0]).toMatchObject({
      errorCode: errorCode('NONE'),
      isr: [0],
      partitionEpoch: 1,
    });
  });

  test('a first leader whose creation was answered with "exists" leads all the same', async () => {
    await cluster.startAll(0, 1);
    const path = '/brokers/topics/t/partitions/0/state';
    cluster.member(0).session.failAfter = {
      matches: touches(path),
      error: new MultiError('NODE_EXISTS', 2, path),
    };
    cluster.brokers.take();
    await cluster.createTopic('t', [[0, 1]]);
    expect(await cluster.state('t')).toMatchObject({ leader: 0, leaderEpoch: 0, isr: [0, 1] });
    const told = cluster.brokers.take().filter(({ api }) => api === 'LeaderAndIsr');
    expect(told).toMatchObject([
      { broker: 0, message: { topicStates: [{ partitionStates: [{ leader: 0, isNew: true }] }] } },
      { broker: 1, message: { topicStates: [{ partitionStates: [{ leader: 0, isNew: true }] }] } },
    ]);
  });

  test('an election whose answer was lost is held again: the epoch grows once more', async () => {
    await cluster.startAll(0, 1, 2);
    await cluster.createTopic('t', [[1, 2]]);
    const path = '/brokers/topics/t/partitions/0/state';
    cluster.member(0).session.failAfter = {
      matches: touches(path),
      error: new MultiError('BAD_VERSION', 1, path),
    };
    await cluster.kill(1);
    expect(await cluster.state('t')).toMatchObject({ leader: 2, leaderEpoch: 2, isr: [2] });
  });
});

describe('what brokers ask', () => {
  test('a broker that is not the controller refuses', async () => {
    await cluster.startAll(0, 1);
    const { controller } = cluster.member(1);
    expect(await controller.alterPartition(EMPTY_REQUEST, 3)).toMatchObject({
      errorCode: errorCode('NOT_CONTROLLER'),
    });
    expect(await controller.allocateProducerIds({ brokerId: 1, brokerEpoch: 1 })).toMatchObject({
      errorCode: errorCode('NOT_CONTROLLER'),
    });
    expect(await controller.controlledShutdown({ brokerId: 1, brokerEpoch: -1 })).toMatchObject({
      errorCode: errorCode('STALE_CONTROLLER_EPOCH'),
    });
    expect(
      await controller.listPartitionReassignments({ timeoutMs: 0, topics: null }),
    ).toMatchObject({
      errorCode: errorCode('NOT_CONTROLLER'),
    });
  });

  test.each`
    brokerId | epochOffset | error                         | because
    ${1}     | ${0}        | ${'NONE'}                     | ${'the broker and its epoch are known'}
    ${1}     | ${-1}       | ${'STALE_BROKER_EPOCH'}       | ${'the broker has registered again since'}
    ${1}     | ${1}        | ${'STALE_BROKER_EPOCH'}       | ${'the epoch must be equal'}
    ${7}     | ${0}        | ${'BROKER_ID_NOT_REGISTERED'} | ${'there is no such broker'}
  `(
    'AllocateProducerIds answers $error because $because',
    async ({ brokerId, epochOffset, error }) => {
      await cluster.startAll(0, 1);
      const known = (await (await cluster.admin()).brokers.broker(1))?.epoch ?? 0;
      const { controller } = cluster.active;
      const answer = await controller.allocateProducerIds({
        brokerId,
        brokerEpoch: known + epochOffset,
      });
      expect(errorName(answer.errorCode)).toBe(error);
      expect([answer.producerIdStart, answer.producerIdLen]).toEqual([
        0,
        error === 'NONE' ? 1_000 : 0,
      ]);
    },
  );

  test('an unreadable producer-id block is that broker’s answer, and no reason to resign', async () => {
    await cluster.startAll(0);
    cluster.zookeeper.edit('/latest_producer_id_block', 'garbage');
    const brokerEpoch = (await (await cluster.admin()).brokers.broker(0))?.epoch ?? 0;
    const answer = await cluster.active.controller.allocateProducerIds({
      brokerId: 0,
      brokerEpoch,
    });
    expect(errorName(answer.errorCode)).toBe('UNKNOWN_SERVER_ERROR');
    expect(cluster.active.controller.statistics.controllerEpoch).toBe(1);
  });

  test('partitions that are half reassigned are listed, and nothing else', async () => {
    await cluster.startAll(0, 1);
    await cluster.createTopic('idle', [[0, 1]]);
    const { controller } = cluster.active;
    const all = { timeoutMs: 0, topics: null };
    expect(await controller.listPartitionReassignments(all)).toMatchObject({ topics: [] });
    const moving = { version: 3, topic_id: 'AAAAAAAAAAAAAAAAAAAAAw', partitions: { 0: [1, 0] } };
    const text = JSON.stringify({
      ...moving,
      adding_replicas: { 0: [1] },
      removing_replicas: { 0: [0] },
    });
    cluster.zookeeper.edit('/brokers/topics/moving', text);
    await settled();
    const listed = {
      partitionIndex: 0,
      replicas: [1, 0],
      addingReplicas: [1],
      removingReplicas: [0],
    };
    expect((await controller.listPartitionReassignments(all)).topics).toEqual([
      { name: 'moving', partitions: [listed] },
    ]);
    const other = { timeoutMs: 0, topics: [{ name: 'idle', partitionIndexes: [0] }] };
    expect((await controller.listPartitionReassignments(other)).topics).toEqual([]);
  });
});

test('topics stay where deleting them is not allowed', async () => {
  cluster = new MemoryControllerCluster({ 'delete.topic.enable': 'false' });
  await cluster.startAll(0);
  await cluster.createTopic('t', [[0]]);
  const { topics } = await cluster.admin();
  await topics.markForDeletion('t');
  await settled();
  expect(await topics.deletionMarks()).toEqual([]);
  expect(await cluster.state('t')).toMatchObject({ leader: 0 });
});

test('a controller stops though ZooKeeper does not answer what it asked', async () => {
  await cluster.startAll(0);
  const { controller, store } = cluster.member(0);
  Object.assign(store.topics, { names: () => new Promise(() => undefined) });
  await cluster.createTopic('t', [[0]]);
  const stopped = controller.stop();
  expect(controller.isActive).toBe(false);
  cluster.clock.advance(1_000);
  await stopped;
});

test('a broker that changes its listeners is announced to all', async () => {
  await cluster.startAll(0, 1);
  cluster.brokers.take();
  const endpoint = {
    name: 'PLAINTEXT',
    host: 'elsewhere',
    port: 9_001,
    securityProtocol: 'PLAINTEXT',
  };
  await cluster.member(1).store.brokers.update({ id: 1, rack: null, endpoints: [endpoint] });
  await settled();
  const told = cluster.brokers
    .take()
    .map(({ broker, message }) => [
      broker,
      'liveBrokers' in message &&
        message.liveBrokers.find(({ id }) => id === 1)?.endpoints[0]?.host,
    ]);
  expect(told).toEqual([
    [0, 'elsewhere'],
    [1, 'elsewhere'],
  ]);
});

test('a broker failure touches its own partitions and no others', async () => {
  await cluster.startAll(0, 1, 2, 3);
  for (let i = 0; i < 20; i += 1)
    await cluster.createTopic(`others-${String(i)}`, [
      [0, 1],
      [1, 0],
    ]);
  await cluster.createTopic('mine', [[3, 0]]);
  cluster.brokers.take();
  const before = cluster.zookeeper.writes.length;
  await cluster.kill(3);
  const states = cluster.zookeeper.writes
    .slice(before)
    .flatMap(({ operations }) => operations)
    .filter(({ type, path }) => type === 'set' && path.endsWith('/state'));
  expect(states.map(({ path }) => path)).toEqual(['/brokers/topics/mine/partitions/0/state']);
  const named = cluster.brokers
    .take()
    .flatMap(({ message }) => message.topicStates.map(({ topicName }) => topicName));
  expect(new Set(named)).toEqual(new Set(['mine']));
});

test('a broker that did not answer for long is told everything anew once it does', async () => {
  await cluster.startAll(0, 1);
  await cluster.createTopic('t', [[0, 1]]);
  cluster.brokers.hung.add(1);
  for (let change = 0; change <= MAX_QUEUED_REQUESTS; change += 1) {
    const endpoint = {
      name: 'PLAINTEXT',
      host: `host-${String(change)}`,
      port: 9_000,
      securityProtocol: 'PLAINTEXT',
    };
    await cluster.member(0).store.brokers.update({ id: 0, rack: null, endpoints: [endpoint] });
    await settled();
  }
  cluster.brokers.take();
  cluster.brokers.revive(1);
  await settled();
  cluster.clock.advance(100);
  await settled();
  const heard = cluster.brokers.take().filter(({ broker }) => broker === 1);
  expect(heard.map(({ api, message }) => [api, message.topicStates.length])).toEqual([
    ['UpdateMetadata', 1],
    ['LeaderAndIsr', 1],
    ['UpdateMetadata', 1],
  ]);
});

test('a broken invariant stops the broker instead of being retried', async () => {
  await cluster.startAll(0);
  const { store } = cluster.member(0);
  Object.assign(store.topics, {
    names: () => {
      throw new TypeError('a bug');
    },
  });
  await cluster.createTopic('t', [[0]]);
  expect(cluster.fatal).toHaveLength(1);
  cluster.fatal.length = 0;
});

/** The leader's request, broker 0's, to change the ISR of t-0 from its first state. */
async function isrRequest(
  isr: readonly number[],
  { partitionEpoch = 0, epochOf = (_broker: number): number => -1 } = {},
) {
  const admin = await cluster.admin();
  const topicId = (await admin.topics.assignments(['t'])).get('t')?.topicId ?? '';
  const brokerEpoch = (await admin.brokers.broker(0))?.epoch ?? -1;
  const partition = {
    partitionIndex: 0,
    leaderEpoch: 0,
    partitionEpoch,
    newIsr: [],
    newIsrWithEpochs: isr.map((brokerId) => ({ brokerId, brokerEpoch: epochOf(brokerId) })),
    leaderRecoveryState: 0,
  };
  return {
    brokerId: 0,
    brokerEpoch,
    topics: [{ topicName: '', topicId, partitions: [partition] }],
  };
}
