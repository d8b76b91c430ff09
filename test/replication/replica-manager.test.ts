import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anUpdateMetadata } from '../builders/cluster-metadata';
import { aLeaderAndIsr, aLeaderAndIsrOf, aStopReplica } from '../builders/control-requests';
import { drained } from '../builders/drained';
import { ManualClock } from '../builders/manual-clock';
import { aBatch, ReplicaHost, TOPIC_ID } from '../builders/replica-host';

const OTHER_ID = 'AAAAAAAAAAAAAAAAAAAAAg';

let clock: ManualClock;
let host: ReplicaHost;

beforeEach(async () => {
  clock = new ManualClock();
  host = await ReplicaHost.start({ clock });
  host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
});

afterEach(() => host.stop());

describe('epochs of a request', () => {
  test.each`
    brokerEpoch | controllerEpoch | error                       | because
    ${-1}       | ${5}            | ${'NONE'}                   | ${'an old controller knows no broker epochs'}
    ${100}      | ${5}            | ${'NONE'}                   | ${'all is as it should be'}
    ${101}      | ${6}            | ${'NONE'}                   | ${'the controller has heard of a registration before the broker itself'}
    ${99}       | ${5}            | ${'STALE_BROKER_EPOCH'}     | ${'it is meant for an earlier life of this broker'}
    ${100}      | ${4}            | ${'STALE_CONTROLLER_EPOCH'} | ${'another controller has taken over'}
  `('$error: $because', ({ brokerEpoch, controllerEpoch, error }) => {
    host.replicas.updateMetadata(anUpdateMetadata({ controllerEpoch: 5 }));
    const epochs = { brokerEpoch: Number(brokerEpoch), controllerEpoch: Number(controllerEpoch) };
    const lead = host.replicas.becomeLeaderOrFollower(aLeaderAndIsr(epochs));
    expect(lead.error).toBe(error);
    expect(host.replicas.partition('t', 0)?.kind).toBe(error === 'NONE' ? 'online' : undefined);
    expect(host.replicas.stopReplicas(aStopReplica(epochs)).error).toBe(error);
    expect(host.replicas.updateMetadata(anUpdateMetadata({ ...epochs, controllerId: 3 }))).toBe(
      error,
    );
    expect(host.metadata.controllerId).toBe(error === 'NONE' ? 3 : 1);
  });
});

describe('LeaderAndIsr', () => {
  test('gives roles, leaders before followers, and tells of them at the end', () => {
    const request = aLeaderAndIsrOf([
      { topic: 'u', topicId: OTHER_ID, leader: 2 },
      { topic: 't', leader: 1 },
      { topic: 't', partition: 1, leader: 1 },
    ]);
    const { error, partitions } = host.replicas.becomeLeaderOrFollower(request);
    expect(error).toBe('NONE');
    expect(partitions).toEqual([
      { topic: 't', topicId: TOPIC_ID, partition: 0, error: 'NONE' },
      { topic: 't', topicId: TOPIC_ID, partition: 1, error: 'NONE' },
      { topic: 'u', topicId: OTHER_ID, partition: 0, error: 'NONE' },
    ]);
    expect(host.listener.take()).toEqual(['leader@0 t-0', 'leader@0 t-1', 'follower@0 u-0']);
    expect(host.partition('u').leaderId).toBe(2);
    expect([...host.replicas.partitions()].map(({ key }) => key).sort()).toEqual([
      't-0',
      't-1',
      'u-0',
    ]);
  });

  test.each`
    over                         | error                           | because
    ${{ leaderEpoch: 4 }}        | ${'STALE_CONTROLLER_EPOCH'}     | ${'it is a repetition'}
    ${{ leaderEpoch: 3 }}        | ${'STALE_CONTROLLER_EPOCH'}     | ${'it is out of date'}
    ${{ topicId: OTHER_ID }}     | ${'INCONSISTENT_TOPIC_ID'}      | ${'the log belongs to another topic'}
    ${{ replicas: [2, 3] }}      | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'this broker is no replica'}
    ${{ leader: 2 }}             | ${'NONE'}                       | ${'the leader has changed'}
    ${{ leader: 2, version: 1 }} | ${'NONE'}                       | ${'old versions say the same'}
  `('$error: $because', ({ over, error }) => {
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leaderEpoch: 4 }));
    const request = aLeaderAndIsr({ leaderEpoch: 5, ...(over as object) });
    expect(host.replicas.becomeLeaderOrFollower(request).partitions).toMatchObject([{ error }]);
    expect(host.partition().isLeader).toBe(error !== 'NONE');
  });

  test('a partition that this broker is no replica of is not hosted', () => {
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ replicas: [2, 3], leader: 2 }));
    expect(host.replicas.partition('t', 0)).toBeUndefined();
  });

  test('a leader that is not alive is not followed; the replica is there, and follows once it is', async () => {
    host.metadata.update(anUpdateMetadata({ brokers: [1, 3] }));
    const { partitions } = host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 2 }));
    expect(partitions).toMatchObject([{ error: 'NONE' }]);
    expect(host.partition().log).toBeDefined();
    expect(host.partition().leaderEpoch).toBe(-1);
    expect(host.listener.take()).toEqual([]);
    await drained();
    expect(host.peers.connections).toEqual([]);

    host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 2 }));
    expect(host.listener.take()).toEqual(['follower@0 t-0']);
    await host.peers.next();
  });

  test('a leader elected again is not told of as new', () => {
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr());
    host.listener.take();
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leaderEpoch: 1, isr: [1] }));
    expect(host.partition().leaderEpoch).toBe(1);
    expect(host.partition().isr).toEqual([1]);
    expect(host.listener.take().filter((event) => event.startsWith('leader'))).toEqual([]);
  });

  test('a leader becomes a follower that fetches from its end, and a leader again', async () => {
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr());
    host.partition().appendRecordsAsLeader(aBatch('x'), { requiredAcks: 1, origin: 'client' });
    clock.endTick();
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 2, leaderEpoch: 1 }));
    expect(host.partition().isLeader).toBe(false);
    const request = await host.peers.next();
    expect(request.message).toMatchObject({
      topics: [{ partitions: [{ fetchOffset: 1, lastFetchedEpoch: 0, currentLeaderEpoch: 1 }] }],
    });
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 1, leaderEpoch: 2 }));
    expect(host.partition().isLeader).toBe(true);
    expect(host.listener.take().filter((event) => event.includes('@'))).toEqual([
      'leader@0 t-0',
      'follower@1 t-0',
      'leader@2 t-0',
    ]);
  });
});

describe('StopReplica', () => {
  test('stops fetching and keeps the replica', async () => {
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 2 }));
    await host.peers.next();
    const { partitions } = host.replicas.stopReplicas(aStopReplica());
    expect(partitions).toMatchObject([{ topic: 't', partition: 0, error: 'NONE' }]);
    expect(host.partition().log).toBeDefined();
  });

  test.each([0, 2, 4])('deletes the replica with its log (version %i)', (version) => {
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr());
    const partition = host.partition();
    host.replicas.stopReplicas(aStopReplica({ version, isDelete: true, leaderEpoch: -2 }));
    expect(host.replicas.partition('t', 0)).toBeUndefined();
    expect(host.logs.get({ topic: 't', partition: 0 })).toBeUndefined();
    expect(host.listener.take().at(-1)).toBe('deleted@0 t-0');
    expect(partition.checkEnoughReplicas(0)).toBe('NOT_LEADER_OR_FOLLOWER');
    expect(() =>
      partition.appendRecordsAsLeader(aBatch('x'), { requiredAcks: 1, origin: 'client' }),
    ).toThrow(expect.objectContaining({ errorName: 'NOT_LEADER_OR_FOLLOWER' }) as Error);
  });

  test('from before the present leader is refused', () => {
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leaderEpoch: 4 }));
    const { partitions } = host.replicas.stopReplicas(
      aStopReplica({ isDelete: true, leaderEpoch: 3 }),
    );
    expect(partitions).toMatchObject([{ error: 'FENCED_LEADER_EPOCH' }]);
    expect(host.replicas.partition('t', 0)).toBeDefined();
  });

  test('deletes a log that has got no role since the broker started', async () => {
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr());
    await host.stop({ keep: true });
    host = await ReplicaHost.start({ clock, directory: host.directory });
    expect(host.logs.get({ topic: 't', partition: 0 })).toBeDefined();
    const { partitions } = host.replicas.stopReplicas(
      aStopReplica({ isDelete: true, leaderEpoch: -2 }),
    );
    expect(partitions).toMatchObject([{ error: 'NONE' }]);
    expect(host.logs.get({ topic: 't', partition: 0 })).toBeUndefined();
  });

  test('of a replica that is not here changes nothing', () => {
    const { partitions } = host.replicas.stopReplicas(aStopReplica());
    expect(partitions).toMatchObject([{ error: 'NONE' }]);
  });
});

test.each`
  topic  | partition | found                           | because
  ${'t'} | ${0}      | ${'t-0'}                        | ${'it is hosted'}
  ${'t'} | ${1}      | ${'NOT_LEADER_OR_FOLLOWER'}     | ${'it exists, but elsewhere'}
  ${'v'} | ${0}      | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'nobody has heard of it'}
`(
  'a client that asks for $topic-$partition finds $found: $because',
  ({ topic, partition, found }) => {
    host.metadata.update(anUpdateMetadata({ topics: { t: [{}, { leader: 2, replicas: [2] }] } }));
    host.replicas.becomeLeaderOrFollower(aLeaderAndIsr());
    const result = host.replicas.lookup(String(topic), Number(partition));
    expect(typeof result === 'string' ? result : result.key).toBe(found);
  },
);

test('high watermarks are on disk five seconds after the first LeaderAndIsr, and found at the next start', async () => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ isr: [1], replicas: [1] }));
  host.partition().appendRecordsAsLeader(aBatch('x', 'y'), { requiredAcks: 1, origin: 'client' });
  clock.endTick();
  expect(host.partition().log?.highWatermark).toBe(2);
  clock.advance(5_000);
  const checkpoint = join(host.directory, 'replication-offset-checkpoint');
  while (!existsSync(checkpoint) || !readFileSync(checkpoint, 'utf8').includes('t 0 2'))
    await drained();
  host.kill();
  host = await ReplicaHost.start({ clock, directory: host.directory });
  const log = host.logs.get({ topic: 't', partition: 0 });
  expect([log?.highWatermark, log?.logEndOffset]).toEqual([2, 2]);
});

test('nothing runs any more after the stop', async () => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 2 }));
  const request = await host.peers.next();
  await host.stop({ keep: true });
  expect(clock.pendingTimers).toBe(0);
  request.break();
  await drained();
  expect(host.peers.unanswered).toBe(0);
});
