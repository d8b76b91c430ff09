import { MetricsRegistry } from '../../src/metrics/registry';
import type { MetricName } from '../../src/metrics/catalogue';
import { silentLog } from '../../src/platform/silent-log';
import { ReconnectingSession } from '../../src/zookeeper/reconnecting-session';
import type { ClientListener, SessionClient } from '../../src/zookeeper/session-client';
import { SessionMetrics } from '../../src/zookeeper/session-metrics';
import { deferred } from '../../src/base/deferred';
import { ManualClock } from '../builders/manual-clock';

/** A session whose client does what the test says. */
async function aSession() {
  const clock = new ManualClock();
  const registry = new MetricsRegistry();
  const listeners: ClientListener[] = [];
  const answer = deferred();
  const client = {
    credentials: { sessionId: 1n, password: Buffer.alloc(0) },
    sessionTimeoutMs: 6_000,
    connect: () => undefined,
    exists: () => answer.promise,
  };
  const session = new ReconnectingSession({
    createClient: (listener) => {
      listeners.push(listener);
      return client as unknown as SessionClient;
    },
    maxInFlight: 10,
    clock,
    log: silentLog,
    metrics: new SessionMetrics(registry),
  });
  const connected = session.connect(1_000);
  listeners.at(-1)?.onConnected();
  await connected;
  const samplesOf = (name: MetricName) => {
    const metric = [...registry.metrics].find((each) => each.name === name);
    return [...(metric?.read(0) ?? [])];
  };
  const countOf = (what: 'disconnects' | 'expires' | 'syncconnects'): number | undefined =>
    samplesOf(`kafka_server_sessionexpirelistener_zookeeper${what}_total`)[0]?.value;
  return {
    clock,
    session,
    answer,
    client: () => listeners.at(-1),
    samplesOf,
    counts: () => [countOf('syncconnects'), countOf('disconnects'), countOf('expires')],
    state: () =>
      samplesOf('kafka_server_sessionexpirelistener_sessionstate').find(({ value }) => value === 1)
        ?.labels[0],
  };
}

test('connections that are made and lost, and sessions that expire, are counted', async () => {
  const { client, counts, state } = await aSession();
  expect([state(), ...counts()]).toEqual(['CONNECTED', 1, 0, 0]);
  client()?.onDisconnected();
  // Tries to connect again that fail are not losses.
  client()?.onDisconnected();
  expect([state(), ...counts()]).toEqual(['CONNECTING', 1, 1, 0]);
  client()?.onConnected();
  client()?.onExpired();
  expect([state(), ...counts()]).toEqual(['CLOSED', 2, 1, 1]);
  await Promise.resolve();
  await Promise.resolve();
  client()?.onConnected();
  expect([state(), ...counts()]).toEqual(['CONNECTED', 3, 1, 1]);
});

test('the time of a request is from its sending to its answer', async () => {
  const { clock, session, answer, samplesOf } = await aSession();
  const asked = session.exists('/brokers');
  clock.advance(12);
  answer.resolve();
  await asked;
  const latency = samplesOf('kafka_server_zookeeperclientmetrics_zookeeperrequestlatencyms');
  expect(latency.slice(-2).map(({ value }) => value)).toEqual([12, 1]);
});
