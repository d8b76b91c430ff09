/** OffsetForLeaderEpoch (23): where an epoch ends in the leader's log. */
import { errorName } from '../../../src/protocol/errors';
import {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '../../../src/protocol/messages/23-offset-for-leader-epoch';
import { Brokers, versionsOf } from '../../builders/broker-client';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  await brokers.createTopic('full', { assignment: [[1], [2]] });
  await brokers.createTopic('empty');
  await brokers.produce('full');
  await brokers.produce('full');
}, 60_000);
afterAll(() => brokers.stop());

interface Ask {
  readonly version?: number;
  readonly topic?: string;
  readonly partition?: number;
  readonly epoch?: number;
  readonly currentEpoch?: number;
}

async function endOf({ version = 4, ...ask }: Ask): Promise<string> {
  const current = version >= 2 ? { currentLeaderEpoch: ask.currentEpoch ?? -1 } : {};
  const { topics } = await brokers.ask(
    OffsetForLeaderEpochRequest,
    OffsetForLeaderEpochResponse,
    version,
    {
      ...(version >= 3 ? { replicaId: -1 } : {}),
      topics: [
        {
          topic: ask.topic ?? 'full',
          partitions: [{ partition: ask.partition ?? 0, leaderEpoch: ask.epoch ?? 0, ...current }],
        },
      ],
    },
  );
  const found = topics[0]?.partitions[0];
  if (!found) throw new Error('no answer for the partition');
  return `${errorName(found.errorCode)} ${String(found.leaderEpoch)} ${String(found.endOffset)}`;
}

test.each(versionsOf(OffsetForLeaderEpochRequest))(
  'v%i: epoch 0 ends with the log',
  async (version) => {
    expect(await endOf({ version })).toBe(version >= 1 ? 'NONE 0 2' : 'NONE -1 2');
  },
);

test.each`
  ask                                | expected                              | because
  ${{ epoch: 1 }}                    | ${'NONE -1 -1'}                       | ${'no such epoch was here yet'}
  ${{ epoch: -1 }}                   | ${'NONE -1 -1'}                       | ${'-1 is no epoch'}
  ${{ topic: 'empty' }}              | ${'NONE 0 0'}                         | ${'its epoch begins and ends at 0'}
  ${{ topic: 'absent' }}             | ${'UNKNOWN_TOPIC_OR_PARTITION -1 -1'} | ${'there is no such topic'}
  ${{ partition: 9 }}                | ${'UNKNOWN_TOPIC_OR_PARTITION -1 -1'} | ${'there is no such partition'}
  ${{ partition: 1 }}                | ${'NOT_LEADER_OR_FOLLOWER -1 -1'}     | ${'broker 2 leads it'}
  ${{ currentEpoch: 0 }}             | ${'NONE 0 2'}                         | ${'it is the leader epoch'}
  ${{ currentEpoch: 1 }}             | ${'UNKNOWN_LEADER_EPOCH -1 -1'}       | ${'the client knows more than the broker'}
  ${{ version: 2, currentEpoch: 1 }} | ${'UNKNOWN_LEADER_EPOCH -1 -1'}       | ${'it came with v2'}
`('$ask: $expected because $because', async ({ ask, expected }) => {
  expect(await endOf(ask as Ask)).toBe(expected);
});

test('no topics, no answer for any', async () => {
  const request = { replicaId: -1, topics: [] };
  const answer = await brokers.ask(
    OffsetForLeaderEpochRequest,
    OffsetForLeaderEpochResponse,
    4,
    request,
  );
  expect(answer.topics).toEqual([]);
});
