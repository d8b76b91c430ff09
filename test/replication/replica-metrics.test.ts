/** What replicas show of themselves, after each step of a leader's and of a follower's life. */
import type { MetricName } from '../../src/metrics/catalogue';
import { FetchResponse } from '../../src/protocol/messages/01-fetch';
import { anUpdateMetadata } from '../builders/cluster-metadata';
import { aLeaderAndIsrOf } from '../builders/control-requests';
import { drained } from '../builders/drained';
import { ManualClock } from '../builders/manual-clock';
import { aBatch, ReplicaHost, TOPIC_ID } from '../builders/replica-host';

let clock: ManualClock;
let host: ReplicaHost;

beforeEach(async () => {
  clock = new ManualClock();
  host = await ReplicaHost.start({
    clock,
    brokerId: 1,
    properties: { 'min.insync.replicas': '2' },
  });
  host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
});

afterEach(() => host.stop());

const MANAGER = 'kafka_server_replicamanager_';
const PARTITION = 'kafka_cluster_partition_';

function valueOf(name: MetricName): number | undefined {
  return Object.values(host.shown(name))[0];
}

const COUNTS = [
  'partitioncount',
  'leadercount',
  'underreplicatedpartitions',
  'underminisrpartitioncount',
  'atminisrpartitioncount',
  'reassigningpartitions',
] as const;

function counts(): Record<string, number | undefined> {
  return Object.fromEntries(COUNTS.map((name) => [name, valueOf(`${MANAGER}${name}`)]));
}

test('partitions are counted by how they are', () => {
  host.replicas.becomeLeaderOrFollower(
    aLeaderAndIsrOf([
      { partition: 0 },
      { partition: 1, isr: [1, 2] },
      { partition: 2, isr: [1] },
      { partition: 3, isr: [1, 2], replicas: [1, 2, 3], adding: [3] },
      { partition: 4, leader: 2 },
    ]),
  );
  expect(counts()).toEqual({
    partitioncount: 5,
    leadercount: 4,
    // A replica that is only being added is not missed.
    underreplicatedpartitions: 2,
    underminisrpartitioncount: 1,
    atminisrpartitioncount: 2,
    reassigningpartitions: 1,
  });
  expect(host.shown(`${PARTITION}insyncreplicascount`)).toEqual({
    't 0': 3,
    't 1': 2,
    't 2': 1,
    't 3': 2,
    't 4': 0,
  });
  expect(host.shown(`${PARTITION}replicascount`)).toMatchObject({ 't 0': 3, 't 3': 2, 't 4': 0 });
  expect(host.shown(`${PARTITION}underreplicated`)).toMatchObject({ 't 0': 0, 't 1': 1, 't 4': 0 });
  expect(host.shown(`${PARTITION}underminisr`)).toMatchObject({ 't 1': 0, 't 2': 1 });
  expect(host.shown(`${PARTITION}atminisr`)).toMatchObject({ 't 0': 0, 't 1': 1, 't 2': 0 });
});

test('changes of the ISR count when they are confirmed, or refused', async () => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsrOf([{ isr: [1, 2] }]));
  const changes = () => ({
    expands: valueOf(`${MANAGER}isrexpands_total`),
    shrinks: valueOf(`${MANAGER}isrshrinks_total`),
    failed: valueOf(`${MANAGER}failedisrupdates_total`),
  });
  host.partition().recordFollowerFetch(3, {
    brokerEpoch: 70,
    fetchOffset: 0,
    logStartOffset: 0,
    leaderEndOffset: 0,
  });
  expect(changes()).toEqual({ expands: 0, shrinks: 0, failed: 0 });
  host.isrUpdates.accept();
  await drained();
  expect(changes()).toEqual({ expands: 1, shrinks: 0, failed: 0 });
  // Nobody fetches for longer than the limit.
  host.partition().appendRecordsAsLeader(aBatch('x'), { requiredAcks: 1, origin: 'client' });
  clock.advance(60_000);
  host.isrUpdates.answer({ error: 'INELIGIBLE_REPLICA' });
  await drained();
  expect(changes()).toEqual({ expands: 1, shrinks: 0, failed: 1 });
  clock.advance(60_000);
  host.isrUpdates.accept();
  await drained();
  expect(changes()).toEqual({ expands: 1, shrinks: 1, failed: 1 });
});

test('a follower shows its lag and what it took', async () => {
  host.replicas.becomeLeaderOrFollower(
    aLeaderAndIsrOf([{ leader: 2, replicas: [2, 1], isr: [2], adding: [1] }]),
  );
  const request = await host.peers.next();
  const records = aBatch('x', 'y');
  const partition = {
    partitionIndex: 0,
    errorCode: 0,
    highWatermark: 10,
    logStartOffset: 0,
    records,
  };
  request.answer(FetchResponse, {
    errorCode: 0,
    sessionId: 7,
    responses: [{ topicId: TOPIC_ID, partitions: [{ ...partition, abortedTransactions: null }] }],
  });
  await drained();
  expect(host.shown('kafka_server_fetcherlagmetrics_consumerlag')).toEqual({
    'ReplicaFetcherThread-0-2 t 0': 8,
  });
  expect(host.shown('kafka_server_replicafetchermanager_maxlag')).toEqual({ Replica: 8 });
  const bytes = { '': records.length };
  expect(host.shown('kafka_server_brokertopicmetrics_replicationbytesin_total')).toEqual(bytes);
  expect(host.shown('kafka_server_brokertopicmetrics_reassignmentbytesin_total')).toEqual(bytes);
});

test('the slowest fetcher gives the rate', async () => {
  const rate = () => valueOf('kafka_server_replicafetchermanager_minfetchrate');
  expect(rate()).toBe(0);
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsrOf([{ leader: 2, isr: [1, 2] }]));
  expect(rate()).toBe(0);
  await host.peers.next();
  clock.advance(2_000);
  expect(rate()).toBe(0.5);
});
