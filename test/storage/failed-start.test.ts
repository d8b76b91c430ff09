/** A start that fails must not make the next one believe that there is nothing to recover. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { nodePlatform } from '../../src/platform/node';
import type { LogManager } from '../../src/storage/log-manager';
import { StorageFixture, aBatch, append } from '../builders/storage';

const NAMES = [
  '.kafka_cleanshutdown',
  'recovery-point-offset-checkpoint',
  'replication-offset-checkpoint',
  'log-start-offset-checkpoint',
];

let fixture: StorageFixture;

afterEach(() => fixture.end());

function contents(directory: string): (string | undefined)[] {
  return NAMES.map((name) => {
    const path = join(directory, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  });
}

async function withCheckpoints(logDirs: readonly string[]): Promise<LogManager> {
  fixture = new StorageFixture({ logDirs });
  const manager = await fixture.start();
  for (let partition = 0; partition < logDirs.length; partition++) {
    append(fixture, fixture.log(manager, 'topic', partition), aBatch(['a', 'b']));
  }
  await manager.stop();
  return fixture.start();
}

test('a directory that another broker uses is not touched by the one that finds it in use', async () => {
  await withCheckpoints(['a']);
  const before = contents(fixture.directory);
  expect(before[0]).toBeUndefined();
  const second = fixture.manager();
  await expect(second.start()).rejects.toThrow(/in use by another broker/);
  await second.stop();
  expect(contents(fixture.directory)).toEqual(before);
});

test('a stop before any start leaves the directories as they are', async () => {
  (await withCheckpoints(['a', 'b'])).abandon();
  const before = fixture.logDirs.map(contents);
  await fixture.manager().stop();
  expect(fixture.logDirs.map(contents)).toEqual(before);
});

test('a directory that was opened, but not loaded because of another one, still needs recovery', async () => {
  const running = await withCheckpoints(['a', 'b']);
  const before = fixture.logDirs.map(contents);
  running.abandon();
  const lock = nodePlatform().files.lockSync(join(fixture.logDirs[1] ?? '', '.lock'));
  const second = fixture.manager();
  await expect(second.start()).rejects.toThrow(/in use by another broker/);
  await second.stop();
  lock?.release();
  expect(fixture.logDirs.map(contents)).toEqual(before);
});
