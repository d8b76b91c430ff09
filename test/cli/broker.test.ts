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

test('an unknown setting is worth a warning, and the broker serves', async () => {
  const broker = new OdradekProcess(['broker', propertiesFile({ 'my.setting': 'x' })]);
  await broker.untilPrinted(/broker 1 serves PLAINTEXT on port \d+/);
  broker.signal('SIGINT');
  const { code, stderr } = await broker.outcome();
  expect(code).toBe(0);
  expect(stderr).toMatch(/WARN .*unknown setting.*my\.setting/);
});
