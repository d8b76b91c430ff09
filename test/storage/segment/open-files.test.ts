import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodePlatform } from '../../../src/platform/node';
import { OpenFiles } from '../../../src/storage/segment/open-files';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-open-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('no more files are open than allowed, and a closed one opens again', () => {
  const openFiles = new OpenFiles(nodePlatform().files, 2);
  const files = ['a', 'b', 'c'].map((name) => openFiles.at(join(folder, name), 'create'));
  for (const [i, file] of files.entries()) file.file.writeSync([Buffer.from(String(i))], 0);
  expect(openFiles.openCount).toBe(2);
  files[0]?.file.writeSync([Buffer.from('again')], 1);
  expect(openFiles.openCount).toBe(2);
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('0again');
  for (const file of files) file.close();
  expect(openFiles.openCount).toBe(0);
});

test('a new file is made when it is needed, and takes the place of one of the same name', () => {
  const openFiles = new OpenFiles(nodePlatform().files);
  const path = join(folder, 'a');
  writeFileSync(path, 'of earlier');
  const file = openFiles.at(path, 'update');
  file.startNew();
  file.rename(join(folder, 'b'));
  expect(existsSync(join(folder, 'b'))).toBe(false);
  file.rename(path);
  file.make();
  expect(readFileSync(path, 'utf8')).toBe('');
  file.file.writeSync([Buffer.from('new')], 0);
  file.close();
  file.make();
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test('a file that is held stays open when it is closed, renamed and removed', async () => {
  const openFiles = new OpenFiles(nodePlatform().files);
  const file = openFiles.at(join(folder, 'a'), 'create');
  file.file.writeSync([Buffer.from('content')], 0);
  const target = Buffer.alloc(7);
  const read = file.hold(async (open) => {
    await Promise.resolve();
    return open.read(target, 0, 7, 0);
  });
  file.rename(join(folder, 'b'));
  file.close();
  rmSync(join(folder, 'b'));
  expect(await read).toBe(7);
  expect(target.toString()).toBe('content');
});
