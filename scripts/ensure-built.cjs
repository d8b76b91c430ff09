/**
 * Makes `npm start` and `npm test` work on a fresh clone: installs packages when they are missing or older
 * than package-lock.json, and compiles when dist/ is older than src/. Plain Node, no packages, any platform.
 */
'use strict';
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const OLDEST_NODE = 20;
const root = path.join(__dirname, '..');
const inRoot = (...parts) => path.join(root, ...parts);
const BUILD_MARK = inRoot('dist', '.built');

function fail(message) {
  console.error(`odradek: ${message}`);
  process.exit(1);
}

function modifiedMs(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Directories count too: theirs is the change when a file was removed. */
function newestMs(file) {
  const status = fs.statSync(file, { throwIfNoEntry: false });
  if (!status) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  const entries = fs.readdirSync(file).map((name) => newestMs(path.join(file, name)));
  return Math.max(status.mtimeMs, ...entries);
}

/** Runs a command quietly; what it printed is shown only if it fails. */
function run(title, command, args, options = {}) {
  console.error(`odradek: ${title}`);
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (result.error) fail(`${command} cannot be run: ${result.error.message}`);
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout}${result.stderr}`);
  fail(`${title.split(' (')[0]} failed, see above`);
}

function install() {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const title = 'installing packages (npm ci)';
  if (npm?.endsWith('.js')) run(title, process.execPath, [npm, ...args]);
  else run(title, 'npm', args, { shell: process.platform === 'win32' });
}

/** What an earlier build made of a source file that is no more. */
function removeStale(outDirectory, sourceDirectory) {
  for (const entry of fs.readdirSync(outDirectory, { withFileTypes: true })) {
    const out = path.join(outDirectory, entry.name);
    const source = path.join(sourceDirectory, entry.name);
    if (entry.isDirectory()) {
      if (fs.existsSync(source)) removeStale(out, source);
      else fs.rmSync(out, { recursive: true });
    } else if (/\.(js|d\.ts)$/.test(entry.name)) {
      if (!fs.existsSync(source.replace(/\.(js|d\.ts)$/, '.ts'))) fs.rmSync(out);
    }
  }
}

function build() {
  const compiler = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  run('compiling (npm run build)', process.execPath, [compiler, '-p', 'tsconfig.json']);
  removeStale(inRoot('dist'), inRoot('src'));
  run('bundling', process.execPath, [inRoot('scripts', 'bundle.cjs')]);
  fs.writeFileSync(BUILD_MARK, '');
}

const nodeVersion = Number(process.versions.node.split('.')[0]);
if (nodeVersion < OLDEST_NODE) {
  fail(`Node ${OLDEST_NODE} or newer is needed, this is ${process.version}`);
}
// An installed package brings its dist/ and no sources: nothing to do.
if (fs.existsSync(inRoot('src'))) {
  const installedMs = modifiedMs(inRoot('node_modules', '.package-lock.json'));
  if (installedMs < modifiedMs(inRoot('package-lock.json')) || installedMs === 0) install();
  const sources = ['src', 'scripts/bundle.cjs', 'tsconfig.json', 'tsconfig.base.json'].map((name) =>
    newestMs(inRoot(name)),
  );
  if (modifiedMs(BUILD_MARK) < Math.max(...sources)) build();
}
