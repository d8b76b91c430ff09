import type { Checker, CheckerContext } from './checker';
import type { ReplicaView } from './cluster-under-test';
import { nameOf } from './named';

/**
 * A broker leads a partition only in epochs that were given to it: each epoch in the state znode has one leader, and
 * a broker takes a role, with the epoch, from LeaderAndIsr alone, which repeats what is committed. So of two brokers
 * that lead at the same time, as happens while one has not heard that it was replaced, each has an epoch of its own.
 *
 * It does not judge a topic's name that was ever deleted: brokers that are cut off may lead partitions of the old one.
 */
export class ActingLeaders implements Checker {
  readonly name = 'acting-leader';

  constructor(private readonly context: CheckerContext) {}

  nowAndThen(): void {
    for (const broker of this.context.cluster.brokers()) {
      for (const replica of broker.replicas()) {
        if (replica.isLeader) this.#check(broker.id, replica);
      }
    }
  }

  atEnd(): void {
    this.nowAndThen();
  }

  #check(brokerId: number, replica: ReplicaView): void {
    const { topic, partition, leaderEpoch } = replica;
    const { committed } = this.context;
    const record = committed.partition(topic, partition);
    if (!record || !committed.isJudged(replica)) return;
    const leader = record.leaders.get(leaderEpoch);
    if (leader === brokerId) return;
    const rightful = leader === undefined ? 'is in no state znode' : `belongs to ${String(leader)}`;
    this.context.fail(
      this,
      `${nameOf(replica)}: broker ${String(brokerId)} leads in epoch ${String(leaderEpoch)}, ` +
        `which ${rightful}`,
    );
  }
}
