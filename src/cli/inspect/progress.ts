/** Whether moves of partitions get on: the ends of the replicas that are being made, seen twice. */
import type { AdminClient } from '../../admin/admin-client';
import { AdminError } from '../../admin/admin-error';
import { replicaEnds } from '../../admin/offsets';
import type { OffsetAnswer } from '../../admin/offsets';
import { UnsupportedApiError } from '../../network/broker-connection';
import type { Clock } from '../../platform/ports';
import { NetworkError } from '../../platform/ports';
import { partitionKey } from '../../protocol/topic-partition';
import type { TopicPartition } from '../../protocol/topic-partition';
import type { MoveProgress } from './picture';
import type { ZooKeeperFacts } from './zookeeper-facts';

interface Watched extends TopicPartition {
  readonly replica: number;
  readonly leader: number;
}

/** Replicas that are being added, on brokers that are there, and not in the ISR yet. */
function watchedReplicas(facts: ZooKeeperFacts): Watched[] {
  const live = new Set(facts.brokers.map(({ id }) => id));
  return facts.topics.flatMap(({ partitions }) =>
    partitions.flatMap(({ topic, partition, adding, state }) =>
      adding
        .filter((replica) => live.has(replica) && state && !state.isr.includes(replica))
        .map((replica) => ({ topic, partition, replica, leader: state?.leader ?? -1 })),
    ),
  );
}

/** What one broker tells about its replicas; nothing if it cannot be asked. */
async function endsOn(
  client: AdminClient,
  broker: number,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, OffsetAnswer>> {
  try {
    return await replicaEnds(client, broker, partitions);
  } catch (error) {
    const isExpected =
      error instanceof AdminError ||
      error instanceof NetworkError ||
      error instanceof UnsupportedApiError;
    if (!isExpected) throw error;
    return new Map();
  }
}

/** End offsets by broker and partition. */
async function readEnds(
  client: AdminClient,
  replicas: readonly { readonly broker: number; readonly id: TopicPartition }[],
): Promise<(broker: number, id: TopicPartition) => number | undefined> {
  const brokers = [...new Set(replicas.map(({ broker }) => broker))];
  const found = await Promise.all(
    brokers.map((broker) => {
      const ofIt = replicas.filter((each) => each.broker === broker).map(({ id }) => id);
      return endsOn(client, broker, ofIt);
    }),
  );
  const byBroker = new Map(brokers.map((broker, i) => [broker, found[i]]));
  return (broker, { topic, partition }) => {
    const answer = byBroker.get(broker)?.get(partitionKey(topic, partition));
    return answer && 'offset' in answer ? answer.offset : undefined;
  };
}

/** Closes the client. */
export async function watchMoves(
  client: AdminClient,
  clock: Clock,
  facts: ZooKeeperFacts,
  watchMs: number,
): Promise<MoveProgress[]> {
  try {
    const watched = watchedReplicas(facts);
    if (watched.length === 0) return [];
    const own = watched.map((each) => ({ broker: each.replica, id: each }));
    const before = await readEnds(client, own);
    await new Promise<void>((resolve) => clock.callAfter(watchMs, resolve));
    const leaders = watched.map((each) => ({ broker: each.leader, id: each }));
    const [after, leaderEnd] = [await readEnds(client, own), await readEnds(client, leaders)];
    return watched.map((each) => ({
      topic: each.topic,
      partition: each.partition,
      replica: each.replica,
      before: before(each.replica, each),
      after: after(each.replica, each),
      leaderEnd: leaderEnd(each.leader, each),
    }));
  } finally {
    client.close();
  }
}
