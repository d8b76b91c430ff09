/** A broker's lines of the state-change log: what part its replicas have, as the controller says. */
import { anUpdateMetadata } from '../builders/cluster-metadata';
import { aLeaderAndIsr, aStopReplica } from '../builders/control-requests';
import { ManualClock } from '../builders/manual-clock';
import { ReplicaHost } from '../builders/replica-host';

let host: ReplicaHost;

beforeEach(async () => {
  host = await ReplicaHost.start({ clock: new ManualClock() });
  host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
});
afterEach(() => host.stop());

/** What was said of state changes since this was last asked. */
function said(): string[] {
  return host.log.lines
    .splice(0)
    .filter(({ message }) => message.startsWith('controller epoch'))
    .map(({ level, message }) => `${level}: ${message}`);
}

test('a replica that leads, follows, stops and is deleted says so, each in one line', () => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 1, controllerEpoch: 4 }));
  expect(said()).toEqual(['info: controller epoch 4, t-0, none → leader']);
  const follow = { leader: 2, leaderEpoch: 1, controllerEpoch: 5 };
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr(follow));
  expect(said()).toEqual(['info: controller epoch 5, t-0, leader → follower of 2']);
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ ...follow, leader: 3, leaderEpoch: 2 }));
  expect(said()).toEqual(['info: controller epoch 5, t-0, follower of 2 → follower of 3']);
  host.replicas.stopReplicas(aStopReplica({ leaderEpoch: 3, controllerEpoch: 5 }));
  expect(said()).toEqual(['info: controller epoch 5, t-0, follower of 3 → stopped']);
  host.replicas.stopReplicas(aStopReplica({ leaderEpoch: -2, controllerEpoch: 5, isDelete: true }));
  expect(said()).toEqual(['info: controller epoch 5, t-0, follower of 3 → deleted']);
});

test.each`
  request                                  | line
  ${{ leaderEpoch: 5, leader: 1 }}         | ${'debug: controller epoch 1, t-0, LeaderAndIsr ignored: STALE_CONTROLLER_EPOCH'}
  ${{ leaderEpoch: 6, partitionEpoch: 1 }} | ${'info: controller epoch 1, t-0, ignored: a later state is known'}
  ${{ leaderEpoch: 6, leader: 9 }}         | ${'error: controller epoch 1, t-0, cannot follow 9: it is not alive'}
`('$line', ({ request, line }) => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 1, leaderEpoch: 5 }));
  said();
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr(request as object));
  expect(said()).toEqual([line]);
});

test('a stop from before is refused, and says so', () => {
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ leader: 1, leaderEpoch: 5 }));
  said();
  host.replicas.stopReplicas(aStopReplica({ leaderEpoch: 4, isDelete: true }));
  expect(said()).toEqual([
    'warn: controller epoch 1, t-0, leader → deleted refused: FENCED_LEADER_EPOCH',
  ]);
});
