import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { configPath, readContexts } from '../../src/cli/contexts';
import { odradekWith } from '../builders/odradek-process';
import { temporaryFolder } from '../builders/process';

let folder: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  folder = temporaryFolder('contexts');
  file = join(folder.path, 'odradek', 'config.yaml');
});
afterEach(() => folder.remove());

const run = (...args: string[]) => odradekWith({ ODRADEK_CONFIG: file }, ...args);

function write(text: string): void {
  mkdirSync(join(folder.path, 'odradek'), { recursive: true });
  writeFileSync(file, text);
}

test.each`
  env                                                | path
  ${{ HOME: '/home/a' }}                             | ${'/home/a/.config/odradek/config.yaml'}
  ${{ HOME: '/home/a', XDG_CONFIG_HOME: '/x' }}      | ${'/x/odradek/config.yaml'}
  ${{ HOME: '/home/a', XDG_CONFIG_HOME: '' }}        | ${'/home/a/.config/odradek/config.yaml'}
  ${{ XDG_CONFIG_HOME: '/x', ODRADEK_CONFIG: '/f' }} | ${'/f'}
`('$env: $path', ({ env, path }) => {
  expect(configPath(env)).toBe(path);
});

test('a file that is not there has no contexts', () => {
  expect(readContexts(file)).toEqual({ path: file, current: undefined, contexts: new Map() });
});

test.each`
  text                                                 | complaint
  ${'contexts: ['}                                     | ${/^not YAML: .*at line 1/}
  ${'- a\n- b\n'}                                      | ${/^the file must hold names and values$/}
  ${'context: {}\n'}                                   | ${/^context is not known; known are current, contexts$/}
  ${'contexts: text\n'}                                | ${/^contexts must hold names and values$/}
  ${'contexts:\n  a: 1\n'}                             | ${/^contexts\.a must hold names and values$/}
  ${'contexts:\n  a:\n    zookeepers: x\n'}            | ${/^contexts\.a\.zookeepers is not known; known are bootstrap-server, zookeeper, properties$/}
  ${'contexts:\n  a:\n    zookeeper: [x]\n'}           | ${/^contexts\.a\.zookeeper must be text$/}
  ${'contexts:\n  a:\n    properties:\n      p: {}\n'} | ${/^contexts\.a\.properties\.p must be text$/}
`('$text: one line that says what and where', async ({ text, complaint }) => {
  write(text);
  const { code, stdout, stderr } = await run('topic', 'list');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.startsWith(`odradek: ${file}: `)).toBe(true);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr.slice(`odradek: ${file}: `.length).trimEnd()).toMatch(complaint as RegExp);
});

test('contexts are made, used, shown, changed and deleted', async () => {
  const prod = ['-b', 'a:9092,b:9092', '-z', 'zk:2181/kafka', '-p', 'sasl.jaas.config=secret'];
  expect(await run('context', 'set', 'prod', ...prod, '-p', 'client.id=me')).toMatchObject({
    code: 0,
    stdout: `context prod is set in ${file}, and in use\n`,
  });
  expect(await run('context', 'set', 'test', '-b', 't:9092')).toMatchObject({ code: 0 });
  expect(statSync(file).mode & 0o077).toBe(0);
  expect((await run('context', 'list')).stdout).toBe(
    [
      'current  context  bootstrapServer  zookeeper',
      '*        prod     a:9092,b:9092    zk:2181/kafka',
      '         test     t:9092           -',
      '',
    ].join('\n'),
  );
  const shown = await run('context', 'show', '--json');
  expect(JSON.parse(shown.stdout)).toEqual({
    name: 'prod',
    current: true,
    bootstrapServer: 'a:9092,b:9092',
    zookeeper: 'zk:2181/kafka',
    properties: { 'sasl.jaas.config': '(hidden)', 'client.id': 'me' },
  });
  expect((await run('context', 'use', 'test')).stdout).toBe('context test is in use\n');
  expect((await run('context', 'show')).stdout).toMatch(/^name: test$/m);
  await run('context', 'set', 'prod', '--unset-property', 'client.id', '-z', 'zk2:2181');
  expect(readContexts(file).contexts.get('prod')).toEqual({
    name: 'prod',
    bootstrapServers: 'a:9092,b:9092',
    zookeeper: 'zk2:2181',
    properties: { 'sasl.jaas.config': 'secret' },
  });
  expect((await run('context', 'delete', 'test')).code).toBe(0);
  expect(readContexts(file).current).toBeUndefined();
  expect(await run('context', 'show')).toMatchObject({ code: 4 });
  expect((await run('context', 'names')).stdout).toBe('prod\n');
}, 60_000);

test('what people wrote into the file stays, and empty places are filled', async () => {
  write('# ours\ncurrent: a\ncontexts:\n  # the old one\n  a:\n    properties:\n');
  expect(await run('context', 'set', 'a', '-b', 'x:1', '-p', 'p=1')).toMatchObject({ code: 0 });
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('# ours\n');
  expect(text).toContain('# the old one\n');
  expect(readContexts(file).contexts.get('a')).toMatchObject({
    bootstrapServers: 'x:1',
    properties: { p: '1' },
  });
});

test.each`
  args                             | code | complaint
  ${['use', 'nope']}               | ${4} | ${/there is no context nope in .*: there are none/}
  ${['delete', 'nope']}            | ${4} | ${/there is no context nope/}
  ${['set', 'a/b']}                | ${1} | ${/a context's name has letters/}
  ${['set', 'a', '-b', 'x']}       | ${1} | ${/x: brokers are given as host:port,host:port/}
  ${['set', 'a', '-z', 'x:1/a//']} | ${1} | ${/x:1\/a\/\/: .* is not a path of a znode/}
`('context $args: $complaint', async ({ args, code, complaint }) => {
  const outcome = await run('context', ...args);
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toMatch(complaint as RegExp);
  expect(readContexts(file).contexts.size).toBe(0);
});

test('a command goes where the context says', async () => {
  await run('context', 'set', 'gone', '-z', '127.0.0.1:1', '-b', '127.0.0.1:1');
  expect((await run('topic', 'list')).stderr).toMatch(/no broker answers at 127\.0\.0\.1:1/);
}, 30_000);
