import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodePlatform } from '../../src/platform/node';
import { ZooKeeperServer } from '../../src/zookeeper-server';
import { OdradekProcess, odradek } from '../builders/odradek-process';

let directory: string;
let zookeeper: ZooKeeperServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'odradek-test-'));
  zookeeper = await ZooKeeperServer.start({ platform: nodePlatform() });
});

afterAll(async () => {
  await zookeeper.stop();
  rmSync(directory, { recursive: true });
});

afterEach(() => OdradekProcess.killAll());

function propertiesFile(properties: Readonly<Record<string, string>>): string {
  const file = join(directory, 'server.properties');
  const all = {
    'broker.id': '1',
    'log.dirs': join(directory, 'logs'),
    listeners: 'PLAINTEXT://127.0.0.1:0',
    'zookeeper.connect': `127.0.0.1:${String(zookeeper.port)}`,
    ...properties,
  };
  writeFileSync(
    file,
    Object.entries(all)
      .map((pair) => pair.join('='))
      .join('\n'),
  );
  return file;
}

test.each`
  properties                                  | complaint
  ${{ 'log.retention.ms': 'abc' }}            | ${'odradek: server.properties: log.retention.ms=abc: not a number of type LONG\n'}
  ${{ 'zookeeper.connect': '' }}              | ${'odradek: server.properties: zookeeper.connect: required, as host:port,host:port/chroot\n'}
  ${{ listeners: 'PLAINTEXT:9092' }}          | ${"odradek: server.properties: listeners=PLAINTEXT:9092: 'PLAINTEXT:9092' is not NAME://host:port\n"}
  ${{ 'process.roles': 'broker,controller' }} | ${'odradek: server.properties: process.roles: only ZooKeeper mode is supported; remove it and set zookeeper.connect\n'}
`('$properties: one clear line and exit code 1', async ({ properties, complaint }) => {
  const { code, stdout, stderr } = await odradek('broker', propertiesFile(properties));
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: complaint });
});

test('a file that is not there is named', async () => {
  const { code, stderr } = await odradek('broker', join(directory, 'missing.properties'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^odradek: .*missing\.properties: cannot be read \(ENOENT.*\n$/);
});

test('a port in use is named', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = propertiesFile({ listeners: `PLAINTEXT://127.0.0.1:${String(port)}` });
  const { code, stderr } = await odradek('broker', file, '--log-level', 'error');
  server.close();
  expect(code).toBe(1);
  expect(stderr).toMatch(
    new RegExp(`^odradek: .*127\\.0\\.0\\.1:${String(port)}.*EADDRINUSE.*\n$`),
  );
});

test('without a ZooKeeper a broker says so and ends', async () => {
  const file = propertiesFile({
    'zookeeper.connect': '127.0.0.1:1',
    'zookeeper.connection.timeout.ms': '300',
  });
  const { code, stderr } = await odradek('broker', file, '--log-level', 'error');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^odradek: no ZooKeeper answers/);
});

test('data of another broker is refused', async () => {
  const logs = join(directory, 'used-logs');
  const first = new OdradekProcess(['broker', propertiesFile({ 'log.dirs': logs })]);
  await first.untilPrinted(/broker 1 serves PLAINTEXT on port \d+/);
  first.signal('SIGTERM');
  expect((await first.outcome()).code).toBe(0);
  const file = propertiesFile({ 'log.dirs': logs });
  const { code, stderr } = await odradek(
    'broker',
    file,
    '--override',
    'broker.id=2',
    '--log-level',
    'error',
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/^odradek: .*broker\.id.*\n$/);
});

test('a log directory that another broker uses is named', async () => {
  const logs = join(directory, 'shared-logs');
  const first = new OdradekProcess(['broker', propertiesFile({ 'log.dirs': logs })]);
  await first.untilPrinted(/broker 1 serves PLAINTEXT on port \d+/);
  const { code, stderr } = await odradek('broker', propertiesFile({ 'log.dirs': logs }));
  first.signal('SIGTERM');
  expect((await first.outcome()).code).toBe(0);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^odradek: The log directory .*shared-logs is in use by another broker.*\n$/,
  );
});

test('it stops while it waits for another broker of its id', async () => {
  const [one, two] = ['first-logs', 'second-logs'].map((name) => join(directory, name));
  const first = new OdradekProcess(['broker', propertiesFile({ 'log.dirs': String(one) })]);
  await first.untilPrinted(/broker 1 serves PLAINTEXT on port \d+/);
  const second = new OdradekProcess(['broker', propertiesFile({ 'log.dirs': String(two) })]);
  await second.untilPrinted(/another session owns the registration/);
  second.signal('SIGTERM');
  const { code, stdout } = await second.outcome();
  first.signal('SIGTERM');
  expect((await first.outcome()).code).toBe(0);
  expect(code).toBe(0);
  expect(stdout).toMatch(/stopped before it served why=SIGTERM/);
});

test('an unknown setting is worth a warning, and the broker serves', async () => {
  const broker = new OdradekProcess(['broker', propertiesFile({ 'my.setting': 'x' })]);
  await broker.untilPrinted(/broker 1 serves PLAINTEXT on port \d+/);
  broker.signal('SIGINT');
  const { code, stdout } = await broker.outcome();
  expect(code).toBe(0);
  expect(stdout).toMatch(/WARN .*unknown setting.*my\.setting/);
});

describe('--env, as in a container', () => {
  const environment = (name: string): Record<string, string> => ({
    KAFKA_ZOOKEEPER_CONNECT: `127.0.0.1:${String(zookeeper.port)}/${name}`,
    KAFKA_LISTENERS: 'PLAINTEXT://127.0.0.1:0',
    KAFKA_LOG_DIRS: join(directory, name),
    ODRADEK_METRICS_LISTENER: '127.0.0.1:0',
  });

  test('settings come from variables, the log goes to standard output, topics are created', async () => {
    const broker = new OdradekProcess(['broker', '--env'], {
      env: {
        ...environment('env'),
        CLUSTER_ID: 'MkU3OEVBNTcwNTJENDM2Qg',
        KAFKA_CREATE_TOPICS: 'made:2:1:compact',
      },
    });
    const [, port = ''] = await broker.untilPrinted(/serves PLAINTEXT on port (\d+)/);
    await broker.untilPrinted(/created a topic of KAFKA_CREATE_TOPICS.* topic=made/);
    const address = `127.0.0.1:${port}`;
    const { stdout: topics } = await odradek('topic', 'list', '-b', address, '--json');
    broker.signal('SIGTERM');
    const { code, stdout, stderr } = await broker.outcome();
    expect(JSON.parse(topics)).toEqual([{ topic: 'made', partitions: 2, replicas: 1 }]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/WARN +CLUSTER_ID is ignored: .*\/cluster\/id/);
    expect(stdout).toMatch(/INFO +stopped/);
  });

  test('a topic that needs more brokers is tried until its time is up, and the broker goes on', async () => {
    const broker = new OdradekProcess(['broker', '--env'], {
      env: { ...environment('wait'), KAFKA_CREATE_TOPICS: 'wide:1:3', START_TIMEOUT: '0' },
    });
    await broker.untilPrinted(/ERROR .*could not be created.* topic=wide/);
    broker.signal('SIGTERM');
    expect((await broker.outcome()).code).toBe(0);
  });

  test('variables go over a file, and --override over both', async () => {
    const file = propertiesFile({ 'broker.id': '1', 'log.dirs': join(directory, 'over') });
    const args = ['broker', file, '--env', '--override', 'broker.id=9'];
    const broker = new OdradekProcess(args, {
      env: { ...environment('over'), KAFKA_BROKER_ID: '5' },
    });
    await broker.untilPrinted(/broker 9 serves/);
    broker.signal('SIGTERM');
    expect((await broker.outcome()).code).toBe(0);
  });

  test.each`
    variables                                            | complaint
    ${{ KAFKA_LOG_RETENTION_MS: 'abc' }}                 | ${/^odradek: environment: log\.retention\.ms=abc: not a number of type LONG\n$/}
    ${{ KAFKA_CREATE_TOPICS: 'a' }}                      | ${/^odradek: KAFKA_CREATE_TOPICS: 'a' is not name:partitions:replicas/}
    ${{ HOSTNAME_COMMAND: 'echo no >&2; exit 3' }}       | ${/odradek: the command 'echo no >&2; exit 3' of the environment failed/}
    ${{ KAFKA_ZOOKEEPER_CONNECT: '', CLUSTER_ID: 'id' }} | ${/^odradek: environment: zookeeper\.connect: required/}
  `('$variables: one clear line and exit code 1', async ({ variables, complaint }) => {
    const env = { ...environment('wrong'), ...variables } as Record<string, string>;
    const { code, stderr } = await new OdradekProcess(['broker', '--env'], { env }).outcome();
    expect(code).toBe(1);
    expect(stderr.replace('no\n', '')).toMatch(complaint);
  });
});
