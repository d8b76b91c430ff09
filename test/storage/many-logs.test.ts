import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { StorageError } from '../../src/storage/types';
import { StorageFixture, aBatch, append, readAll } from '../builders/storage';

let fixture: StorageFixture;
afterEach(() => fixture.end());

test('many logs share bounded memory, and all of them can be read', async () => {
  fixture = new StorageFixture({ cacheBytes: 256 * 1024 });
  const manager = await fixture.start();
  const logs = Array.from({ length: 60 }, (_, partition) =>
    fixture.log(manager, 'topic', partition),
  );
  for (let round = 0; round < 5; round++) {
    for (const log of logs) append(fixture, log, aBatch([`${log.key} ${String(round)}`]));
  }
  for (const log of logs) {
    const values = (await readAll(log)).map(({ value }) => value);
    expect(values).toEqual([0, 1, 2, 3, 4].map((round) => `${log.key} ${String(round)}`));
  }
});

test('snapshots of earlier stops are tidied away', async () => {
  fixture = new StorageFixture();
  const folder = join(fixture.directory, 'topic-0');
  for (let i = 0; i < 4; i++) {
    const manager = await fixture.start();
    append(fixture, fixture.log(manager), aBatch(['a']));
    await manager.stop();
  }
  const snapshots = readdirSync(folder).filter((name) => name.endsWith('.snapshot'));
  expect(snapshots).toEqual(['00000000000000000003.snapshot', '00000000000000000004.snapshot']);
});

test('a folder that appears while the broker runs is not overwritten', async () => {
  fixture = new StorageFixture();
  const manager = await fixture.start();
  const folder = join(fixture.directory, 'topic-0');
  mkdirSync(folder);
  writeFileSync(join(folder, '00000000000000000000.log'), 'precious');
  expect(() => fixture.log(manager)).toThrow(StorageError);
  expect(existsSync(join(folder, '00000000000000000000.log'))).toBe(true);
  expect(manager.offlineDirs).toEqual([]);
});
