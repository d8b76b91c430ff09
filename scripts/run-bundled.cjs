/**
 * Runs a program of the repository that is written in TypeScript: bundles it, and calls its `main(root, arguments)`,
 * whose result, or what that resolves to, is the exit code. The bundle lies in node_modules/.cache, where packages are
 * found and nobody else looks; it is loaded whole when `require` returns, so it need not stay.
 */
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { buildSync } = require('esbuild');

const root = path.join(__dirname, '..');

/** `entry`: from the root. `name`: of its folder in the cache. */
function runBundled(entry, name) {
  const cache = path.join(root, 'node_modules', '.cache', name);
  fs.mkdirSync(cache, { recursive: true });
  const outfile = path.join(cache, `main-${process.pid}.cjs`);
  buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    sourcemap: 'inline',
    outfile,
    logLevel: 'warning',
  });
  process.setSourceMapsEnabled(true);
  try {
    const code = require(outfile).main(root, process.argv.slice(2));
    void Promise.resolve(code).then((settled) => {
      process.exitCode = settled;
    });
  } finally {
    fs.rmSync(outfile, { force: true });
  }
}

module.exports = { runBundled };
