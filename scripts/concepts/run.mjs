/**
 * Plays the scenes of docs/concepts on real brokers and writes what happened into the pages.
 *
 *   npm run concepts                  all pages anew
 *   npm run concepts -- --only isr    one page
 *   npm run concepts -- --check       plays them and fails if a page says something else; times and ids may differ
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { endAll } from '../../bench/processes.mjs';
import { fill, stale } from './pages.mjs';
import { PICTURES } from './pictures.mjs';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const NAMES = ['placement', 'election', 'failover', 'isr', 'survival', 'rebalance'];
const fileOf = (name) => new URL(`../../docs/concepts/${name}`, import.meta.url);
const failures = [];

function takePicture(name, svg) {
  const file = fileOf(`${name}.svg`);
  if (!options.check) writeFileSync(file, svg);
  else if (readFileSync(file, 'utf8') !== svg) failures.push(`${name}.svg is stale`);
}

async function play(name) {
  const { play: scene } = await import(`./scenes/${name}.mjs`);
  const steps = await scene();
  const file = fileOf(`${name}.md`);
  const page = readFileSync(file, 'utf8');
  if (!options.check) return writeFileSync(file, fill(page, steps));
  for (const { name: block, said, happened } of stale(fill(page, steps) && page, steps)) {
    failures.push(`${name}.md, ${block}: the page says\n${said}\nand now it was\n${happened}`);
  }
}

try {
  for (const [name, svg] of PICTURES) takePicture(name, svg);
  for (const name of NAMES.filter((each) => (options.only ?? each) === each)) {
    console.error(`scene: ${name}`);
    await play(name);
  }
} finally {
  await endAll({ forGood: true });
}
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
