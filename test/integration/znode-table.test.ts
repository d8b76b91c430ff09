/** Every path that a running cluster makes is in the table of znodes, and holds what the table says. */
import { startCluster } from '../../src/cluster';
import { problemOf } from '../../src/cli/znode/decode';
import { childPath } from '../../src/cli/znode/paths';
import { ZNODE_ENTRIES, matchZnode } from '../../src/zookeeper/reference';
import type { ZooKeeperSession } from '../../src/zookeeper/session';
import { changeCluster } from '../builders/cluster-changes';
import { eachZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';
import { TestSessions } from '../builders/zookeeper-sessions';

const sessions = new TestSessions();
afterEach(() => sessions.closeAll());

/** Paths that lie in ZooKeeper, with what is wrong with their data. */
async function everyPath(session: ZooKeeperSession, path = '/'): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const { data } = await session.getData(path);
  if (path !== '/') found.set(path, data === null ? '' : (problemOf(path, data) ?? ''));
  const { children } = await session.getChildren(path);
  for (const name of children)
    for (const each of await everyPath(session, childPath(path, name))) found.set(...each);
  return found;
}

eachZooKeeper((start) => {
  let server: RunningZooKeeper;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  test('every path that a running cluster makes is in the table', async () => {
    const zookeeper = sessions.freshChroot(server.connectString);
    await using cluster = await startCluster({ brokers: 2, zookeeper });
    await changeCluster(cluster.bootstrapServers.split(','));
    const found = await everyPath(await sessions.open(zookeeper));
    expect([...found.keys()].filter((path) => !matchZnode(path))).toEqual([]);
    expect([...found].filter(([, problem]) => problem !== '')).toEqual([]);
    const patterns = new Set([...found.keys()].map((path) => matchZnode(path)?.entry.pattern));
    const missing = ZNODE_ENTRIES.filter(
      ({ presence, pattern }) =>
        presence === 'always' && !pattern.startsWith('/zookeeper') && !patterns.has(pattern),
    );
    expect(missing.map(({ pattern }) => pattern)).toEqual([]);
  }, 120_000);
});
