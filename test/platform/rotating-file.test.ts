import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { RotatingFile } from '../../src/platform/node/log/rotating-file';
import { temporaryFolder } from '../builders/process';

let folder: ReturnType<typeof temporaryFolder>;
let nowMs = 0;
let troubles: string[];

beforeEach(() => {
  folder = temporaryFolder('log');
  nowMs = 0;
  troubles = [];
});
afterEach(() => folder.remove());

const path = (name = 'server.log'): string => join(folder.path, 'logs', name);
const content = (name?: string): string => readFileSync(path(name), 'utf8');

function aFile(limits: { maxBytes?: number; maxFiles?: number } = {}): RotatingFile {
  return new RotatingFile(path(), {
    maxBytes: 1_000,
    maxFiles: 3,
    ...limits,
    onTrouble: (problem) => troubles.push(problem),
    lossLine: (lostLines) => `lost ${String(lostLines)}`,
    nowMs: () => nowMs,
  });
}

function files(): Record<string, string> {
  const names = readdirSync(join(folder.path, 'logs')).sort();
  return Object.fromEntries(names.map((name) => [name, content(name)]));
}

test('lines are in the file at once, in a folder that is made, behind those of before', () => {
  aFile().write('one');
  expect(content()).toBe('one\n');
  aFile().write('two');
  expect(content()).toBe('one\ntwo\n');
});

test('a full file is set aside, and no more files are kept than wanted', () => {
  const file = aFile({ maxBytes: 8 });
  const kept: string[] = [];
  for (const line of ['aaa', 'bbb', 'ccc', 'ddd', 'eee', 'fff', 'ggg']) {
    file.write(line);
    kept.push(Object.keys(files()).join(' '));
  }
  expect(files()).toEqual({
    'server.log': 'ggg\n',
    'server.log.1': 'eee\nfff\n',
    'server.log.2': 'ccc\nddd\n',
  });
  expect(kept[2]).toBe('server.log server.log.1');
});

test.each`
  maxFiles | left
  ${1}     | ${{ 'server.log': 'new line\n' }}
  ${2}     | ${{ 'server.log': 'new line\n', 'server.log.1': 'old line\n' }}
`('with $maxFiles files those of a time with more are removed too', ({ maxFiles, left }) => {
  mkdirSync(join(folder.path, 'logs'));
  for (const name of ['server.log.1', 'server.log.2', 'server.log.7'])
    writeFileSync(path(name), 'x');
  writeFileSync(path(), 'old line\n');
  aFile({ maxFiles: maxFiles as number, maxBytes: 10 }).write('new line');
  expect(files()).toEqual(left);
});

test('a line larger than a file stays whole', () => {
  const file = aFile({ maxBytes: 8 });
  file.write('a'.repeat(20));
  file.write('b');
  expect(files()).toEqual({ 'server.log': 'b\n', 'server.log.1': `${'a'.repeat(20)}\n` });
});

test.each`
  what                                | disturb
  ${'was moved away by somebody'}     | ${() => renameSync(path(), path('elsewhere'))}
  ${'was removed'}                    | ${() => rmSync(path())}
  ${'was removed with its directory'} | ${() => rmSync(join(folder.path, 'logs'), { recursive: true })}
`('a file that $what is made anew', ({ disturb }) => {
  const file = aFile();
  file.write('before');
  (disturb as () => void)();
  nowMs += 2_000;
  file.write('after');
  expect(content()).toBe('after\n');
  expect(troubles).toEqual([]);
});

test('a full disk loses lines, says so once, and the file says how many when there is room', () => {
  mkdirSync(join(folder.path, 'logs'));
  symlinkSync('/dev/full', path());
  const file = aFile();
  for (const line of ['one', 'two']) file.write(line);
  nowMs += 2_000;
  file.write('three');
  expect(troubles).toEqual([expect.stringMatching(/server\.log cannot be written \(ENOSPC\)/)]);
  rmSync(path());
  file.write('four, too early for another try');
  nowMs += 2_000;
  file.write('five');
  expect(content()).toBe('lost 4\nfive\n');
  file.write('six');
  expect(content()).toBe('lost 4\nfive\nsix\n');
});

test('a path that cannot be made is no reason to throw', () => {
  writeFileSync(join(folder.path, 'logs'), 'a file where a directory should be');
  const file = aFile();
  file.write('one');
  expect(troubles).toEqual([expect.stringMatching(/cannot be written \((EEXIST|ENOTDIR)\)/)]);
  rmSync(join(folder.path, 'logs'));
  nowMs += 2_000;
  file.write('two');
  expect(content()).toBe('lost 1\ntwo\n');
});
