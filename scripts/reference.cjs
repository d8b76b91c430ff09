/**
 * `npm run docs:reference`: bundles the generators of docs/reference, which are TypeScript and import the program's own
 * tables, and runs them. The file lies in node_modules/.cache, where packages are found and nobody else looks.
 */
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { buildSync } = require('esbuild');

const root = path.join(__dirname, '..');
const cache = path.join(root, 'node_modules', '.cache', 'odradek-reference');
fs.mkdirSync(cache, { recursive: true });
const outfile = path.join(cache, `main-${process.pid}.cjs`);

function run() {
  buildSync({
    absWorkingDir: root,
    entryPoints: ['scripts/reference/main.ts'],
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
    const { main } = require(outfile);
    process.exitCode = main(root, process.argv.slice(2));
  } finally {
    fs.rmSync(outfile, { force: true });
  }
}

run();
