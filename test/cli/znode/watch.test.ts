/** What the watch says of what happens in ZooKeeper: operations, and the sentences that follow. */
import { Teller } from '../../../src/cli/znode/watch/teller';
import { Watcher } from '../../../src/cli/znode/watch/watcher';
import type { Change } from '../../../src/cli/znode/watch/change';
import { MemoryZooKeeper, settled } from '../../builders/memory-zookeeper';
import type { MemorySession } from '../../builders/memory-zookeeper';

const STATE = '/brokers/topics/orders/partitions/3/state';

function state(leader: number, epoch: number, isr: number[], rest: object = {}): string {
  return JSON.stringify({
    ...{ controller_epoch: 7, leader, version: 1, leader_epoch: epoch, isr },
    ...rest,
  });
}

function broker(id: number, rest: object = {}): string {
  const endpoints = [`PLAINTEXT://host${String(id)}:9092`];
  return JSON.stringify({ version: 5, endpoints, host: 'h', port: 9092, ...rest });
}

function controller(brokerid: number): string {
  return JSON.stringify({ version: 2, brokerid, timestamp: '1795330662856' });
}

class Watched {
  readonly zookeeper = new MemoryZooKeeper();
  readonly session: MemorySession = this.zookeeper.session();
  readonly sentences: string[] = [];
  readonly changes: Change[] = [];
  readonly failures: unknown[] = [];

  async start(root = '/', depth = Infinity): Promise<number> {
    const teller = new Teller(this.session);
    const watcher = new Watcher(this.session, {
      root,
      depth,
      onChange: async (change) => {
        this.changes.push(change);
        const sentence = await teller.tell(change);
        if (sentence !== undefined) this.sentences.push(sentence);
      },
      onUnreadable: (path) => this.sentences.push(`unreadable ${path}`),
      onFailure: (error) => this.failures.push(error),
    });
    await teller.start();
    return watcher.start();
  }

  /** What was said since the last time, once all has settled. */
  async told(): Promise<string[]> {
    for (let turn = 0; turn < 20; turn++) await settled();
    return [...this.failures.splice(0).map(String), ...this.sentences.splice(0)];
  }
}

let watched: Watched;
let zookeeper: MemoryZooKeeper;

beforeEach(() => {
  watched = new Watched();
  zookeeper = watched.zookeeper;
  zookeeper.edit('/brokers/ids', '');
  zookeeper.edit('/brokers/topics', '');
  zookeeper.edit('/controller', controller(1));
  zookeeper.edit('/controller_epoch', '7');
});

describe('a sentence for each change', () => {
  const TOPIC = '/brokers/topics/orders';
  const topic = (partitions: object, rest: object = {}): string =>
    JSON.stringify({ version: 3, topic_id: 'id', partitions, ...rest });

  test.each<{ path: string; before?: string; after?: string; sentence: string }>([
    { path: STATE, after: state(1, 0, [1, 2]), sentence: 'orders-3: leader 1, epoch 0, ISR 1,2' },
    {
      path: STATE,
      before: state(1, 4, [1, 2, 3]),
      after: state(2, 5, [2, 3]),
      sentence: 'orders-3: leader 1 → 2, epoch 4 → 5, ISR 1,2,3 → 2,3',
    },
    {
      path: STATE,
      before: state(1, 4, [1]),
      after: state(-1, 5, [1]),
      sentence: 'orders-3: leader 1 → none, epoch 4 → 5',
    },
    {
      path: STATE,
      before: state(1, 4, [1, 2]),
      after: state(1, 4, [1]),
      sentence: 'orders-3: ISR 1,2 → 1',
    },
    {
      path: STATE,
      before: state(1, 4, [1]),
      after: state(1, 4, [1], { leader_recovery_state: 1 }),
      sentence: 'orders-3: recovering from an unclean election',
    },
    {
      path: STATE,
      before: state(1, 4, [1]),
      after: state(1, 4, [1], { controller_epoch: 8 }),
      sentence: 'orders-3: controller epoch 7 → 8',
    },
    {
      path: STATE,
      before: state(1, 4, [1]),
      after: state(1, 4, [1]),
      sentence: 'orders-3: written again, unchanged',
    },
    { path: STATE, before: state(1, 4, [1]), sentence: 'orders-3: state removed' },
    {
      path: STATE,
      before: state(1, 4, [1]),
      after: 'damaged',
      sentence: `${STATE}: ${state(1, 4, [1])} → damaged (not what Kafka keeps here: not JSON)`,
    },
    {
      path: '/brokers/ids/2',
      after: broker(2, { rack: 'r1' }),
      sentence: 'broker 2 joined (PLAINTEXT://host2:9092, rack r1)',
    },
    { path: '/brokers/ids/2', before: broker(2), sentence: 'broker 2 left' },
    {
      path: '/brokers/ids/2',
      before: broker(2),
      after: broker(3),
      sentence: 'broker 2: endpoints PLAINTEXT://host2:9092 → PLAINTEXT://host3:9092',
    },
    {
      path: TOPIC,
      after: topic({ 0: [1, 2], 1: [2, 1] }),
      sentence: 'topic orders created with 2 partitions, 2 replicas each',
    },
    {
      path: TOPIC,
      after: topic({ 0: [1] }),
      sentence: 'topic orders created with 1 partition, 1 replica each',
    },
    { path: TOPIC, before: topic({ 0: [1] }), sentence: 'topic orders deleted' },
    {
      path: TOPIC,
      before: topic({ 0: [1] }),
      after: topic({ 0: [1], 1: [2] }),
      sentence: 'topic orders: partitions 1 → 2',
    },
    {
      path: TOPIC,
      before: topic({ 0: [1, 2] }),
      after: topic(
        { 0: [3, 1, 2] },
        { adding_replicas: { 0: [3] }, removing_replicas: { 0: [2] } },
      ),
      sentence:
        'topic orders: partition 0: replicas 1,2 → 3,1,2, adding none → 3, removing none → 2',
    },
    {
      path: '/config/topics/orders',
      before: '{"version":1,"config":{"retention.ms":"1000","cleanup.policy":"delete"}}',
      after: '{"version":1,"config":{"retention.ms":"2000","min.insync.replicas":"2"}}',
      sentence:
        'settings of topic orders changed: cleanup.policy removed, min.insync.replicas set to 2, retention.ms 1000 → 2000',
    },
    {
      path: '/config/users/alice',
      after: '{"version":1,"config":{"SCRAM-SHA-256":"salt=x"}}',
      sentence: 'settings of user alice made: SCRAM-SHA-256 set to (hidden)',
    },
    {
      path: '/config/brokers/<default>',
      after: '{"version":1,"config":{}}',
      sentence: 'settings of all brokers made, empty',
    },
    {
      path: '/config/users/alice/clients/c',
      before: '{"version":1,"config":{"producer_byte_rate":"1"}}',
      sentence: 'settings of user alice, client c removed',
    },
    {
      path: '/config/changes/config_change_0000000012',
      after: '{"version":2,"entity_path":"topics/orders"}',
      sentence: 'changed settings announced: topics orders',
    },
    {
      path: '/config/changes/config_change_0000000012',
      before: '{"version":2,"entity_path":"topics/orders"}',
      sentence: 'announcement 12 of changed settings removed',
    },
    { path: '/admin/delete_topics/orders', after: '', sentence: 'topic orders is to be deleted' },
    {
      path: '/admin/delete_topics/orders',
      before: '',
      sentence: 'topic orders: its deletion is done or called off',
    },
    {
      path: '/admin/reassign_partitions',
      after: '{"version":1,"partitions":[{"topic":"a","partition":1,"replicas":[0,1]}]}',
      sentence: 'reassignment asked for: a-1 to 0,1',
    },
    {
      path: '/admin/preferred_replica_election',
      after: '{"version":1,"partitions":[{"topic":"a","partition":1}]}',
      sentence: 'election of preferred leaders asked for: a-1',
    },
    {
      path: '/log_dir_event_notification/log_dir_event_0000000001',
      after: '{"version":1,"broker":2,"event":1}',
      sentence: 'broker 2 has lost a log directory',
    },
    {
      path: '/latest_producer_id_block',
      before: '',
      after: '{"version":1,"broker":2,"block_start":"0","block_end":"999"}',
      sentence:
        '/latest_producer_id_block: no data → {"version":1,"broker":2,"block_start":"0","block_end":"999"}',
    },
    {
      path: '/latest_producer_id_block',
      before: '{"version":1,"broker":1,"block_start":"0","block_end":"999"}',
      after: '{"version":1,"broker":2,"block_start":"1000","block_end":"1999"}',
      sentence: 'producer ids 1000 to 1999 given to broker 2',
    },
    {
      path: '/consumers/g/offsets/orders/3',
      before: '12',
      after: '14',
      sentence: 'group g: orders-3 offset 12 → 14',
    },
    { path: '/foreign/znode', before: 'a', after: 'b', sentence: '/foreign/znode: a → b' },
    { path: '/foreign/znode', after: 'a', sentence: '/foreign/znode made: a' },
    { path: '/foreign/znode', before: 'a', sentence: '/foreign/znode removed' },
  ])('$sentence', async ({ path, before, after, sentence }) => {
    if (before !== undefined) zookeeper.edit(path, before);
    else zookeeper.edit(path.slice(0, path.lastIndexOf('/')), '');
    await watched.start();
    if (after === undefined) zookeeper.remove(path);
    else zookeeper.edit(path, after);
    expect(await watched.told()).toEqual([sentence]);
  });
});

test('a new topic is told whole, in the order of its parts', async () => {
  await watched.start();
  zookeeper.edit(
    '/brokers/topics/a',
    '{"version":3,"topic_id":"x","partitions":{"0":[1],"1":[1]}}',
  );
  zookeeper.edit('/brokers/topics/a/partitions/0/state', state(1, 0, [1]));
  zookeeper.edit('/brokers/topics/a/partitions/1/state', state(1, 0, [1]));
  expect(await watched.told()).toEqual([
    'topic a created with 2 partitions, 1 replica each',
    'a: folder of partitions made',
    'a-0: folder made',
    'a-1: folder made',
    'a-0: leader 1, epoch 0, ISR 1',
    'a-1: leader 1, epoch 0, ISR 1',
  ]);
});

describe('the controller', () => {
  const elect = (id: number, epoch: number): void => {
    zookeeper.edit('/controller', controller(id));
    zookeeper.edit('/controller_epoch', String(epoch));
  };

  test('an election is one sentence, though it writes two znodes', async () => {
    await watched.start();
    zookeeper.remove('/controller');
    expect(await watched.told()).toEqual(['controller 1 is gone']);
    elect(3, 8);
    expect(await watched.told()).toEqual(['controller moved 1 → 3, epoch 7 → 8']);
  });

  test('one that happened between two looks is told as well', async () => {
    await watched.start();
    zookeeper.remove('/controller');
    elect(3, 8);
    expect(await watched.told()).toEqual(['controller moved 1 → 3, epoch 7 → 8']);
  });

  test('the same broker may win again, and several elections may fall together', async () => {
    await watched.start();
    zookeeper.remove('/controller');
    elect(1, 9);
    expect(await watched.told()).toEqual([
      'controller is 1, epoch 7 → 9 (2 elections, told as one)',
    ]);
  });

  test('the epoch alone is told where only it is watched, or only it moved', async () => {
    await watched.start('/controller_epoch', 1);
    zookeeper.edit('/controller_epoch', '8');
    expect(await watched.told()).toEqual(['controller epoch 7 → 8']);
  });

  test('damaged data is shown as it is', async () => {
    await watched.start();
    zookeeper.edit('/controller', '{"brokerid":"x"}');
    const [sentence = ''] = await watched.told();
    expect(sentence).toMatch(
      /^\/controller: .* → \{"brokerid":"x"\} \(not what Kafka keeps here: "brokerid" must be an integer\)$/,
    );
  });
});

describe('nothing is left out without a word', () => {
  test('several writes between two looks', async () => {
    zookeeper.edit(STATE, state(1, 4, [1, 2]));
    await watched.start();
    for (const epoch of [5, 6, 7]) zookeeper.edit(STATE, state(2, epoch, [2]));
    expect(await watched.told()).toEqual([
      'orders-3: leader 1 → 2, epoch 4 → 7, ISR 1,2 → 2 (3 writes, told as one)',
    ]);
  });

  test('writes before the first look at a new znode, but not that of a registration', async () => {
    await watched.start();
    zookeeper.edit('/foreign', 'a');
    zookeeper.edit('/foreign', 'b');
    zookeeper.edit('/brokers/ids/1', '');
    zookeeper.edit('/brokers/ids/1', broker(1));
    expect((await watched.told()).sort()).toEqual([
      '/foreign made: b (and 1 more write since)',
      'broker 1 joined (PLAINTEXT://host1:9092)',
    ]);
  });

  test('a broker that was away for a moment', async () => {
    zookeeper.edit('/brokers/ids/1', broker(1));
    await watched.start('/brokers/ids', 1);
    zookeeper.remove('/brokers/ids/1');
    zookeeper.edit('/brokers/ids/1', '');
    zookeeper.edit('/brokers/ids/1', broker(1));
    expect(await watched.told()).toEqual([
      'broker 1 left and joined again (PLAINTEXT://host1:9092)',
    ]);
  });

  test('children that came and went', async () => {
    await watched.start();
    zookeeper.edit('/brokers/ids/8', broker(8));
    zookeeper.remove('/brokers/ids/8');
    zookeeper.edit('/brokers/ids/9', broker(9));
    expect(await watched.told()).toEqual([
      'broker 9 joined (PLAINTEXT://host9:9092)',
      '/brokers/ids: 2 more creations and deletions of children, of which only the number is known',
    ]);
    zookeeper.remove('/brokers/ids/9');
    expect(await watched.told()).toEqual(['broker 9 left']);
  });

  test('a write just before a deletion', async () => {
    zookeeper.edit('/foreign', 'a');
    await watched.start();
    zookeeper.edit('/foreign', 'b');
    zookeeper.remove('/foreign');
    expect(await watched.told()).toEqual(['/foreign removed (after a write that was not seen)']);
  });

  test('a znode that was deleted with children and made again with others', async () => {
    zookeeper.edit('/foreign/old', '1');
    zookeeper.edit('/foreign/same', '1');
    await watched.start();
    for (const path of ['/foreign/old', '/foreign/same', '/foreign']) zookeeper.remove(path);
    zookeeper.edit('/foreign', 'x');
    zookeeper.edit('/foreign/new', '2');
    zookeeper.edit('/foreign/same', '2');
    expect((await watched.told()).sort()).toEqual([
      '/foreign removed and made again: no data → x',
      '/foreign/new made: 2',
      '/foreign/old removed',
      '/foreign/same removed and made again: 1 → 2',
    ]);
  });
});

describe('the session', () => {
  test('what happened while it was expired is told, in the order in which it was done', async () => {
    zookeeper.edit(STATE, state(1, 4, [1, 2]));
    zookeeper.edit('/brokers/ids/1', broker(1));
    await watched.start();
    watched.session.expireOnServer();
    zookeeper.remove('/brokers/ids/1');
    zookeeper.edit('/foreign', 'a');
    zookeeper.edit(STATE, state(2, 5, [2]));
    zookeeper.edit(STATE, state(2, 6, [2]));
    zookeeper.edit('/brokers/ids/2', broker(2));
    expect(await watched.told()).toEqual([]);
    await watched.session.expire();
    expect(await watched.told()).toEqual([
      'broker 1 left',
      '/foreign made: a',
      'orders-3: leader 1 → 2, epoch 4 → 6, ISR 1,2 → 2 (2 writes, told as one)',
      'broker 2 joined (PLAINTEXT://host2:9092)',
    ]);
    zookeeper.edit(STATE, state(1, 7, [1, 2]));
    expect(await watched.told()).toEqual(['orders-3: leader 2 → 1, epoch 6 → 7, ISR 2 → 1,2']);
  });

  test('an expiry in the middle of a look loses nothing', async () => {
    await watched.start();
    zookeeper.edit('/foreign/a', '1');
    zookeeper.edit('/foreign/b', '1');
    await Promise.resolve();
    watched.session.expireOnServer();
    zookeeper.edit('/foreign/c', '1');
    await watched.told();
    await watched.session.expire();
    await watched.told();
    const created = watched.changes
      .filter(({ kind }) => kind === 'created')
      .map(({ path }) => path);
    expect(created.sort()).toEqual(['/foreign', '/foreign/a', '/foreign/b', '/foreign/c']);
  });
});

test('a znode that is not there yet is waited for, and again after it has gone', async () => {
  expect(await watched.start('/admin')).toBe(0);
  zookeeper.edit('/admin/x', '1');
  expect((await watched.told()).slice(0, 1)).toEqual(['/admin made']);
  zookeeper.remove('/admin/x');
  zookeeper.remove('/admin');
  await watched.told();
  zookeeper.edit('/admin', 'a');
  expect(await watched.told()).toEqual(['/admin made: a']);
});

test('without --recursive: the znode and its children, and nothing below', async () => {
  zookeeper.edit('/a/b/c', '1');
  await watched.start('/a', 1);
  zookeeper.edit('/a/b/c', '2');
  zookeeper.edit('/a/b/d', '2');
  zookeeper.edit('/a/b', '2');
  zookeeper.edit('/a/e', '2');
  expect(await watched.told()).toEqual(['/a/b: no data → 2', '/a/e made: 2']);
});

test('more than the server takes back after a lost connection is refused', async () => {
  const long = 'x'.repeat(1_000);
  for (let i = 0; i < 460; i++) zookeeper.edit(`/a/${long}${String(i)}`, '');
  await expect(watched.start('/a')).rejects.toThrow('more below it than can be watched at once');
});
