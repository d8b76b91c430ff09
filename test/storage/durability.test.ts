import { deferred } from '../../src/base/deferred';
import type { Log } from '../../src/storage/log';
import type { Durability } from '../../src/storage/types';
import { DeviceFiles, platformOn } from '../builders/device-files';
import { drained } from '../builders/drained';
import { StorageFixture, aBatch, append, readAll, settled } from '../builders/storage';

let device: DeviceFiles;

beforeEach(() => {
  device = new DeviceFiles(['/logs/data']);
});

function fixtureOf(durability: Durability, config = {}): StorageFixture {
  return new StorageFixture({
    values: { 'odradek.durability': durability },
    config,
    root: '/logs',
    platform: platformOn(device),
  });
}

const logSyncs = (): number => device.syncs.filter((each) => /^sync .*\.log$/.test(each)).length;

describe('durability test', () => {
  test('nothing is ever flushed: not by a new log, an epoch, a roll, a checkpoint, compaction or a stop', async () => {
    const fixture = fixtureOf('test', {
      'segment.bytes': 300,
      'flush.messages': 1,
      'flush.ms': 0,
      'cleanup.policy': ['compact'],
      'min.cleanable.dirty.ratio': 0,
    });
    const manager = await fixture.start();
    const log = fixture.log(manager);
    for (let i = 0; i < 12; i++) {
      append(fixture, log, aBatch([{ key: `k${String(i % 2)}`, value: 'v' }]), i);
      await log.written();
    }
    log.updateHighWatermark(12);
    log.nameTopic('AAAAAAAAAAAAAAAAAAAAAQ');
    const before = log.sizeBytes;
    fixture.clock.advance(120_000);
    await settled(() => {
      fixture.clock.endTick(); // The cleaner rests now and then.
      expect(log.sizeBytes).toBeLessThan(before);
    });
    await log.flush();
    manager.checkpointHighWatermarks();
    await manager.stop();
    expect(device.syncs).toEqual([]);
    expect(device.paths().filter((path) => path.endsWith('.kafka_cleanshutdown'))).toHaveLength(1);
    const next = await fixture.start();
    expect((await readAll(fixture.log(next))).length).toBeGreaterThan(0);
    fixture.end();
  });
});

describe('durability strict', () => {
  test('one fdatasync serves all that came in while another was under way', async () => {
    const fixture = fixtureOf('strict');
    const log = fixture.log(await fixture.start());
    append(fixture, log, aBatch(['first']));
    await log.durable();
    const before = logSyncs();
    const gate = deferred<void>();
    device.beforeSync = () => gate.promise;
    append(fixture, log, aBatch(['second']));
    for (let i = 0; i < 10; i++) {
      append(fixture, log, aBatch([`later ${String(i)}`]));
      await drained();
    }
    const waiting = Array.from({ length: 10 }, () => log.durable());
    expect([log.writtenEndOffset, log.durableEndOffset]).toEqual([12, 1]);
    await log.written();
    gate.resolve();
    await Promise.all(waiting);
    expect(log.durableEndOffset).toBe(12);
    expect(logSyncs() - before).toBe(2);
    fixture.end();
  });

  test('who waits hears of it after the sync, and an idle log costs nothing', async () => {
    const fixture = fixtureOf('strict');
    const log = fixture.log(await fixture.start());
    const seen: number[] = [];
    log.onDurable = () => void seen.push(log.durableEndOffset);
    append(fixture, log, aBatch(['a', 'b']));
    await log.durable();
    expect(seen).toEqual([2]);
    const count = device.syncs.length;
    fixture.clock.advance(10_000);
    await drained();
    expect(device.syncs).toHaveLength(count);
    fixture.end();
  });

  test.each`
    what                                      | cut
    ${'the rest of a log cut while it syncs'} | ${(log: Log) => log.truncateTo(2)}
    ${'a log that begins anew'}               | ${(log: Log) => log.truncateFullyAndStartAt(7)}
  `('$what is durable in the end', async ({ cut }: { cut: (log: Log) => void }) => {
    const fixture = fixtureOf('strict');
    const log = fixture.log(await fixture.start());
    const gate = deferred<void>();
    device.beforeSync = () => gate.promise;
    for (const value of ['a', 'b', 'c']) append(fixture, log, aBatch([value]));
    const waiting = log.durable();
    await drained();
    cut(log);
    gate.resolve();
    await waiting;
    await settled(() => expect(log.durableEndOffset).toBe(log.logEndOffset));
    fixture.end();
  });

  test('what a killed process had written is synced by the next one before it counts', async () => {
    const fixture = fixtureOf('strict');
    const manager = await fixture.start();
    const gate = deferred<void>();
    device.beforeSync = () => gate.promise;
    append(fixture, fixture.log(manager), aBatch(['a']));
    manager.abandon();
    device.releaseLocks();
    const log = fixture.log(await fixture.start());
    expect([log.logEndOffset, log.durableEndOffset]).toEqual([1, 0]);
    gate.resolve();
    await log.durable();
    device.cutPower();
    const again = fixture.log(await fixture.start());
    expect(await readAll(again)).toMatchObject([{ value: 'a' }]);
    fixture.end();
  });
});

test('a failed sync takes the directory offline, and what waits for it hears so', async () => {
  const fixture = fixtureOf('strict');
  const log = fixture.log(await fixture.start());
  device.beforeSync = () => {
    device.cutPower();
    return undefined;
  };
  append(fixture, log, aBatch(['a']));
  await expect(log.durable()).rejects.toThrow('offline');
  expect(log.isOffline).toBe(true);
  fixture.end();
});
