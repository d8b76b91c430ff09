import type { Files } from '../../../src/platform/ports';
import { World } from '../kernel/world';
import { EPOCH_MS, MachineClock } from '../machine/clock';
import { Machine } from '../machine/machine';
import { SimulatedDisk } from './disk';

const LOG = '/data/t-0/00000000000000000000.log';

let world: World;
let machine: Machine;
let disk: SimulatedDisk;

function start(seed: string): void {
  world = new World(seed);
  machine = new Machine(world, 'broker1');
  disk = new SimulatedDisk(machine, new MachineClock(machine), ['/data/t-0']);
}

beforeEach(() => start('seed'));

function write(text: string, position = 0, path = LOG): void {
  const file = disk.files.openSync(path, 'create');
  file.writeSync([Buffer.from(text)], position);
  file.closeSync();
}

function syncAll(path = LOG): void {
  const file = disk.files.openSync(path, 'update');
  file.syncSync();
  file.closeSync();
  disk.files.syncDirectorySync('/data/t-0');
}

const content = (path = LOG): string | undefined => disk.files.readFileSync(path)?.toString();

/** The outcome of what runs in the background, after simulated time. */
async function outcome<T>(operation: Promise<T>): Promise<T | string | undefined> {
  let seen: T | string | undefined;
  operation.then(
    (value) => (seen = value),
    (error: unknown) => (seen = (error as Error).message),
  );
  await world.runUntil(world.nowMs + 10_000);
  return seen;
}

function reboot(death: 'killed' | 'powerCut'): void {
  machine.die(death);
  machine.boot();
}

describe('what is left', () => {
  test('of a killed process: all that it had written, and its locks are free', () => {
    write('abc');
    expect(disk.files.lockSync('/data/.lock')).toBeDefined();
    expect(disk.files.lockSync('/data/.lock')).toBeUndefined();
    reboot('killed');
    expect(content()).toBe('abc');
    expect(disk.files.lockSync('/data/.lock')).toBeDefined();
  });

  test('after a power cut: all that was synced, and of the rest a beginning or zeros', () => {
    const left = new Set<string | undefined>();
    for (let i = 0; i < 200; i++) {
      start(`seed ${String(i)}`);
      write('abc');
      syncAll();
      write('def', 3);
      write('ghi', 6);
      reboot('powerCut');
      left.add(content());
    }
    const beginnings = ['abc', 'abcd', 'abcde', 'abcdef', 'abcdefg', 'abcdefgh', 'abcdefghi'];
    expect(left).toEqual(new Set(['abc\0\0\0', ...beginnings, 'abcdef\0\0\0']));
  });

  test('after a power cut of a machine whose process had been killed', () => {
    const sizes = new Set<number | undefined>();
    for (let i = 0; i < 50; i++) {
      start(`seed ${String(i)}`);
      write('abc');
      machine.die('killed');
      reboot('powerCut');
      sizes.add(content()?.length);
    }
    expect(sizes.has(undefined)).toBe(true);
    expect(sizes.has(3)).toBe(true);
  });

  test('names that were not synced may be gone, in the order in which they were made', () => {
    const left = new Set<string>();
    for (let i = 0; i < 60; i++) {
      start(`seed ${String(i)}`);
      write('a', 0, '/data/t-0/a');
      syncAll('/data/t-0/a');
      disk.files.renameSync('/data/t-0/a', '/data/t-0/b');
      disk.files.makeDirectorySync('/data/t-1');
      disk.files.removeSync('/data/t-0');
      reboot('powerCut');
      left.add(
        disk.files
          .listSync('/data')
          .map(({ name }) => name)
          .toSorted()
          .join() + (content('/data/t-0/b') ?? ''),
      );
    }
    expect(left).toEqual(new Set(['t-0', 't-0,t-1', 't-0,t-1a', 't-0a', 't-1']));
  });

  test('of a removal in the background that a crash ends: some of the files', async () => {
    const counts = new Set<number>();
    for (let i = 0; i < 40; i++) {
      start(`seed ${String(i)}`);
      for (const name of ['a', 'b', 'c', 'd']) write(name, 0, `/data/t-0/${name}`);
      void disk.files.remove('/data/t-0');
      await world.runUntil(0.2 * (i % 5));
      reboot('killed');
      counts.add(disk.files.statSync('/data/t-0') ? disk.files.listSync('/data/t-0').length : -1);
    }
    expect(counts.has(4)).toBe(true);
    expect([...counts].some((count) => count > 0 && count < 4)).toBe(true);
  });
});

describe('processes', () => {
  test('what an earlier one had open fails, and what it waited for never comes', async () => {
    const { files } = disk;
    const file = files.openSync(LOG, 'create');
    const waiting = [file.write(Buffer.from('x'), 0), file.sync(), files.syncDirectory('/data')];
    const settled: string[] = [];
    for (const each of waiting) {
      each.then(
        () => settled.push('done'),
        () => settled.push('failed'),
      );
    }
    reboot('killed');
    await world.runUntil(1000);
    expect(settled).toEqual([]);
    expect(() => file.writeSync([Buffer.from('x')], 0)).toThrow('ESTALE');
    expect(() => files.statSync(LOG)).toThrow('ESTALE');
    expect(disk.files.statSync('/data')).toBeDefined();
  });

  test('a closed file and one that was opened for reading refuse what they are not for', () => {
    write('abc');
    const file = disk.files.openSync(LOG, 'read');
    expect(() => file.writeSync([Buffer.from('x')], 0)).toThrow('EBADF');
    file.closeSync();
    expect(() => file.size()).toThrow('EBADF');
  });
});

describe('background operations', () => {
  test('take simulated time, and more on a slow disk', async () => {
    const file = disk.files.openSync(LOG, 'create');
    let doneMs = 0;
    const run = async (): Promise<number> => {
      const fromMs = world.nowMs;
      void file.sync().then(() => (doneMs = world.nowMs));
      await world.runUntil(fromMs + 5000);
      return doneMs - fromMs;
    };
    const usual = await run();
    expect(usual).toBeGreaterThan(0);
    disk.slow({ addMs: 500 });
    expect(await run()).toBeGreaterThan(500);
    disk.slow();
    expect(await run()).toBeLessThan(500);
  });

  test('a sync covers what was written before it was asked for', async () => {
    const left = new Set<string | undefined>();
    for (let i = 0; i < 120; i++) {
      start(`seed ${String(i)}`);
      write('');
      disk.files.syncDirectorySync('/data/t-0');
      const file = disk.files.openSync(LOG, 'update');
      file.writeSync([Buffer.from('ab')], 0);
      const sync = file.sync();
      file.writeSync([Buffer.from('cd')], 2);
      await outcome(sync);
      reboot('powerCut');
      left.add(content());
    }
    expect(left).toEqual(new Set(['ab', 'ab\0\0', 'abc', 'abcd']));
  });

  test('read and write', async () => {
    const file = disk.files.openSync(LOG, 'create');
    await outcome(file.write(Buffer.from('hello'), 0));
    const target = Buffer.alloc(8, '.');
    expect(await outcome(file.read(target, 1, 7, 2))).toBe(3);
    expect(target.toString()).toBe('.llo....');
    expect(await outcome(disk.files.remove('/data/t-0').then(() => 'removed'))).toBe('removed');
    expect(disk.files.listSync('/data')).toEqual([]);
  });
});

describe('faults', () => {
  test('EIO below a path, until healed', async () => {
    write('abc');
    write('abc', 0, '/other');
    const file = disk.files.openSync(LOG, 'update');
    disk.failIo('EIO', '/data');
    expect(() => file.writeSync([Buffer.from('x')], 3)).toThrow(`write ${LOG}: EIO`);
    expect(() => content()).toThrow('EIO');
    expect(await outcome(file.sync())).toContain('EIO');
    expect(await outcome(file.write(Buffer.from('x'), 3))).toContain('EIO');
    expect(content('/other')).toBe('abc');
    disk.healIo();
    expect(content()).toBe('abc');
  });

  test.each`
    fault                                          | fails
    ${{ operations: ['write', 'sync'] }}           | ${['write', 'write', 'sync', 'sync']}
    ${{ operations: ['write'], times: 1 }}         | ${['write']}
    ${{ operations: ['sync'], times: 1 }}          | ${['sync']}
    ${{ times: 2 }}                                | ${['read', 'write']}
    ${{ isMeant: (path: string) => path === '/' }} | ${[]}
  `('$fault', ({ fault, fails }: { fault: object; fails: string[] }) => {
    write('abc');
    const file = disk.files.openSync(LOG, 'update');
    disk.fail(fault);
    const failed: string[] = [];
    const attempt = (name: string, operation: () => unknown): void => {
      try {
        operation();
      } catch {
        failed.push(name);
      }
    };
    for (let i = 0; i < 2; i++) {
      attempt('read', () => file.readSync(Buffer.alloc(1), 0, 1, 0));
      attempt('write', () => file.writeSync([Buffer.from('d')], 3));
      attempt('sync', () => file.syncSync());
    }
    expect(failed.toSorted()).toEqual(fails.toSorted());
  });

  test('a full disk takes what it has room for, and what is removed gives room back', async () => {
    write('0123456789', 0, '/data/old');
    write('abc');
    expect(await outcome(disk.files.diskSpace('/data').then(String))).toBe('undefined');
    disk.fill(2);
    const room = await outcome(disk.files.diskSpace('/data'));
    expect(room).toEqual({ totalBytes: expect.any(Number) as number, usableBytes: 2 });
    expect(await outcome(disk.files.diskSpace('/none'))).toMatch(/ENOENT/);
    expect(() => write('defgh', 3)).toThrow(`write ${LOG}: ENOSPC`);
    expect(content()).toBe('abcde');
    write('ABCDE'); // Nothing grows.
    expect(() => write('', 0, '/data/new')).toThrow('ENOSPC');
    expect(() => disk.files.replaceFileSync('/data/checkpoint', Buffer.from('x'))).toThrow(
      'ENOSPC',
    );
    disk.files.removeSync('/data/old');
    write('fgh', 5);
    expect(content()).toBe('ABCDEfgh');
    disk.unfill();
    write('x'.repeat(1000));
    expect(content()).toHaveLength(1000);
  });

  test('a flipped bit is in a file of the kind that is meant, and a power cut does not mend it', () => {
    write('aaaa');
    write('aaaa', 0, '/data/t-0/0.index');
    syncAll();
    const flipped = disk.flipBit((path) => path.endsWith('.log'));
    expect(flipped).toMatch(/^\/data\/t-0\/0+\.log byte [0-3] bit [0-7]$/);
    expect(content('/data/t-0/0.index')).toBe('aaaa');
    const damaged = content();
    expect(damaged).not.toBe('aaaa');
    reboot('powerCut');
    expect(content()).toBe(damaged);
    expect(disk.flipBit((path) => path.endsWith('.snapshot'))).toBeUndefined();
  });
});

test('the trace tells what a power cut has taken away', () => {
  const lines: string[] = [];
  for (let i = 0; i < 20; i++) {
    start(`seed ${String(i)}`);
    write('abc');
    reboot('powerCut');
    lines.push(...world.trace.lines());
  }
  expect(lines).toHaveLength(20);
  expect(lines).toContain('   0.0000 broker1    what was not synced is lost renamings=1 cut=[]');
  const toNothing = `renamings=0 cut=["${LOG} from 3 to 0 bytes"]`;
  expect(lines.some((line) => line.endsWith(toNothing))).toBe(true);
});

test('files have the time of the wall clock of their machine', () => {
  const clock = new MachineClock(machine);
  clock.jump(5000);
  disk = new SimulatedDisk(machine, clock, ['/data/t-0']);
  write('a');
  expect(disk.files.statSync(LOG)?.modifiedMs).toBe(EPOCH_MS + 5000);
  disk.files.setModifiedSync(LOG, 7);
  expect(disk.files.statSync(LOG)).toEqual({ size: 1, modifiedMs: 7, isDirectory: false });
});

test('the same seed leaves the same files', async () => {
  const leaves = async (): Promise<string> => {
    start('one');
    const file: ReturnType<Files['openSync']> = disk.files.openSync(LOG, 'create');
    disk.files.syncDirectorySync('/data/t-0');
    const done: string[] = [];
    for (let i = 0; i < 50; i++) {
      file.writeSync([machine.random.bytes(20)], i * 20);
      void file.sync().then(() => done.push(`${String(i)} at ${String(world.nowMs)}`));
      await world.runUntil(world.nowMs + 1);
    }
    reboot('powerCut');
    return `${done.join()} ${disk.files.readFileSync(LOG)?.toString('hex') ?? ''}`;
  };
  expect(await leaves()).toBe(await leaves());
});
