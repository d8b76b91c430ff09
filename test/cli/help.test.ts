import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { odradek } from '../builders/odradek-process';

const MAIN = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

/** Which packages and files a command line loads, told by a process that has just run it. */
function loadedBy(...args: string[]): string[] {
  const script = `
    process.stdout.write = () => true;
    process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache))));
    require(${JSON.stringify(MAIN)}).main(['node', 'odradek', ...${JSON.stringify(args)}]);
  `;
  const errors = execFileSync(
    process.execPath,
    [
      '-e',
      `const { writeSync } = require('node:fs'); console.error = (t) => writeSync(1, t); ${script}`,
    ],
    { encoding: 'utf8' },
  );
  return JSON.parse(errors) as string[];
}

test.each`
  args                             | because
  ${['--help']}                    | ${'the list of commands needs none of them'}
  ${['--version']}                 | ${'so does the version'}
  ${['help', 'consume']}           | ${'help for a command loads its options only'}
  ${['up', '--help']}              | ${'a cluster is loaded when it starts'}
  ${['perf', 'produce', '--help']} | ${'so is what measures'}
  ${['doctor', '--help']}          | ${'so is what looks at a cluster'}
  ${['group', 'reset', '--help']}  | ${'and the client of administrators'}
`('$args loads neither clients nor brokers: $because', ({ args }) => {
  const loaded = loadedBy(...args).join('\n');
  expect(loaded).toContain('commander');
  expect(loaded).not.toMatch(/node_modules.(kafkajs|winston|snappy|node-zookeeper-client|yaml)/);
  expect(loaded).not.toMatch(/dist.(admin|broker|cluster|zookeeper|platform|perf)/);
});

test('help lists all commands', async () => {
  const { code, stdout } = await odradek('--help');
  expect(code).toBe(0);
  for (const name of [
    'up',
    'broker',
    'zookeeper',
    'topic',
    'produce',
    'consume',
    'group',
    'config',
    'cluster',
    'doctor',
    'znode',
    'context',
    'completion',
    'log',
    'perf',
  ]) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
});

test.each`
  args                              | complaint
  ${['nope']}                       | ${/unknown command 'nope'/}
  ${['up', '--nope']}               | ${/unknown option '--nope'/}
  ${['up', '--brokers', '0']}       | ${/A whole number from 1 to 1000 is needed/}
  ${['up', '--base-port', '70000']} | ${/A whole number from 0 to 65535 is needed/}
  ${['up', '--log-level', 'loud']}  | ${/One of fatal, error, warn, info, debug, trace is needed/}
  ${['up', '--set', 'nonsense']}    | ${/key=value is needed/}
  ${['topic', 'create']}            | ${/missing required argument 'topic'/}
  ${['broker']}                     | ${/a properties file is needed, or --env/}
  ${['topic']}                      | ${/Usage: odradek topic/}
  ${['topic', 'list', '-o', 'xml']} | ${/Allowed choices are table, json, yaml/}
`('$args ends as a wrong command line, and says why', async ({ args, complaint }) => {
  const { code, stderr } = await odradek(...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(complaint);
});
