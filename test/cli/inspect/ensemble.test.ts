/** Four-letter words, as ZooKeeper 3.8 answers them. */
import { inspectEnsemble, serverOf } from '../../../src/cli/inspect/ensemble';
import { nodePlatform } from '../../../src/platform/node';
import { ZooKeeperServer } from '../../../src/zookeeper-server';

const ADDRESS = { host: 'zk', port: 2181 };

const SRVR = `Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC
Latency min/avg/max: 0/0.5294/12
Received: 83
Sent: 82
Connections: 2
Outstanding: 3
Zxid: 0x10000002a
Mode: leader
Node count: 141
Proposal sizes last/min/max: 48/32/36
`;
const MNTR = `zk_version\t3.8.0-5a02a05e, built on 2022-02-25 08:49 UTC
zk_server_state\tleader
zk_learners\t2.0
zk_synced_followers\t1.0
zk_synced_non_voting_followers\t0.0
zk_synced_observers\t0.0
zk_avg_latency\t0.5294
`;
const refused = (word: string) => `${word} is not executed because it is not in the whitelist.\n`;

test('a leader', () => {
  expect(serverOf(ADDRESS, { ruok: 'imok', srvr: SRVR, mntr: MNTR })).toEqual({
    ...ADDRESS,
    problem: undefined,
    ruok: 'imok',
    mode: 'leader',
    version: '3.8.0',
    outstanding: 3,
    averageLatencyMs: 0.5294,
    maxLatencyMs: 12,
    zxid: '0x10000002a',
    learners: 2,
    syncedLearners: 1,
    refusedWords: [],
  });
});

test('a server that allows srvr only, as ZooKeeper does by default', () => {
  const words = { ruok: refused('ruok'), srvr: SRVR, mntr: refused('mntr') };
  expect(serverOf(ADDRESS, words)).toMatchObject({
    ruok: undefined,
    mode: 'leader',
    learners: undefined,
    syncedLearners: undefined,
    refusedWords: ['ruok', 'mntr'],
  });
});

test('a server without a quorum has no mode', () => {
  const idle = 'This ZooKeeper instance is not currently serving requests\n';
  expect(serverOf(ADDRESS, { ruok: 'imok', srvr: idle, mntr: idle })).toMatchObject({
    ruok: 'imok',
    mode: undefined,
    refusedWords: [],
  });
});

test('a server that runs, and one that does not', async () => {
  const platform = nodePlatform();
  const server = await ZooKeeperServer.start({ platform });
  const running = { host: '127.0.0.1', port: server.port };
  try {
    const [one] = await inspectEnsemble(platform, [running]);
    expect(one).toMatchObject({ ...running, problem: undefined, ruok: 'imok', mode: 'standalone' });
  } finally {
    await server.stop();
  }
  const [gone] = await inspectEnsemble(platform, [running]);
  expect(gone).toMatchObject({ ...running, mode: undefined });
  expect(gone?.problem).toMatch(/ECONNREFUSED/);
});
