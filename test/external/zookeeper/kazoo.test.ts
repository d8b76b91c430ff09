/** kazoo (Debian's python3-kazoo) against the embedded and the real server. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { eachZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';

const SCRIPT = join(__dirname, 'kazoo_cases.py');
const CASES = [...readFileSync(SCRIPT, 'utf8').matchAll(/^def case_(\w+)/gm)].map(
  ([, name]) => name,
);

eachZooKeeper((start) => {
  let zookeeper: RunningZooKeeper;

  beforeAll(async () => {
    zookeeper = await start({ tickTimeMs: 2_000 });
  }, 60_000);

  afterAll(() => zookeeper.stop());

  test.each(CASES)(
    'kazoo: %s',
    async (name) => {
      const args = [SCRIPT, zookeeper.connectString, name ?? ''];
      const { stderr } = await promisify(execFile)('/usr/bin/python3', args);
      expect(stderr).not.toContain('Traceback');
    },
    60_000,
  );
});
