/** zkCli.sh, ZooKeeper's own shell (Debian's zookeeper package), against the embedded and the real server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { eachZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';

const ZKCLI = '/usr/share/zookeeper/bin/zkCli.sh';

/** Everything the shell prints while it carries out `commands` in one session. */
async function zkCli(connectString: string, commands: readonly string[]): Promise<string> {
  const child = spawn(ZKCLI, ['-server', connectString], {
    env: { ...process.env, CLIENT_JVMFLAGS: '-Xmx64m -XX:TieredStopAtLevel=1' },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(`${[...commands, 'quit'].join('\n')}\n`);
  await once(child, 'close');
  return output;
}

eachZooKeeper((start) => {
  let zookeeper: RunningZooKeeper;

  beforeAll(async () => {
    zookeeper = await start({ tickTimeMs: 2_000 });
  }, 60_000);

  afterAll(() => zookeeper.stop());

  test('creates, lists, reads, changes and deletes', async () => {
    const output = await zkCli(zookeeper.connectString, [
      'create /app one',
      'create /app/a x',
      'create -e /app/e',
      'create -s /app/s- y',
      'ls /app',
      'ls -s /app',
      'ls -R /app',
      'get -s /app',
      'set -v 0 /app two',
      'set -v 0 /app three',
      'get /app',
      'stat /app',
      'getAllChildrenNumber /app',
      'getEphemerals /app',
      'delete /app',
      'deleteall /app',
      'ls /',
    ]);
    for (const expected of [
      'Created /app',
      'Created /app/e',
      'Created /app/s-0000000002',
      '[a, e, s-0000000002]',
      'numChildren = 3',
      '/app/s-0000000002',
      'version No is not valid : /app',
      'two',
      'dataVersion = 1',
      'Node not empty: /app',
      '[/app/e]',
      '[zookeeper]',
    ]) {
      expect(output).toContain(expected);
    }
  }, 60_000);

  test('watches, and sets and checks access control lists', async () => {
    const output = await zkCli(zookeeper.connectString, [
      'create /acl x',
      'get -w /acl',
      'set /acl y',
      'addWatch /acl',
      'create /acl/child',
      'addauth digest ann:secret',
      'setAcl /acl auth:ann:cdrwa',
      'getAcl /acl',
      'whoami',
      'sync /acl',
      'config',
      'delquota /acl',
      'removewatches /acl',
    ]);
    for (const expected of [
      'type:NodeDataChanged path:/acl',
      'type:NodeCreated path:/acl/child',
      "'digest,'ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM=",
      'digest: ann',
      'Sync is OK',
    ]) {
      expect(output).toContain(expected);
    }
    const stranger = await zkCli(zookeeper.connectString, ['get /acl', 'create -c /container']);
    expect(stranger).toMatch(/Insufficient permission : \/acl|NoAuth for \/acl/);
  }, 60_000);
});
