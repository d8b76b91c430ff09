import type { KafkaZooKeeper } from '../../src/zookeeper/store';
import type { ConfigEntity } from '../../src/zookeeper/types';
import { ConfigChangeListener } from '../../src/zookeeper/config-changes';
import { closeStaleSession } from '../../src/zookeeper/connect';
import { eventually } from '../builders/process';
import { RecordingLog } from '../builders/recording-log';
import { type RunningZooKeeper, eachZooKeeper } from '../builders/zookeeper';
import { TestSessions } from '../builders/zookeeper-sessions';

const topic = (name: string): ConfigEntity => ({ type: 'topics', name });

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  const sessions = new TestSessions();
  let connect = '';
  let store: KafkaZooKeeper;

  beforeAll(async () => {
    server = await start();
  }, 90_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    connect = sessions.freshChroot(server.connectString);
    store = await sessions.openStore(connect);
  });
  afterEach(() => sessions.closeAll());

  const changes = async () =>
    [...(await store.session.getChildren('/config/changes')).children].sort();

  describe('settings', () => {
    test.each<[string, ConfigEntity]>([
      ['/config/topics/t', topic('t')],
      ['/config/brokers/<default>', { type: 'brokers', name: null }],
      ['/config/brokers/1', { type: 'brokers', name: '1' }],
      ['/config/clients/c%201', { type: 'clients', name: 'c 1' }],
      ['/config/users/alice/clients/<default>', { type: 'users', name: 'alice', client: null }],
    ])('are written to %s, written over, and announced each time', async (path, entity) => {
      expect(await store.configs.get(entity)).toEqual({});
      await store.configs.set(entity, { a: '1' });
      await store.configs.set(entity, { b: '2' });
      expect(await store.configs.get(entity)).toEqual({ b: '2' });
      const { data } = await store.session.getData(path);
      expect(JSON.parse(String(data))).toEqual({ version: 1, config: { b: '2' } });
      expect(await changes()).toHaveLength(2);
      const change = await store.session.getData('/config/changes/config_change_0000000001');
      expect(JSON.parse(String(change.data))).toEqual({
        version: 2,
        entity_path: path.slice('/config/'.length),
      });
    });

    test('are not written while a KRaft controller owns the cluster', async () => {
      const kraft = '{"version":2,"brokerid":3000,"timestamp":"1","kraftControllerEpoch":1}';
      await store.session.create('/controller', Buffer.from(kraft));
      await expect(store.configs.set(topic('t'), { a: '1' })).rejects.toThrow('KRaft');
      expect(await store.configs.get(topic('t'))).toEqual({});
    });

    test('that a node without data or no node has are none', async () => {
      await store.session.create('/config/users/alice', null);
      expect(await store.configs.get({ type: 'users', name: 'alice' })).toEqual({});
    });

    test('that cannot be read fail for the one, and count as none among many', async () => {
      const log = new RecordingLog();
      const warned = await sessions.openStore(connect, { log });
      await store.configs.set(topic('good'), { a: '1' });
      await store.session.create('/config/topics/bad', Buffer.from('{"version":2}'));
      await expect(store.configs.get(topic('bad'))).rejects.toThrow('/config/topics/bad');
      const found = await warned.configs.topics(['good', 'bad', 'missing']);
      expect(Object.fromEntries(found)).toEqual({ good: { a: '1' }, bad: {}, missing: {} });
      expect(log.lines.some(({ fields }) => fields['path'] === '/config/topics/bad')).toBe(true);
    });

    test('of all entities of a type can be listed', async () => {
      const entities: ConfigEntity[] = [
        { type: 'users', name: 'alice' },
        { type: 'users', name: null },
        { type: 'users', name: 'bob', client: 'c 1' },
      ];
      for (const entity of entities) await store.configs.set(entity, { a: '1' });
      await store.session.create('/config/users/%', null);
      const listed = await store.configs.entities('users');
      expect(listed).toEqual(expect.arrayContaining([...entities, { type: 'users', name: 'bob' }]));
      expect(listed).toHaveLength(4);
      expect(await store.configs.entities('ips')).toEqual([]);
    });
  });

  describe('changes', () => {
    const listen = async (listener = store) => {
      const seen: (string | null)[] = [];
      const changes = listener.configChangeListener((entity) => void seen.push(entity.name));
      await changes.start();
      return { seen, changes };
    };

    test('are told in order, those from before the start and each new one', async () => {
      const other = await sessions.openStore(connect);
      for (const name of ['a', 'b']) await other.configs.set(topic(name), {});
      const { seen } = await listen();
      expect(seen).toEqual(['a', 'b']);
      for (const name of ['c', 'd', 'e']) await other.configs.set(topic(name), {});
      await eventually('five', () => seen[4]);
      expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    test('that came during an expiry are told by the next session', async () => {
      const other = await sessions.openStore(connect);
      const { seen } = await listen();
      await closeStaleSession(sessions.options(connect), store.session.sessionCredentials());
      await other.configs.set(topic('a'), {});
      await eventually('first', () => seen[0]);
      await other.configs.set(topic('b'), {});
      await eventually('second', () => seen[1]);
      expect(seen).toEqual(['a', 'b']);
    });

    test('that cannot be read or applied are passed over, once', async () => {
      const seen: (string | null)[] = [];
      for (const garbage of [
        'garbage',
        '{"version":9}',
        '{"version":2,"entity_path":"things/x"}',
      ]) {
        const path = '/config/changes/config_change_';
        await store.session.create(path, Buffer.from(garbage), 'persistent-sequential');
      }
      const listener = store.configChangeListener((entity) => {
        seen.push(entity.name);
        if (entity.name === 'bad') throw new Error('cannot apply');
      });
      await listener.start();
      await store.configs.set(topic('bad'), {});
      await store.configs.set(topic('good'), {});
      await eventually('both', () => seen[1]);
      expect(seen).toEqual(['bad', 'good']);
    });

    test('are no longer told once stopped', async () => {
      const { seen, changes } = await listen();
      changes.stop();
      await store.configs.set(topic('a'), {});
      await store.session.getChildren('/config/changes');
      expect(seen).toEqual([]);
    });

    test('are removed after 15 minutes by whoever runs next', async () => {
      for (const name of ['a', 'b']) await store.configs.set(topic(name), {});
      const { platform } = sessions.options(connect);
      const ahead = (ms: number) => ({
        session: store.session,
        log: platform.log,
        clock: Object.assign(Object.create(platform.clock) as typeof platform.clock, {
          nowMs: () => Date.now() + ms,
        }),
      });
      await new ConfigChangeListener(ahead(14 * 60_000), () => undefined).start();
      expect(await changes()).toHaveLength(2);
      await new ConfigChangeListener(ahead(16 * 60_000), () => undefined).start();
      expect(await changes()).toEqual([]);
    });
  });
});
