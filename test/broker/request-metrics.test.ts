import { RequestMetrics } from '../../src/broker/request-metrics';
import { MetricsRegistry } from '../../src/metrics/registry';
import type { Sample } from '../../src/metrics/registry';

const PRODUCE = 0;
const FETCH = 1;
const PREFIX = 'kafka_network_requestmetrics_';

function aRegistry() {
  const registry = new MetricsRegistry();
  const requests = new RequestMetrics(registry);
  const samplesOf = (name: string): Sample[] => {
    const metric = [...registry.metrics].find((each) => each.name === `${PREFIX}${name}`);
    return metric ? [...metric.read(0)] : [];
  };
  return { requests, samplesOf };
}

test('the time of a request is divided among what it waited for', () => {
  const { requests, samplesOf } = aRegistry();
  const progress = requests.begin(PRODUCE, 9, { arrivedMs: 1000, startedMs: 1002, bytes: 128 });
  progress.handled(1003);
  progress.ready(1013);
  progress.sending(1017);
  progress.sent(1032);
  const sumOf = (name: string): number | undefined =>
    samplesOf(name).find(({ suffix }) => suffix === '_sum')?.value;
  expect({
    queue: sumOf('requestqueuetimems'),
    local: sumOf('localtimems'),
    remote: sumOf('remotetimems'),
    responseQueue: sumOf('responsequeuetimems'),
    send: sumOf('responsesendtimems'),
    total: sumOf('totaltimems'),
    bytes: sumOf('requestbytes'),
  }).toEqual({ queue: 2, local: 1, remote: 10, responseQueue: 4, send: 15, total: 32, bytes: 128 });
  expect(samplesOf('totaltimems').at(-1)).toEqual({
    labels: ['Produce'],
    suffix: '_count',
    value: 1,
  });
});

test('an answer that came at once waited for nobody', () => {
  const { requests, samplesOf } = aRegistry();
  const progress = requests.begin(PRODUCE, 9, { arrivedMs: 0, startedMs: 0, bytes: 1 });
  progress.handled(3);
  progress.sending(3);
  progress.sent(3);
  expect(
    samplesOf('remotetimems').every(({ suffix, value }) => suffix === '_count' || value === 0),
  ).toBe(true);
});

test('fetches of consumers and of followers are shown apart, and together', () => {
  const { requests, samplesOf } = aRegistry();
  for (const kind of ['FetchConsumer', 'FetchFollower', 'FetchFollower']) {
    const progress = requests.begin(FETCH, 13, { arrivedMs: 0, startedMs: 0, bytes: 1 });
    progress.isAlso(kind);
    progress.handled(1);
    progress.sending(1);
    progress.sent(1);
  }
  const counts = samplesOf('totaltimems').filter(({ suffix }) => suffix === '_count');
  expect(Object.fromEntries(counts.map(({ labels, value }) => [labels[0], value]))).toEqual({
    Fetch: 3,
    FetchConsumer: 1,
    FetchFollower: 2,
  });
});

test('requests are counted by version, error codes by name', () => {
  const { requests, samplesOf } = aRegistry();
  const request = { arrivedMs: 0, startedMs: 0, bytes: 1 };
  requests.begin(PRODUCE, 9, request);
  requests.begin(PRODUCE, 9, request);
  requests.begin(FETCH, 13, request);
  requests.noteError(PRODUCE, 0);
  requests.noteError(PRODUCE, 6);
  expect(samplesOf('requests_total')).toEqual([
    { labels: ['Produce', '9'], value: 2 },
    { labels: ['Fetch', '13'], value: 1 },
  ]);
  expect(samplesOf('errors_total')).toEqual([
    { labels: ['Produce', 'NONE'], value: 1 },
    { labels: ['Produce', 'NOT_LEADER_OR_FOLLOWER'], value: 1 },
  ]);
});
