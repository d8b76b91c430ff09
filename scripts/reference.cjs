/** `npm run docs:reference`: writes docs/reference from the program's own tables. */
'use strict';
const { runBundled } = require('./run-bundled.cjs');

runBundled('scripts/reference/main.ts', 'odradek-reference');
