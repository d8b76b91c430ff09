import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { ProtocolError } from '../../src/protocol/errors';
import { StorageError } from '../../src/storage/types';
import { FaultyFiles } from '../builders/faulty-files';
import {
  SOME_TIME,
  StorageFixture,
  aBatch,
  append,
  readAll,
  settled,
  summary,
} from '../builders/storage';
import type { StorageOptions } from '../builders/storage';

let fixture: StorageFixture;
let faulty: FaultyFiles;

function use(options: StorageOptions = {}): void {
  faulty = new FaultyFiles();
  fixture = new StorageFixture({ ...options, platform: { files: faulty.files } });
}
afterEach(() => fixture.end());

const TOPIC_ID = '5vrEMdaDQ1CUeoZ3Uz6fyA';

describe('making logs', () => {
  test('a new log has its topic id on disk before its first record', async () => {
    use();
    const manager = await fixture.start();
    const creation = { topicId: TOPIC_ID, isNew: true, config: fixture.config() };
    const log = manager.getOrCreate({ topic: 'a.b-c', partition: 3 }, creation);
    expect(log).toMatchObject({ topic: 'a.b-c', partition: 3, key: 'a.b-c-3', topicId: TOPIC_ID });
    const folder = join(fixture.directory, 'a.b-c-3');
    expect(readFileSync(join(folder, 'partition.metadata'), 'utf8')).toBe(
      `version: 0\ntopic_id: ${TOPIC_ID}`,
    );
    expect(manager.getOrCreate({ topic: 'a.b-c', partition: 3 }, creation)).toBe(log);
    await manager.stop();
    const again = await fixture.start();
    expect(again.get({ topic: 'a.b-c', partition: 3 })?.topicId).toBe(TOPIC_ID);
    expect([...again.all()]).toHaveLength(1);
  });

  test('the files of a new log come when they are needed, and all are there after an orderly stop', async () => {
    use();
    const manager = await fixture.start();
    const log = fixture.log(manager);
    expect(readdirSync(log.folder)).toEqual(['00000000000000000000.log']);
    await manager.stop();
    expect(readdirSync(log.folder).sort()).toEqual([
      '00000000000000000000.index',
      '00000000000000000000.log',
      '00000000000000000000.timeindex',
    ]);
  });

  test('a log without a topic id gets it later', async () => {
    use();
    const manager = await fixture.start();
    const log = fixture.log(manager);
    expect(log.topicId).toBeUndefined();
    manager.getOrCreate(log, { topicId: TOPIC_ID, isNew: false, config: fixture.config() });
    expect(log.topicId).toBe(TOPIC_ID);
    expect(existsSync(join(log.folder, 'partition.metadata'))).toBe(true);
  });

  test('goes to the directory with the fewest logs', async () => {
    use({ logDirs: ['a', 'b', 'c'] });
    const manager = await fixture.start();
    for (let partition = 0; partition < 7; partition++) fixture.log(manager, 'topic', partition);
    const counts = fixture.logDirs.map(
      (directory) => readdirSync(directory).filter((name) => name.startsWith('topic')).length,
    );
    expect(counts.sort((a, b) => a - b)).toEqual([2, 2, 3]);
    expect(manager.liveDirs).toEqual(fixture.logDirs);
  });

  test('new settings of a topic are in force for all its logs', async () => {
    use();
    const manager = await fixture.start();
    const log = fixture.log(manager);
    const other = fixture.log(manager, 'other');
    manager.updateTopicConfig('topic', fixture.config({ 'max.message.bytes': 10 }));
    expect(() => append(fixture, log, aBatch(['a']))).toThrow(ProtocolError);
    append(fixture, other, aBatch(['a']));
  });
});

test('the room on a disk is asked for once at a time, however many want to know', async () => {
  use();
  const [directory] = (await fixture.start()).directories;
  const asked = (): number =>
    faulty.operations.filter((each) => each === `diskSpace ${fixture.directory}`).length;
  const answers = await Promise.all([directory?.diskSpace(), directory?.diskSpace()]);
  expect(answers[0]?.totalBytes).toBeGreaterThan(0);
  expect(answers[1]).toBe(answers[0]);
  expect(asked()).toBe(1);
  await directory?.diskSpace();
  expect(asked()).toBe(2);
});

describe('deleting logs', () => {
  test('frees the name at once and the disk after a delay', async () => {
    use();
    const manager = await fixture.start();
    const log = fixture.log(manager);
    append(fixture, log, aBatch(['a', 'b']));
    const read = await log.read({ offset: 0, maxBytes: 1000, upTo: 2, minOneBatch: true });
    manager.deleteAsync(log);
    expect(manager.get(log)).toBeUndefined();
    const [leftover] = readdirSync(fixture.directory).filter((name) => name.endsWith('-delete'));
    expect(leftover).toMatch(/^topic-0\.[0-9a-f]{32}-delete$/);
    expect(() => log.appendAsLeader(aBatch(['c']), { leaderEpoch: 0, origin: 'client' })).toThrow(
      StorageError,
    );
    await expect(log.written()).rejects.toThrow(StorageError);
    expect(read.sizeBytes).toBeGreaterThan(0);
    read.release();
    const successor = fixture.log(manager);
    expect(successor.logEndOffset).toBe(0);
    append(fixture, successor, aBatch(['new']));
    fixture.clock.advance(60_000);
    await settled(() => expect(existsSync(join(fixture.directory, String(leftover)))).toBe(false));
    expect(await readAll(successor)).toHaveLength(1);
  });

  test('goes on after a restart', async () => {
    use();
    const manager = await fixture.start();
    const log = fixture.log(manager);
    manager.deleteAsync(log);
    await manager.stop();
    fixture.clock.advance(1e6);
    expect(readdirSync(fixture.directory).some((name) => name.endsWith('-delete'))).toBe(true);
    await fixture.start();
    fixture.clock.advance(60_000);
    await settled(() =>
      expect(readdirSync(fixture.directory).some((name) => name.endsWith('-delete'))).toBe(false),
    );
  });

  test('makes the checkpoints forget it, so that its successor is not mistaken for it', async () => {
    use();
    const manager = await fixture.start();
    const log = fixture.log(manager);
    append(fixture, log, aBatch(['a', 'b', 'c']));
    log.updateHighWatermark(3);
    log.raiseLogStart(2);
    fixture.clock.advance(30_000);
    manager.checkpointHighWatermarks();
    const files = ['recovery-point', 'log-start', 'replication'].map((name) =>
      join(fixture.directory, `${name}-offset-checkpoint`),
    );
    await settled(() =>
      expect(files.map((path) => readFileSync(path, 'utf8').includes('topic 0'))).toEqual([
        true,
        true,
        true,
      ]),
    );
    manager.deleteAsync(log);
    await settled(() =>
      expect(files.map((path) => readFileSync(path, 'utf8'))).toEqual([
        '0\n0\n',
        '0\n0\n',
        '0\n0\n',
      ]),
    );
  });
});

describe('a start', () => {
  test('is refused while another broker has the directory', async () => {
    use();
    const manager = await fixture.start();
    await expect(fixture.start()).rejects.toThrow(/in use by another broker/);
    await manager.stop();
    await fixture.start();
  });

  test('is refused if a log is in two directories', async () => {
    use({ logDirs: ['a', 'b'] });
    const manager = await fixture.start();
    fixture.log(manager);
    await manager.stop();
    for (const directory of fixture.logDirs)
      mkdirSync(join(directory, 'topic-0'), { recursive: true });
    await expect(fixture.start()).rejects.toThrow(/topic-0 is in two log directories/);
  });

  test('is refused if a folder is no log', async () => {
    use();
    mkdirSync(join(fixture.directory, 'lost+found'), { recursive: true });
    await expect(fixture.start()).rejects.toMatchObject({
      message: 'None of the log directories can be used',
      cause: expect.objectContaining({
        message: expect.stringContaining("'lost+found' is not the log of any partition") as string,
      }) as Error,
    });
  });

  test('leaves logs alone that are being moved here or were set aside', async () => {
    use();
    const names = ['future', 'stray'].map((kind) => `t-0.${'ab'.repeat(16)}-${kind}`);
    for (const name of names) mkdirSync(join(fixture.directory, name), { recursive: true });
    const manager = await fixture.start();
    expect([...manager.all()]).toEqual([]);
    expect(names.every((name) => existsSync(join(fixture.directory, name)))).toBe(true);
  });

  test('loads several logs at a time from several directories', async () => {
    use({ logDirs: ['a', 'b'], values: { 'num.recovery.threads.per.data.dir': 4 } });
    const manager = await fixture.start();
    for (let partition = 0; partition < 20; partition++)
      append(fixture, fixture.log(manager, 'topic', partition), aBatch(['a']));
    manager.abandon();
    const again = await fixture.start();
    expect([...again.all()].map((log) => log.logEndOffset)).toEqual(
      Array.from({ length: 20 }, () => 1),
    );
  });
});

describe('a failing directory', () => {
  const inA =
    (operation: string) =>
    (name: string, path: string): boolean =>
      name === operation && path.includes('/a/');

  async function twoLogs(timestamp = SOME_TIME) {
    use({ logDirs: ['a', 'b'] });
    const manager = await fixture.start();
    const logs = [fixture.log(manager, 'topic', 0), fixture.log(manager, 'topic', 1)];
    const inFirst = logs.find((log) => log.directory === fixture.logDirs[0]);
    const inSecond = logs.find((log) => log.directory === fixture.logDirs[1]);
    if (!inFirst || !inSecond) throw new Error('the logs are not spread');
    for (const log of logs) append(fixture, log, aBatch([{ value: 'a', timestamp }]));
    const listener = jest.fn();
    manager.onDirFailure(listener);
    return { manager, inFirst, inSecond, listener };
  }

  test('goes offline with its logs when a write fails; the others go on', async () => {
    const { manager, inFirst, inSecond, listener } = await twoLogs();
    const onWritten = jest.fn();
    inFirst.onWritten = onWritten;
    faulty.fault = inA('writeSync');
    inFirst.appendAsLeader(aBatch(['b']), { leaderEpoch: 0, origin: 'client' });
    const written = inFirst.written();
    fixture.clock.endTick();
    await expect(written).rejects.toThrow(StorageError);
    expect(onWritten).not.toHaveBeenCalled();
    expect(listener.mock.calls).toEqual([[fixture.logDirs[0], [inFirst.key]]]);
    expect([manager.liveDirs, manager.offlineDirs]).toEqual([
      [fixture.logDirs[1]],
      [fixture.logDirs[0]],
    ]);
    expect(inFirst.isOffline).toBe(true);
    for (const run of [
      () => inFirst.appendAsLeader(aBatch(['c']), { leaderEpoch: 0, origin: 'client' }),
      () => inFirst.appendAsFollower(aBatch(['c'], { baseOffset: 9 })),
      () => inFirst.read({ offset: 0, maxBytes: 1, upTo: 1, minOneBatch: true }),
      () => inFirst.truncateTo(0),
      () => inFirst.assignEpochStart(9, 9),
    ]) {
      expect(run).toThrow(expect.objectContaining({ errorName: 'KAFKA_STORAGE_ERROR' }));
    }
    append(fixture, inSecond, aBatch(['b']));
    expect(await readAll(inSecond)).toHaveLength(2);
    expect(() =>
      manager.getOrCreate(
        { topic: 'x', partition: 0 },
        { topicId: undefined, isNew: false, config: fixture.config() },
      ),
    ).toThrow(StorageError);
    expect(fixture.log(manager, 'x').directory).toBe(fixture.logDirs[1]);
    await manager.stop();
    const hasMarker = fixture.logDirs.map((directory) =>
      existsSync(join(directory, '.kafka_cleanshutdown')),
    );
    expect(hasMarker).toEqual([false, true]);
  });

  test('is recovered at the next start', async () => {
    const { manager, inFirst } = await twoLogs();
    faulty.fault = inA('writeSync');
    inFirst.appendAsLeader(aBatch(['b']), { leaderEpoch: 0, origin: 'client' });
    fixture.clock.endTick();
    await manager.stop();
    faulty.fault = () => false;
    const again = await fixture.start();
    expect(summary(again.get(inFirst)).logEndOffset).toBe(1);
  });

  test('lets go of a directory whose lock cannot be removed', async () => {
    const { manager } = await twoLogs();
    faulty.fault = inA('release');
    await expect(manager.stop()).resolves.toBeUndefined();
  });

  test('goes offline when a flush fails in the background', async () => {
    const { inFirst, listener } = await twoLogs();
    faulty.fault = inA('sync');
    await expect(inFirst.flush()).rejects.toThrow(StorageError);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('goes offline when a read of the file fails', async () => {
    const { manager, inFirst, listener } = await twoLogs();
    await manager.stop();
    const again = await fixture.start();
    again.onDirFailure(listener);
    faulty.fault = inA('read');
    const read = again.get(inFirst)?.read({ offset: 0, maxBytes: 1, upTo: 1, minOneBatch: true });
    await expect(read).rejects.toThrow(StorageError);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('is passed over when a log is made', async () => {
    const { manager } = await twoLogs();
    faulty.fault = inA('makeDirectorySync');
    for (let partition = 2; partition < 6; partition++) {
      expect(fixture.log(manager, 'topic', partition).directory).toBe(fixture.logDirs[1]);
    }
    expect(manager.offlineDirs).toEqual([fixture.logDirs[0]]);
  });

  test('is offline from the start if it cannot be read', async () => {
    const { manager } = await twoLogs();
    await manager.stop();
    faulty.fault = (operation, path) => operation === 'listSync' && path.endsWith('/a');
    const again = await fixture.start();
    expect([...again.all()]).toHaveLength(1);
    expect(again.offlineDirs).toEqual([fixture.logDirs[0]]);
  });

  test('is offline from the start, with all its logs, if one of them cannot be loaded', async () => {
    const { manager } = await twoLogs();
    // Three in `a`, of which the last one fails.
    for (let partition = 2; partition < 6; partition++) fixture.log(manager, 'topic', partition);
    const inA = [...manager.all()].filter(({ directory }) => directory === fixture.logDirs[0]);
    expect(inA).toHaveLength(3);
    await manager.stop();
    const bad = inA.at(-1)?.folder ?? '';
    faulty.fault = (operation, path) => operation === 'listSync' && path === bad;
    const again = await fixture.start();
    expect(again.offlineDirs).toEqual([fixture.logDirs[0]]);
    expect([...again.all()].map(({ directory }) => directory)).toEqual([
      fixture.logDirs[1],
      fixture.logDirs[1],
      fixture.logDirs[1],
    ]);
    const creation = { topicId: undefined, isNew: false, config: fixture.config() };
    for (const { topic, partition } of inA) {
      expect(() => again.getOrCreate({ topic, partition }, creation)).toThrow(StorageError);
    }
  });

  test.each`
    operation       | file        | because
    ${'statSync'}   | ${/\.log$/} | ${'retention cannot learn the age of a segment'}
    ${'openSync'}   | ${/\.tmp$/} | ${'a checkpoint cannot be made'}
    ${'writeSync'}  | ${/\.tmp$/} | ${'a checkpoint cannot be written'}
    ${'sync'}       | ${/\.tmp$/} | ${'a checkpoint does not reach the device'}
    ${'renameSync'} | ${/\.tmp$/} | ${'a checkpoint cannot take its place'}
  `(
    'goes offline when $operation fails in the background: $because',
    async ({ operation, file }: { operation: string; file: RegExp }) => {
      const { manager, inFirst, inSecond } = await twoLogs(-1);
      for (const log of [inFirst, inSecond]) log.updateHighWatermark(1);
      faulty.fault = (each, path) => inA(operation)(each, path) && file.test(path);
      fixture.clock.advance(300_000);
      await settled(() => expect(manager.offlineDirs).toEqual([fixture.logDirs[0]]));
      expect([...manager.all()]).toEqual([inSecond]);
      append(fixture, inSecond, aBatch(['goes on']));
      expect(inSecond.logEndOffset).toBe(2);
    },
  );

  test('does not fail for what a deleted log still had under way', async () => {
    const { manager, inSecond, listener } = await twoLogs();
    await manager.stop();
    const again = await fixture.start();
    again.onDirFailure(listener);
    const log = again.get(inSecond);
    const read = log?.read({ offset: 0, maxBytes: 1, upTo: 1, minOneBatch: true });
    again.deleteAsync(inSecond);
    rmSync(fixture.logDirs[1] ?? '', { recursive: true });
    await Promise.resolve(read).then(
      (done) => done?.release(),
      () => undefined,
    );
    expect(listener).not.toHaveBeenCalled();
  });
});

test('the broker stops if no directory is left', async () => {
  use();
  const manager = await fixture.start();
  const log = fixture.log(manager);
  append(fixture, log, aBatch(['a']));
  faulty.fault = (operation) => operation === 'writeSync';
  log.appendAsLeader(aBatch(['a']), { leaderEpoch: 0, origin: 'client' });
  fixture.clock.endTick();
  expect(manager.liveDirs).toEqual([]);
  expect(() => fixture.log(manager, 'other')).toThrow(StorageError);
});

test('flush.ms brings records to the device by age', async () => {
  use({
    config: { 'flush.ms': 5000 },
    values: { 'log.flush.scheduler.interval.ms': 1000, 'log.initial.task.delay.ms': 1000 },
  });
  const manager = await fixture.start();
  const log = fixture.log(manager);
  append(fixture, log, aBatch(['a']));
  fixture.clock.advance(1000);
  await Promise.resolve();
  expect(log.recoveryPoint).toBe(0);
  for (let i = 0; i < 10 && log.recoveryPoint === 0; i++) {
    fixture.clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await settled(() => expect(log.recoveryPoint).toBe(1));
});
