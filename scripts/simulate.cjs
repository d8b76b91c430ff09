/** `npm run test:sim`: the runner of the simulation does all of it. */
'use strict';
const { runBundled } = require('./run-bundled.cjs');

runBundled('test/simulation/runner/main.ts', 'odradek-simulation');
