/** Taking a place under `/brokers/ids` that another session has. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CreateMode } from 'node-zookeeper-client';

import { Registration } from '../../src/broker/registration';
import { nodePlatform } from '../../src/platform/node';
import { closeStaleSession, connectZooKeeper } from '../../src/zookeeper/connect';
import type { ZooKeeperSession } from '../../src/zookeeper/session';
import { KafkaZooKeeper } from '../../src/zookeeper/store';
import { eventually, temporaryFolder } from '../builders/process';
import { RecordingLog } from '../builders/recording-log';
import { startEmbeddedZooKeeper } from '../builders/zookeeper';
import type { RunningZooKeeper } from '../builders/zookeeper';
import { PromisedClient } from '../builders/zookeeper-client';

const BROKER = { id: 7, endpoints: [], rack: null };
const WAITING = 'another session owns the registration of this broker id; waiting for it to end';

let folder: ReturnType<typeof temporaryFolder>;
let zookeeper: RunningZooKeeper;
let session: ZooKeeperSession;
let owner: PromisedClient;
let log: RecordingLog;
let registration: Registration;
let sessionFile: string;

beforeEach(async () => {
  folder = temporaryFolder('registration');
  sessionFile = join(folder.path, 'session.json');
  zookeeper = await startEmbeddedZooKeeper();
  log = new RecordingLog();
  const platform = { ...nodePlatform(), log };
  const zookeeperOptions = {
    connect: zookeeper.connectString,
    sessionTimeoutMs: 4000,
    connectionTimeoutMs: 4000,
    platform,
  };
  session = await connectZooKeeper(zookeeperOptions);
  const store = new KafkaZooKeeper(session, platform);
  await store.cluster.ensureRoots();
  registration = new Registration({ ...platform, zookeeper: store, zookeeperOptions, sessionFile });
  owner = await PromisedClient.connect(zookeeper.connectString);
  await owner.create('/brokers/ids/7', '{}', CreateMode.EPHEMERAL);
});

afterEach(async () => {
  registration.close();
  owner.raw.close();
  await session.close();
  await zookeeper.stop();
  folder.remove();
});

const linesOf = (message: string): number =>
  log.lines.filter((line) => line.message === message).length;

function saveSession(password: Buffer): void {
  const sessionId = `0x${owner.raw.getSessionId().toString('hex')}`;
  writeFileSync(sessionFile, JSON.stringify({ sessionId, password: password.toString('base64') }));
}

test('an earlier run of this broker had the place: it is taken over at once', async () => {
  saveSession(owner.raw.getSessionPassword());
  await registration.register(BROKER);
  expect(linesOf(WAITING)).toBe(0);
  expect(registration.epoch).toBeGreaterThan(0);
  const saved = JSON.parse(readFileSync(sessionFile, 'utf8')) as { sessionId: string };
  expect(BigInt(saved.sessionId)).toBe(session.sessionId);
});

test.each([
  ['no session was kept', () => undefined],
  ['the password kept is wrong', () => saveSession(Buffer.alloc(16, 1))],
  ['the file is damaged', () => writeFileSync(sessionFile, '{"sessionId":')],
  [
    'another session was kept',
    () => writeFileSync(sessionFile, '{"sessionId":"0x1","password":"AAAA"}'),
  ],
])('%s: waits, at an easy pace, until the owner goes', async (_, prepare) => {
  prepare();
  let isRegistered = false;
  let hasRegisteredOnce = false;
  void registration.whenRegistered.then(() => (hasRegisteredOnce = true));
  const registered = registration.register(BROKER).then(() => (isRegistered = true));
  await eventually('a second wait', () => linesOf(WAITING) >= 2 || undefined);
  const before = linesOf(WAITING);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(linesOf(WAITING) - before).toBeLessThanOrEqual(3);
  expect({ isRegistered, hasRegisteredOnce }).toEqual({
    isRegistered: false,
    hasRegisteredOnce: false,
  });
  owner.raw.close();
  await registered;
  await registration.whenRegistered;
  expect(registration.epoch).toBeGreaterThan(0);
});

test('who stops meanwhile does not register', async () => {
  const registered = registration.register(BROKER);
  await eventually('a wait', () => linesOf(WAITING) >= 1 || undefined);
  registration.close();
  await registered;
  expect(registration.epoch).toBe(-1);
  expect(await owner.get('/brokers/ids/7')).toBe('{}');
});

test('a registration is in force as long as its session', async () => {
  saveSession(owner.raw.getSessionPassword());
  expect(registration.isInForce).toBe(false);
  await registration.register(BROKER);
  expect(registration.isInForce).toBe(true);
  const platform = { ...nodePlatform(), log };
  const zookeeperOptions = {
    connect: zookeeper.connectString,
    sessionTimeoutMs: 4000,
    connectionTimeoutMs: 4000,
    platform,
  };
  // To the broker that is an expiry; a new session follows at once, in which nobody has registered.
  const first = session.sessionId;
  await closeStaleSession(zookeeperOptions, session.sessionCredentials());
  await eventually('another session', () => {
    return session.state === 'connected' && session.sessionId !== first ? true : undefined;
  });
  expect(registration.isInForce).toBe(false);
  await registration.register(BROKER);
  expect(registration.isInForce).toBe(true);
});
