import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodePlatform } from '../../src/platform/node';
import type { FileAccess } from '../../src/platform/ports';

const { files } = nodePlatform();
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'odradek-files-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test('a file keeps what is written at each position', () => {
  const file = files.openSync(join(folder, 'a'), 'create');
  file.writeSync([Buffer.from('hello '), Buffer.from('world')], 0);
  file.writeSync([Buffer.from('W')], 6);
  file.truncateSync(8);
  const target = Buffer.alloc(20);
  expect(file.readSync(target, 0, 20, 0)).toBe(8);
  expect(target.toString('utf8', 0, 8)).toBe('hello Wo');
  file.closeSync();
});

test('missing files are answers where the type says so, and errors with a code elsewhere', () => {
  expect(files.statSync(join(folder, 'none'))).toBeUndefined();
  expect(files.readFileSync(join(folder, 'none'))).toBeUndefined();
  expect(() => files.openSync(join(folder, 'none'), 'read')).toThrow(
    expect.objectContaining({ name: 'FileError', code: 'ENOENT' }) as Error,
  );
  expect(() => files.removeSync(join(folder, 'none'))).not.toThrow();
});

test('a replaced file leaves no temporary file behind', () => {
  files.replaceFileSync(join(folder, 'c'), Buffer.from('one'));
  files.replaceFileSync(join(folder, 'c'), Buffer.from('two'));
  expect(files.readFileSync(join(folder, 'c'))?.toString()).toBe('two');
  expect(files.listSync(folder).map((entry) => entry.name)).toEqual(['c']);
});

test.each`
  access         | mode
  ${undefined}   | ${0o644}
  ${'everybody'} | ${0o644}
  ${'owner'}     | ${0o600}
`('a file made for $access has mode $mode', ({ access, mode }) => {
  const path = join(folder, 'd');
  files.replaceFileSync(path, Buffer.from('secret'), access as FileAccess | undefined);
  expect(fs.statSync(path).mode & 0o777).toBe(mode);
});

test('the room on a disk is told of any path on it', async () => {
  const path = join(folder, 'e');
  fs.writeFileSync(path, '');
  const { blocks, bsize } = fs.statfsSync(folder);
  const space = await files.diskSpace(path);
  expect(space?.totalBytes).toBe(blocks * bsize);
  expect(space?.usableBytes).toBeGreaterThan(0);
  expect(space?.usableBytes).toBeLessThanOrEqual(blocks * bsize);
  await expect(files.diskSpace(join(folder, 'none'))).rejects.toMatchObject({
    name: 'FileError',
    code: 'ENOENT',
  });
});

test.each`
  statfs                                                      | space                                                            | because
  ${{ blocks: 0, bavail: 0, bsize: 4096 }}                    | ${undefined}                                                     | ${'a file system without blocks has no room to speak of'}
  ${{ blocks: 2 ** 51, bavail: 100, bsize: 4096 }}            | ${{ totalBytes: Number.MAX_SAFE_INTEGER, usableBytes: 409_600 }} | ${'more than a number can tell is the most that it can'}
  ${Object.assign(new Error('not here'), { code: 'ENOSYS' })} | ${undefined}                                                     | ${'the system does not tell'}
`('a disk that says $statfs has $space because $because', async ({ statfs, space }) => {
  const spy = jest.spyOn(fs.promises, 'statfs');
  if (statfs instanceof Error) spy.mockRejectedValue(statfs);
  else spy.mockResolvedValue(statfs as fs.StatsFs);
  expect(await files.diskSpace(folder)).toEqual(space);
  spy.mockRestore();
});

describe('the lock file', () => {
  test('is held once, even inside one process, and free again after release', () => {
    const path = join(folder, '.lock');
    const lock = files.lockSync(path);
    expect(lock).toBeDefined();
    expect(files.lockSync(path)).toBeUndefined();
    lock?.release();
    files.lockSync(path)?.release();
    expect(lock).toBeDefined();
  });

  test.each`
    content                        | held     | because
    ${''}                          | ${false} | ${'Kafka leaves an empty file'}
    ${'garbage'}                   | ${false} | ${'no process wrote that'}
    ${'999999999 1'}               | ${false} | ${'that process is gone'}
    ${`${String(process.ppid)} 1`} | ${false} | ${'the process id was given to another process since'}
    ${`${String(process.ppid)}`}   | ${true}  | ${'that process lives'}
  `('with "$content" is held: $held because $because', ({ content, held }) => {
    const path = join(folder, '.lock');
    fs.writeFileSync(path, content as string);
    const lock = files.lockSync(path);
    expect(lock === undefined).toBe(held);
    lock?.release();
  });
});
