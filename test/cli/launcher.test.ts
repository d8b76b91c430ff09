/** bin/odradek and the compiled code that it keeps beside the bundle. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../builders/process';

let folder: ReturnType<typeof temporaryFolder>;
const bundleFolder = (): string => join(folder.path, 'dist', 'bundle');

beforeEach(() => {
  folder = temporaryFolder('launcher');
  mkdirSync(join(folder.path, 'bin'));
  mkdirSync(bundleFolder(), { recursive: true });
  copyFileSync(join(__dirname, '../../bin/odradek'), join(folder.path, 'bin', 'odradek'));
});
afterEach(() => folder.remove());

/** A bundle whose command prints `word`; words of one length make bundles of one length. */
function bundle(id: string, word: string): void {
  const source = `exports.main = (argv) => console.log('${word}', argv[2], __filename);`;
  writeFileSync(join(bundleFolder(), 'odradek.js'), `// build ${id}\n${source}`);
}

function run(command = 'broker'): { output: string; errors: string; code: number | null } {
  const launcher = join(folder.path, 'bin', 'odradek');
  const { stdout, stderr, status } = spawnSync(process.execPath, [launcher, command], {
    encoding: 'utf8',
  });
  return { output: stdout, errors: stderr, code: status };
}

const caches = (): string[] => readdirSync(bundleFolder()).filter((name) => name !== 'odradek.js');
const cacheFile = (): string => join(bundleFolder(), caches()[0] ?? '');

test('a broker leaves what was compiled, and later starts use it unchanged', () => {
  bundle('0a1b', 'hello');
  const expected = `hello broker ${join(bundleFolder(), 'odradek.js')}\n`;
  expect(run()).toEqual({ output: expected, errors: '', code: 0 });
  expect(caches()).toEqual([`0a1b-node${process.versions.node}-${process.arch}.v8cache`]);
  const kept = readFileSync(cacheFile());
  expect(run()).toEqual({ output: expected, errors: '', code: 0 });
  expect(readFileSync(cacheFile())).toEqual(kept);
});

test('commands that run little of the code leave nothing', () => {
  bundle('0a1b', 'hello');
  expect(run('--help').code).toBe(0);
  expect(caches()).toEqual([]);
});

test.each([
  ['cut short', (kept: Buffer) => kept.subarray(0, kept.length / 2)],
  ['of other content', () => Buffer.from('not compiled code')],
  ['with a flipped bit', (kept: Buffer) => flipped(kept)],
  ['empty', () => Buffer.alloc(0)],
])('a file %s is refused without a word, and made anew', (_what, damage) => {
  bundle('0a1b', 'hello');
  run();
  const damaged = damage(readFileSync(cacheFile()));
  writeFileSync(cacheFile(), damaged);
  const { output, errors, code } = run();
  expect([output.slice(0, 12), errors, code]).toEqual(['hello broker', '', 0]);
  expect(readFileSync(cacheFile())).not.toEqual(damaged);
});

function flipped(kept: Buffer): Buffer {
  const damaged = Buffer.from(kept);
  const at = damaged.length >> 1;
  damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
  return damaged;
}

test('another bundle of the same length never runs with the code of the one before', () => {
  bundle('0a1b', 'hello');
  run();
  bundle('2c3d', 'world');
  expect(run().output).toMatch(/^world broker/);
  expect(caches()).toHaveLength(2);
});

test('where nothing can be kept, the command works all the same', () => {
  bundle('0a1b', 'hello');
  mkdirSync(join(bundleFolder(), `0a1b-node${process.versions.node}-${process.arch}.v8cache`));
  const { output, errors, code } = run();
  expect([output.slice(0, 12), errors, code]).toEqual(['hello broker', '', 0]);
});

test('without a bundle it says what to do', () => {
  const { errors, code } = run();
  expect(errors).toMatch(/not built yet; run "npm install" and "npm run build" first/);
  expect(code).toBe(1);
});
