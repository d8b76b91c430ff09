import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { OdradekProcess, odradek } from '../builders/odradek-process';

const UP = ['up', '--base-port', '0', '--zookeeper-port', '0'];
const LINE =
  /^odradek is up: (\d+) broker\(s\) at (\S+), ZooKeeper at (\S+), data in (\S+) \((.*)\)\n$/m;

afterEach(() => OdradekProcess.killAll());

test.each(['SIGINT', 'SIGTERM'] as const)(
  'prints one line when everything serves, and stops at %s',
  async (signal) => {
    const up = new OdradekProcess([...UP, '--brokers', '2']);
    const [, count, bootstrap = '', , folder = '', kept] = await up.untilPrinted(LINE);
    expect(count).toBe('2');
    expect(bootstrap.split(',')).toHaveLength(2);
    expect(kept).toMatch(/temporary/);
    up.signal(signal);
    const { code, stdout, stderr } = await up.outcome();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(existsSync(folder)).toBe(false);
  },
);

test('a first produce and consume, by the commands of the README', async () => {
  const up = new OdradekProcess([...UP, '--brokers', '3']);
  const [, , bootstrap = '', zookeeper = ''] = await up.untilPrinted(LINE);
  const run = (...args: string[]) => odradek(...args, '-b', bootstrap);
  const wide = ['--partitions', '3', '--replication-factor', '3'];

  expect(await run('topic', 'create', 'greetings', ...wide)).toMatchObject({ code: 0, stderr: '' });
  expect(await run('topic', 'create', 'greetings')).toMatchObject({
    code: 1,
    stderr: 'odradek: topic greetings exists already\n',
  });
  expect((await run('topic', 'list')).stdout).toMatch(/greetings +3 +3/);
  expect((await run('topic', 'describe', 'greetings', '--json')).stdout).toContain(
    '"partition": 2',
  );

  expect(await run('produce', 'greetings', 'hello', 'world')).toMatchObject({
    code: 0,
    stderr: '',
  });
  const piped = new OdradekProcess([
    'produce',
    'greetings',
    '-b',
    bootstrap,
    '--key-separator',
    ':',
  ]);
  piped.type('a:from a pipe\n');
  expect(await piped.outcome()).toMatchObject({
    code: 0,
    stdout: 'wrote 1 record(s) to greetings\n',
  });

  const read = await run(
    'consume',
    'greetings',
    '--from-beginning',
    '--exit-at-end',
    '-g',
    'readers',
  );
  expect(read.stderr).toBe('');
  expect(read.stdout.trim().split('\n').sort()).toEqual(['from a pipe', 'hello', 'world']);
  const json = await run('consume', 'greetings', '--from-beginning', '--exit-at-end', '--json');
  expect(json.stdout).toContain('"key":"a","value":"from a pipe"');

  expect((await run('group', 'list')).stdout).toMatch(/readers +Empty/);
  expect((await run('group', 'describe', 'readers', '--json')).stdout).toContain('"lag": 0');
  expect(await run('group', 'describe', 'nobody')).toMatchObject({
    code: 4,
    stderr: 'odradek: there is no group nobody\n',
  });

  expect((await odradek('znode', 'ls', '/brokers/ids', '-z', zookeeper)).stdout).toBe('1\n2\n3\n');
  const topic = await odradek(
    'znode',
    'get',
    '/brokers/topics/greetings',
    '--raw',
    '-z',
    zookeeper,
  );
  expect(JSON.parse(topic.stdout)).toMatchObject({ version: 3 });
  expect((await odradek('znode', 'tree', '/controller', '-z', zookeeper)).stdout).toMatch(
    /"brokerid":/,
  );

  expect(await run('topic', 'delete', 'greetings')).toMatchObject({
    code: 5,
    stderr: 'odradek: to delete greetings with all records where nobody can be asked, give --yes\n',
  });
  expect(await run('topic', 'delete', 'greetings', '--yes')).toMatchObject({ code: 0, stderr: '' });
  expect(await run('topic', 'describe', 'greetings')).toMatchObject({
    code: 4,
    stderr: 'odradek: there is no topic greetings\n',
  });
  up.signal('SIGINT');
  expect(await up.outcome()).toMatchObject({ code: 0, stderr: '' });
}, 120_000);

test('brokers in processes of their own stop with the command, also by Ctrl-C in a terminal', async () => {
  const up = new OdradekProcess([...UP, '--brokers', '2', '--processes'], { isGroup: true });
  await up.untilPrinted(LINE);
  up.signalGroup('SIGINT');
  expect(await up.outcome()).toMatchObject({ code: 0, stderr: '' });
});

test('a port in use is named, and nothing is left running', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stdout, stderr } = await odradek(
    'up',
    '--brokers',
    '1',
    '--base-port',
    String(port),
    '--zookeeper-port',
    '0',
  );
  server.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^odradek: .*${String(port)}.*EADDRINUSE.*\n$`));
});

test.each`
  args                                                                                                  | complaint
  ${['--set', 'num.partitions=0']}                                                                      | ${/^odradek: broker \d: num\.partitions=0: value must be at least 1\n/}
  ${['--base-port', '65534', '--brokers', '5']}                                                         | ${/^odradek: the last of the brokers' ports would be 65538\n$/}
  ${['--base-port', '12180', '--zookeeper-port', '12181']}                                              | ${/^odradek: ZooKeeper's port 12181 is one of the brokers' ports 12180 to 12182\n$/}
  ${['--base-port', '12180', '--metrics-port', '12182']}                                                | ${/^odradek: the metrics' ports 12182 to 12184 overlap the brokers' ports 12180 to 12182\n$/}
  ${['--zookeeper', '127.0.0.1:1', '--set', 'zookeeper.connection.timeout.ms=300', '--base-port', '0']} | ${/^odradek: no ZooKeeper answers/}
  ${['--data-dir', '/dev/null/x']}                                                                      | ${/^odradek: the data folder \/dev\/null\/x cannot be made \(ENOTDIR/}
`('up $args: one clear line and exit code 1', async ({ args, complaint }) => {
  const { code, stderr } = await odradek(
    'up',
    '--zookeeper-port',
    '0',
    '--base-port',
    '0',
    ...args,
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(complaint);
});
