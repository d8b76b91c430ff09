import type { ZooKeeperSession } from '../../src/zookeeper/session';
import { KafkaZooKeeper } from '../../src/zookeeper/store';
import { eventually } from '../builders/process';
import { RecordingLog } from '../builders/recording-log';
import { type RunningZooKeeper, eachZooKeeper } from '../builders/zookeeper';
import { TestSessions, aRegistration, losingTheAnswer } from '../builders/zookeeper-sessions';

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

  describe('registration', () => {
    test('makes an ephemeral node at once whole; its czxid is the broker epoch', async () => {
      const store = await openStore();
      const registration = aRegistration({ id: 7, rack: 'r1' });
      const result = await store.brokers.register(registration);
      const { stat } = await store.session.getData('/brokers/ids/7');
      expect(result).toEqual({ status: 'registered', epoch: stat.czxid });
      expect(stat).toMatchObject({ version: 1, ephemeralOwner: store.session.sessionId });
      expect(await store.brokers.broker(7)).toEqual({ ...registration, epoch: stat.czxid });
    });

    test('a broker that comes back has a higher epoch', async () => {
      const first = await openStore();
      const before = await first.brokers.register(aRegistration());
      await first.session.close();
      const after = await (await openStore()).brokers.register(aRegistration());
      expect(before.status === 'registered' && after.status === 'registered').toBe(true);
      if (before.status !== 'registered' || after.status !== 'registered') return;
      expect(after.epoch).toBeGreaterThan(before.epoch);
    });

    test('tells whose session owns the node, and leaves it alone', async () => {
      const [mine, other] = [await openStore(), await openStore()];
      const theirs = await other.brokers.register(aRegistration({ rack: 'theirs' }));
      const { sessionId } = other.session;
      const result = await mine.brokers.register(aRegistration({ rack: 'mine' }));
      expect(result).toEqual({ status: 'owned-by-other', ownerSession: sessionId });
      expect(await mine.brokers.broker(1)).toMatchObject({ rack: 'theirs' });
      expect(theirs.status).toBe('registered');
    });

    test('of two sessions at once exactly one wins', async () => {
      const stores = await Promise.all([openStore(), openStore(), openStore()]);
      const results = await Promise.all(
        stores.map((store) => store.brokers.register(aRegistration())),
      );
      expect(results.filter(({ status }) => status === 'registered')).toHaveLength(1);
    });

    test('is repeatable by the same session', async () => {
      const store = await openStore();
      const once = await store.brokers.register(aRegistration());
      expect(await store.brokers.register(aRegistration())).toEqual(once);
    });

    test('KAFKA-7165: a registration whose answer was lost is found to be the own one', async () => {
      const observer = await openStore();
      const proxy = await sessions.proxy(server.port);
      const store = await sessions.openStore(`${proxy.connectString}${chroot}`);
      const result = await losingTheAnswer(proxy, () => store.brokers.register(aRegistration()), {
        isDone: async () => (await observer.brokers.broker(1)) !== undefined,
      });
      const epoch = (await observer.brokers.broker(1))?.epoch;
      expect(result).toEqual({ status: 'registered', epoch });
    });

    test('KAFKA-14845: a node that an expired session of this process left on the server is replaced', async () => {
      const [expired, renewed] = [await openStore(), await openStore()];
      let current = expired.session;
      const store = new KafkaZooKeeper(
        following(() => current),
        sessions.options('').platform,
      );
      const before = await store.brokers.register(aRegistration());
      // The client knows of the expiry; the server has not removed the node yet.
      current = renewed.session;
      const after = await store.brokers.register(aRegistration());
      expect(before.status).toBe('registered');
      expect(after.status).toBe('registered');
      const { stat } = await renewed.session.getData('/brokers/ids/1');
      expect(stat.ephemeralOwner).toBe(renewed.session.sessionId);
    });

    test('can be rewritten when listeners change; the epoch stays', async () => {
      const store = await openStore();
      await store.brokers.register(aRegistration());
      const before = await store.brokers.broker(1);
      await store.brokers.update(aRegistration({ rack: 'new' }));
      expect(await store.brokers.broker(1)).toEqual({ ...before, rack: 'new' });
    });
  });

  test('reads all brokers, and skips unreadable ones with a warning', async () => {
    const log = new RecordingLog();
    const store = await sessions.openStore(`${server.connectString}${chroot}`, { log });
    await store.brokers.register(aRegistration({ id: 10 }));
    await store.brokers.register(aRegistration({ id: 9 }));
    await store.session.create('/brokers/ids/3', Buffer.from('{"version":5}'));
    await store.session.create('/brokers/ids/4', null);
    await store.session.create('/brokers/ids/x', null);
    expect(await store.brokers.ids()).toEqual([3, 4, 9, 10]);
    expect([...(await store.brokers.all()).keys()]).toEqual([9, 10]);
    expect(await store.brokers.broker(4)).toBeUndefined();
    const warnings = log.lines.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ fields }) => fields['path'])).toEqual(
      expect.arrayContaining(['/brokers/ids/3', '/brokers/ids/4']),
    );
  });

  test('watches who comes and goes, and whose data change', async () => {
    const [store, other] = [await openStore(), await openStore()];
    const events: string[] = [];
    store.brokers.watchIds(() => events.push('ids'));
    expect(await store.brokers.ids()).toEqual([]);
    await other.brokers.register(aRegistration());
    await eventually('came', () => events[0]);

    await store.brokers.watchBroker(1, () => events.push('data'));
    await store.brokers.ids();
    await other.brokers.update(aRegistration({ rack: 'r' }));
    await eventually('data', () => events[1]);
    await store.brokers.broker(1);
    await other.session.close();
    await eventually('went', () => events[2]);
    expect(events).toEqual(['ids', 'data', 'ids']);
  });
});

/** A session that passes everything on to whichever is current. */
function following(current: () => ZooKeeperSession): ZooKeeperSession {
  return new Proxy({} as ZooKeeperSession, {
    get: (_, name) => {
      const session = current();
      const value: unknown = Reflect.get(session, name, session);
      return typeof value === 'function' ? (value.bind(session) as unknown) : value;
    },
  });
}
