/** What `odradek broker` logs: where, in which form, and that it is never lost with the process nor in its way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { nodePlatform } from '../../src/platform/node';
import { ZooKeeperServer } from '../../src/zookeeper-server';
import { OdradekProcess } from '../builders/odradek-process';
import { eventually, run, temporaryFolder } from '../builders/process';

const ROOT = join(__dirname, '..', '..');

let folder: ReturnType<typeof temporaryFolder>;
let zookeeper: ZooKeeperServer;

beforeEach(async () => {
  folder = temporaryFolder('broker-log');
  zookeeper = await ZooKeeperServer.start({ platform: nodePlatform() });
});
afterEach(async () => {
  OdradekProcess.killAll();
  await zookeeper.stop();
  folder.remove();
});

const inFolder = (name: string): string => join(folder.path, name);
const logFile = (name: string): string => readFileSync(inFolder(`log/${name}`), 'utf8');

function propertiesFile(properties: Readonly<Record<string, string>> = {}): string {
  const all = {
    'broker.id': '1',
    'log.dirs': inFolder('data'),
    listeners: 'PLAINTEXT://127.0.0.1:0',
    'zookeeper.connect': `127.0.0.1:${String(zookeeper.port)}`,
    ...properties,
  };
  const file = inFolder('server.properties');
  writeFileSync(
    file,
    Object.entries(all)
      .map((pair) => `${pair.join('=')}\n`)
      .join(''),
  );
  return file;
}

/** Creates `orders` with two partitions on the broker at `port`. */
async function createOrders(port: number): Promise<void> {
  const brokers = [`127.0.0.1:${String(port)}`];
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING, clientId: 'test' }).admin();
  await admin.connect();
  try {
    const topics = [{ topic: 'orders', numPartitions: 2, replicationFactor: 1 }];
    await admin.createTopics({ topics, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

const SERVES = /broker 1 serves PLAINTEXT on port (\d+)/;

async function stop(broker: OdradekProcess) {
  broker.signal('SIGTERM');
  return broker.outcome();
}

test('in a directory the areas have the files of Kafka, and standard output says little', async () => {
  const file = propertiesFile({
    'odradek.log.directory': inFolder('log'),
    'odradek.log.levels': 'kafka.request.logger=DEBUG,kafka.authorizer.logger=INFO',
  });
  const broker = new OdradekProcess(['broker', file]);
  const [, port] = await broker.untilPrinted(SERVES);
  await createOrders(Number(port));
  const { code, stdout, stderr } = await stop(broker);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(readdirSync(inFolder('log')).sort()).toEqual([
    'controller.log',
    'kafka-request.log',
    'server.log',
    'state-change.log',
  ]);
  const server = logFile('server.log');
  expect(server).toMatch(
    / WARN {2}ignoring the level of an unknown logger logger=kafka\.authorizer/,
  );
  expect(server).toMatch(/ INFO {2}started broker=1 clusterId=\S+ \(server\)\n/);
  expect(server).toMatch(/ INFO {2}stopping broker=1 why=SIGTERM \(server\)\n/);
  expect(server).toMatch(/ INFO {2}stopped broker=1 \(server\)\n$/);
  expect(logFile('controller.log')).toMatch(
    / elected controller .*controllerEpoch=1 \(controller\)\n/,
  );
  expect(logFile('kafka-request.log')).toMatch(
    / DEBUG CreateTopics .*clientId=test .*tookMs=[\d.]+ /,
  );
  const states = logFile('state-change.log');
  expect(states).toMatch(
    / controller epoch 1, orders-0, leader 1, leader epoch 0, ISR 1 broker=1 /,
  );
  expect(states).toMatch(/ controller epoch 1, orders-1, none → leader broker=1 leaderEpoch=0 /);
});

test('as JSON every line of standard output is an object with the promised members', async () => {
  const broker = new OdradekProcess(['broker', propertiesFile(), '--log-json']);
  await broker.untilPrinted(/"message":"started"/);
  const { code, stdout } = await stop(broker);
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  for (const line of lines) {
    expect(line).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) as unknown,
      level: expect.any(String) as unknown,
      area: expect.any(String) as unknown,
      message: expect.any(String) as unknown,
    });
  }
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'info', area: 'server', message: 'started', broker: 1 }),
  );
});

test('--log-level goes before the file', async () => {
  const file = propertiesFile({ 'odradek.log.level': 'DEBUG' });
  const broker = new OdradekProcess(['broker', file, '--log-level', 'warn']);
  await broker.untilPrinted(SERVES);
  const { stdout } = await stop(broker);
  expect(stdout).not.toMatch(/ (INFO|DEBUG) /);
});

test.each`
  setting                                   | complaint
  ${{ 'odradek.log.levels': 'controller' }} | ${/odradek\.log\.levels=controller: 'controller' is not LOGGER=LEVEL/}
  ${{ 'odradek.log.level': 'LOUD' }}        | ${/odradek\.log\.level=LOUD: string must be one of/}
`('$setting is refused', async ({ setting, complaint }) => {
  const broker = new OdradekProcess(['broker', propertiesFile(setting as Record<string, string>)]);
  const { code, stderr } = await broker.outcome();
  expect(code).toBe(1);
  expect(stderr).toMatch(complaint as RegExp);
});

test('why a broker could not start is in its log', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = propertiesFile({
    listeners: `PLAINTEXT://127.0.0.1:${String(port)}`,
    'odradek.log.directory': inFolder('log'),
    'odradek.log.level': 'FATAL',
  });
  const { code } = await new OdradekProcess(['broker', file]).outcome();
  server.close();
  expect(code).toBe(1);
  expect(logFile('server.log')).toMatch(/ FATAL the broker cannot start error=.*EADDRINUSE/);
});

test('an error that nobody expected is in the log before the process ends', async () => {
  const script = `
    const { openLog } = require(${JSON.stringify(join(ROOT, 'dist/cli/broker-log.js'))});
    const directory = ${JSON.stringify(inFolder('log'))};
    openLog({ 'zookeeper.connect': 'localhost', 'odradek.log.directory': directory }, 'test');
    Promise.reject(new Error('boom'));`;
  await expect(run(process.execPath, ['-e', script])).rejects.toThrow(/ended with 1[^]*boom/);
  expect(logFile('server.log')).toMatch(
    / FATAL an error that nobody expected .*origin=unhandledRejection error=boom stack=Error: boom/,
  );
});

test('a log that cannot be written is named, and the broker serves on', async () => {
  mkdirSync(inFolder('log'));
  for (const name of ['server.log', 'state-change.log'])
    symlinkSync('/dev/full', inFolder(`log/${name}`));
  const file = propertiesFile({ 'odradek.log.directory': inFolder('log') });
  const broker = new OdradekProcess(['broker', file]);
  const [, port] = await broker.untilPrinted(SERVES);
  await createOrders(Number(port));
  const { code, stderr } = await stop(broker);
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^odradek: \S*\/server\.log cannot be written \(ENOSPC\): log lines are lost/m,
  );
});

test('whoever reads the output may end before the broker does', async () => {
  const arguments_ = [
    join(ROOT, 'bin/odradek'),
    'broker',
    propertiesFile(),
    '--log-level',
    'trace',
  ];
  const child = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const port = await eventually('it serves', () => SERVES.exec(text)?.[1]);
  child.stdout.destroy();
  child.stderr.destroy();
  await createOrders(Number(port));
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
