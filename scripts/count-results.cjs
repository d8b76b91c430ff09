/**
 * Adds up results and prints one line: `N passed, N failed, N skipped`. Takes the files that `jest --json`
 * wrote, and .txt files with a line `passed NAME`, `failed NAME` or `skipped NAME: REASON` for each check. A file that is
 * missing counts as one failure, and so does a suite that could not run. Ends with 1 if anything failed.
 */
'use strict';
const fs = require('node:fs');

function countChecks(text) {
  const lines = text.split('\n');
  const starting = (word) => lines.filter((line) => line.startsWith(`${word} `));
  const [failed, skipped] = [starting('failed'), starting('skipped')];
  for (const line of [...failed, ...skipped]) console.log(line.replace(' ', ': '));
  return { passed: starting('passed').length, failed: failed.length, skipped: skipped.length };
}

function countJest(text) {
  const result = JSON.parse(text);
  for (const suite of result.testResults) {
    if (suite.status === 'failed') console.log(`failed: ${suite.name}`);
  }
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function count(file) {
  if (!fs.existsSync(file)) {
    console.log(`failed: ${file} was not written`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const text = fs.readFileSync(file, 'utf8');
  return file.endsWith('.txt') ? countChecks(text) : countJest(text);
}

const counts = process.argv.slice(2).map(count);
const total = (kind) => counts.reduce((sum, each) => sum + each[kind], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);
process.exitCode = total('failed') === 0 && total('passed') > 0 ? 0 : 1;
