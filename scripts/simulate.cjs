/**
 * `npm run test:sim`: bundles the runner of the simulation, which is TypeScript, and lets it do the rest. The file lies
 * in node_modules/.cache, where packages are found and nobody else looks.
 */
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { buildSync } = require('esbuild');

const root = path.join(__dirname, '..');
const cache = path.join(root, 'node_modules', '.cache', 'odradek-simulation');
fs.mkdirSync(cache, { recursive: true });
const outfile = path.join(cache, `runner-${process.pid}.cjs`);

buildSync({
  absWorkingDir: root,
  entryPoints: ['test/simulation/runner/main.ts'],
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
  // Loaded whole when `require` returns, so the file need not stay.
  const { main } = require(outfile);
  main(root, process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
} finally {
  fs.rmSync(outfile, { force: true });
}
