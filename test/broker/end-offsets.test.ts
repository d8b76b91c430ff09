import { EndOffsets } from '../../src/broker/end-offsets';
import {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../src/protocol/messages/02-list-offsets';
import type { TopicPartition } from '../../src/protocol/topic-partition';
import { ManualClock } from '../builders/manual-clock';
import { settled } from '../builders/memory-zookeeper';
import { ScriptedPeers } from '../builders/scripted-peer';

const at = (topic: string, partition: number): TopicPartition => ({ topic, partition });
const ENDPOINT = { listener: 'PLAINTEXT', host: 'h', port: 9092, securityProtocol: 'PLAINTEXT' };

/** Broker 1 wants to know of `a-0` and `a-1`, which broker 2 leads, and of `b-0`, which it leads itself. */
function anAsker() {
  const clock = new ManualClock();
  const peers = new ScriptedPeers();
  const endOffsets = new EndOffsets({
    clock,
    brokerId: 1,
    peers,
    lookup: {
      leaderOf: ({ topic }) => (topic === 'a' ? { brokerId: 2, endpoint: ENDPOINT } : undefined),
    },
    wanted: () => [at('a', 0), at('b', 0), at('a', 1)],
  });
  return { clock, peers, endOffsets };
}

function answered(
  partitions: readonly (readonly [partition: number, error: number, offset: number])[],
) {
  return {
    topics: [
      {
        name: 'a',
        partitions: partitions.map(([partitionIndex, errorCode, offset]) => ({
          partitionIndex,
          errorCode,
          offset,
          oldStyleOffsets: [],
        })),
      },
    ],
  };
}

test('the leader of several partitions is asked once, for their high watermarks', async () => {
  const { peers, endOffsets } = anAsker();
  const refreshed = endOffsets.refresh();
  const request = await peers.next();
  expect(request.target).toMatchObject({ brokerId: 2, clientId: 'broker-1-metrics' });
  expect(request.as(ListOffsetsRequest)).toMatchObject({
    replicaId: -1,
    topics: [
      {
        name: 'a',
        partitions: [
          { partitionIndex: 0, timestamp: -1 },
          { partitionIndex: 1, timestamp: -1 },
        ],
      },
    ],
  });
  request.answer(
    ListOffsetsResponse,
    answered([
      [0, 0, 42],
      [1, 6, -1],
    ]),
  );
  await refreshed;
  expect(endOffsets.get(at('a', 0))).toBe(42);
  expect(endOffsets.get(at('a', 1))).toBeUndefined();
  expect(endOffsets.get(at('b', 0))).toBeUndefined();
});

test('an answer counts for a few seconds; who looks meanwhile waits for the same one', async () => {
  const { clock, peers, endOffsets } = anAsker();
  const both = Promise.all([endOffsets.refresh(), endOffsets.refresh()]);
  (await peers.next()).answer(ListOffsetsResponse, answered([[0, 0, 42]]));
  await both;
  clock.advance(4_999);
  await endOffsets.refresh();
  expect(peers.connections).toHaveLength(1);
  clock.advance(1);
  const again = endOffsets.refresh();
  (await peers.next()).answer(ListOffsetsResponse, answered([[0, 0, 43]]));
  await again;
  expect(endOffsets.get(at('a', 0))).toBe(43);
});

test('what a leader said before it went away is not shown for ever', async () => {
  const { clock, peers, endOffsets } = anAsker();
  const first = endOffsets.refresh();
  (await peers.next()).answer(ListOffsetsResponse, answered([[0, 0, 42]]));
  await first;
  peers.isUnreachable = true;
  clock.advance(5_000);
  await endOffsets.refresh();
  expect(endOffsets.get(at('a', 0))).toBeUndefined();
});

test('a connection that breaks is a leader that does not answer', async () => {
  const { peers, endOffsets } = anAsker();
  const refreshed = endOffsets.refresh();
  (await peers.next()).break();
  await refreshed;
  await settled();
  expect(endOffsets.get(at('a', 0))).toBeUndefined();
});
