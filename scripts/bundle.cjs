/**
 * Bundles the command line into dist/bundle/odradek.js, and lets a broker run once to its end so that what V8
 * compiled is kept beside it: a start then reads two files instead of three hundred (docs/decisions/0007).
 */
'use strict';
const { createHash } = require('node:crypto');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { buildSync } = require('esbuild');

const root = path.join(__dirname, '..');
const folder = path.join(root, 'dist', 'bundle');
/** Native code, which cannot be bundled, what only some commands load, and a library that is read as text. */
const EXTERNAL = [
  '@node-rs/crc32',
  '@toondepauw/node-zstd',
  'kafkajs',
  'lz4-napi',
  'snappy',
  'uplot',
  'yaml',
];
const WARM_UP_LIMIT_MS = 30_000;

function bundle() {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: EXTERNAL,
    outfile: path.join(folder, 'odradek.js'),
    write: false,
    logLevel: 'warning',
  });
  const [{ text }] = outputFiles;
  const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  // The launcher finds the compiled code that belongs to this text by its id.
  fs.writeFileSync(path.join(folder, 'odradek.js'), `// build ${id}\n${text}`);
}

/** A cluster of one broker, stopped once it serves. That it fails here is no failure of the build. */
function warmUp() {
  const arguments_ = ['up', '--brokers', '1', '--base-port', '0', '--zookeeper-port', '0'];
  const child = spawn(process.execPath, [path.join(root, 'bin', 'odradek'), ...arguments_], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: WARM_UP_LIMIT_MS,
  });
  child.stdout.once('data', () => child.kill('SIGTERM'));
}

bundle();
warmUp();
