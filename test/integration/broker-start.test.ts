/** A broker that cannot start says why, and leaves nothing open: no socket, no session, no lock. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CreateMode } from 'node-zookeeper-client';

import { Broker } from '../../src/broker/broker';
import { BrokerClient } from '../../src/network/broker-client';
import { nodePlatform } from '../../src/platform/node';
import { errorName } from '../../src/protocol/errors';
import {
  UpdateMetadataRequest,
  UpdateMetadataResponse,
} from '../../src/protocol/messages/06-update-metadata';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
} from '../../src/protocol/messages/18-api-versions';
import { eventually, freePorts, temporaryFolder } from '../builders/process';
import { startEmbeddedZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';
import { PromisedClient } from '../builders/zookeeper-client';

const TIMEOUT_MS = 10_000;

let folder: ReturnType<typeof temporaryFolder>;
let zookeeper: RunningZooKeeper;

beforeEach(async () => {
  folder = temporaryFolder('broker-start');
  zookeeper = await startEmbeddedZooKeeper();
});

afterEach(async () => {
  await zookeeper.stop();
  folder.remove();
});

function start(settings: Record<string, string> = {}): Promise<Broker> {
  return Broker.start({
    platform: nodePlatform(),
    properties: {
      'broker.id': '1',
      'log.dirs': join(folder.path, 'logs'),
      listeners: 'PLAINTEXT://127.0.0.1:0',
      'zookeeper.connect': zookeeper.connectString,
      ...settings,
    },
  });
}

/** Sockets and servers of this process. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
}

/** Starts a broker that must fail, and waits until all that it opened is closed again. */
async function failureOf(settings: Record<string, string>): Promise<Error> {
  const before = openSockets();
  const failure: unknown = await start(settings).then(
    async (broker) => {
      await broker.stop();
      return undefined;
    },
    (error: unknown) => error,
  );
  if (!(failure instanceof Error)) throw new Error('the broker has started');
  await eventually('every socket closed', () => openSockets() <= before || undefined, 5000);
  return failure;
}

async function registeredBrokers(): Promise<string[]> {
  const client = await PromisedClient.connect(zookeeper.connectString);
  try {
    return await client.children('/brokers/ids');
  } finally {
    client.raw.close();
  }
}

test('data of another broker', async () => {
  await (await start()).stop();
  const error = await failureOf({ 'broker.id': '2' });
  expect(error.name).toBe('MetaPropertiesError');
  expect(error.message).toMatch(/broker\.id 2 does not match the stored broker\.id 1 in .*logs/);
  expect(await registeredBrokers()).toEqual([]);
  await (await start()).stop();
});

test('data of another cluster', async () => {
  await (await start()).stop();
  const other = await startEmbeddedZooKeeper();
  try {
    const error = await failureOf({ 'zookeeper.connect': other.connectString });
    expect(error.name).toBe('MetaPropertiesError');
    expect(error.message).toMatch(/cluster id .* does not match the stored cluster id .*logs/);
  } finally {
    await other.stop();
  }
});

test('directories of two brokers', async () => {
  const [first, second] = [join(folder.path, 'first'), join(folder.path, 'second')];
  await (await start({ 'log.dirs': first })).stop();
  await (await start({ 'log.dirs': second, 'broker.id': '2' })).stop();
  const error = await failureOf({ 'log.dirs': `${first},${second}` });
  expect(error.name).toBe('MetaPropertiesError');
  expect(error.message).toMatch(/disagree on the broker id: .*first has 1, .*second has 2/);
});

test('a directory that another broker uses is left alone', async () => {
  const running = await start();
  try {
    const error = await failureOf({});
    expect(error.message).toMatch(/logs/);
    expect(existsSync(join(folder.path, 'logs', '.kafka_cleanshutdown'))).toBe(false);
    expect(await registeredBrokers()).toEqual(['1']);
  } finally {
    await running.stop();
  }
});

test('a port in use; the data counts as cleanly closed', async () => {
  const [port = 0] = await freePorts(1);
  const listeners = `PLAINTEXT://127.0.0.1:${String(port)}`;
  const running = await start({ listeners });
  try {
    const logs = join(folder.path, 'others');
    const error = await failureOf({ listeners, 'broker.id': '2', 'log.dirs': logs });
    expect(error.name).toBe('NetworkError');
    expect(error.message).toMatch(new RegExp(`127\\.0\\.0\\.1:${String(port)}.*EADDRINUSE`));
    expect(await registeredBrokers()).toEqual(['1']);
    expect(existsSync(join(logs, '.kafka_cleanshutdown'))).toBe(true);
  } finally {
    await running.stop();
  }
});

test('a second listener whose port is in use closes the first', async () => {
  const [port = 0] = await freePorts(1);
  const running = await start({ listeners: `PLAINTEXT://127.0.0.1:${String(port)}` });
  try {
    const error = await failureOf({
      'broker.id': '2',
      'log.dirs': join(folder.path, 'others'),
      listeners: `PLAINTEXT://127.0.0.1:0,OTHER://127.0.0.1:${String(port)}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT',
    });
    expect(error.message).toMatch(/EADDRINUSE/);
  } finally {
    await running.stop();
  }
});

test('no ZooKeeper', async () => {
  const error = await failureOf({
    'zookeeper.connect': '127.0.0.1:1',
    'zookeeper.connection.timeout.ms': '300',
  });
  expect(error.name).toBe('ZooKeeperError');
  expect(existsSync(join(folder.path, 'logs', 'meta.properties'))).toBe(false);
});

test('a file where a log directory should be', async () => {
  const path = join(folder.path, 'logs');
  writeFileSync(path, 'mine');
  const error = await failureOf({});
  expect(error.name).toBe('FileError');
  expect(error.message).toContain(path);
  expect(readFileSync(path, 'utf8')).toBe('mine');
});

test('an address that another broker has registered', async () => {
  const [port = 0] = await freePorts(1);
  const first = await start();
  const advertised = `PLAINTEXT://127.0.0.1:${String(first.ports.get('PLAINTEXT'))}`;
  const error = await failureOf({
    'broker.id': '2',
    'log.dirs': join(folder.path, 'other'),
    listeners: `PLAINTEXT://127.0.0.1:${String(port)}`,
    'advertised.listeners': advertised,
  });
  expect(error.name).toBe('ConfigError');
  expect(error.message).toMatch(
    /advertised\.listeners: 127\.0\.0\.1:\d+ is already registered by broker 1/,
  );
  expect(await registeredBrokers()).toEqual(['1']);
  await first.stop();
});

test('what a controller sends to the run before waits until the broker has registered, and is refused', async () => {
  await (await start()).stop();
  const owner = await PromisedClient.connect(zookeeper.connectString);
  await owner.create('/brokers/ids/1', '{}', CreateMode.EPHEMERAL);
  const [port = 0] = await freePorts(1);
  const starting = start({ listeners: `PLAINTEXT://127.0.0.1:${String(port)}` });
  const connect = () =>
    BrokerClient.connect(nodePlatform(), {
      host: '127.0.0.1',
      port,
      clientId: 'tests',
      connectTimeoutMs: TIMEOUT_MS,
    });
  const controller = await eventually('the broker listens', () => connect().catch(() => undefined));
  let isAnswered = false;
  const answer = controller
    .request(
      UpdateMetadataRequest,
      UpdateMetadataResponse,
      8,
      {
        controllerId: 2,
        controllerEpoch: 1,
        brokerEpoch: 1,
        topicStates: [],
        liveBrokers: [],
      },
      TIMEOUT_MS,
    )
    .finally(() => (isAnswered = true));
  const client = await connect();
  await client.request(ApiVersionsRequest, ApiVersionsResponse, 0, {}, TIMEOUT_MS);
  expect(isAnswered).toBe(false);
  owner.raw.close();
  expect(errorName((await answer).errorCode)).toBe('STALE_BROKER_EPOCH');
  controller.close();
  client.close();
  await (await starting).stop();
});
