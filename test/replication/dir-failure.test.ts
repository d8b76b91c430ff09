import { errorCode } from '../../src/protocol/errors';
import { FetchResponse } from '../../src/protocol/messages/01-fetch';
import { anUpdateMetadata } from '../builders/cluster-metadata';
import { aLeaderAndIsr, aStopReplica } from '../builders/control-requests';
import { drained } from '../builders/drained';
import { FailingFiles } from '../builders/failing-files';
import { ManualClock } from '../builders/manual-clock';
import { aBatch, ReplicaHost, TOPIC_ID } from '../builders/replica-host';

let clock: ManualClock;
let disk: FailingFiles;
let host: ReplicaHost;

beforeEach(async () => {
  clock = new ManualClock();
  disk = new FailingFiles();
  host = await ReplicaHost.start({ clock, files: disk.files });
  host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
});

afterEach(() => {
  disk.isFailing = false;
  return host.stop();
});

test('a leader whose disk fails acknowledges nothing, and its partitions are offline', async () => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ isr: [1], replicas: [1] }));
  const partition = host.partition();
  disk.isFailing = true;
  partition.appendRecordsAsLeader(aBatch('x'), { requiredAcks: -1, origin: 'client' });
  const written = partition.written();
  clock.endTick();
  await expect(written).rejects.toMatchObject({ errorName: 'KAFKA_STORAGE_ERROR' });
  expect(partition.checkEnoughReplicas(1)).toBe('NOT_LEADER_OR_FOLLOWER');
  expect(host.replicas.lookup('t', 0)).toBe('KAFKA_STORAGE_ERROR');
  expect(host.replicas.offlinePartitionCount).toBe(1);
  expect(host.listener.take().at(-1)).toBe('offline@0 t-0');
});

test('the controller is told, whatever it wants of the replica', async () => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr());
  disk.isFailing = true;
  host.partition().appendRecordsAsLeader(aBatch('x'), { requiredAcks: 1, origin: 'client' });
  host
    .partition()
    .written()
    .catch(() => undefined);
  clock.endTick();
  await drained();
  const lead = host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leaderEpoch: 1 }));
  expect(lead.partitions).toMatchObject([{ error: 'KAFKA_STORAGE_ERROR' }]);
  const stop = host.replicas.stopReplicas(aStopReplica({ leaderEpoch: 1 }));
  expect(stop.partitions).toMatchObject([{ error: 'KAFKA_STORAGE_ERROR' }]);
  const other = aLeaderAndIsr({
    topic: 'u',
    topicId: 'AAAAAAAAAAAAAAAAAAAAAg',
    leader: 2,
    isNew: false,
  });
  expect(host.replicas.becomeLeaderOrFollower(other).partitions).toMatchObject([
    { error: 'KAFKA_STORAGE_ERROR' },
  ]);
  expect(host.replicas.lookup('u', 0)).toBe('KAFKA_STORAGE_ERROR');
});

test('a follower whose disk fails does not tell the leader that it has what it could not write', async () => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 2 }));
  const request = await host.peers.next();
  disk.isFailing = true;
  const answer = {
    partitionIndex: 0,
    errorCode: errorCode('NONE'),
    highWatermark: 1,
    logStartOffset: 0,
    abortedTransactions: null,
    records: aBatch('x'),
  };
  request.answer(FetchResponse, {
    throttleTimeMs: 0,
    errorCode: 0,
    sessionId: 77,
    responses: [{ topicId: TOPIC_ID, partitions: [answer] }],
  });
  await drained();
  clock.endTick();
  await drained();
  expect(host.replicas.lookup('t', 0)).toBe('KAFKA_STORAGE_ERROR');
  const next = await host.peers.next();
  expect(next.message).toMatchObject({
    topics: [],
    forgottenTopicsData: [{ topicId: TOPIC_ID, partitions: [0] }],
  });
});
