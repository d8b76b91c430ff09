import type { Checker, CheckerContext } from './checker';
import type { BrokerView, ReplicaView, StoredBatch } from './cluster-under-test';
import { nameOf } from './named';

/** How far a log was looked through. */
interface Progress {
  readonly logId: number;
  readonly truncations: number;
  last: StoredBatch | undefined;
}

/**
 * The batches of every log follow each other without gap or overlap, and their leader epochs never fall: a leader
 * appends at its end and in its own epoch, which is above all before it; a follower takes over what its leader has,
 * and cuts its own log first where the two have parted (KIP-101). Every batch is what was written (its checksum
 * fits) unless the disk was made to lie.
 *
 * Exceptions: compaction takes out records, and then whole batches; a log whose beginning was deleted begins anywhere.
 */
export class LogShape implements Checker {
  readonly name = 'log-shape';
  readonly #progress = new Map<string, Progress>();

  constructor(private readonly context: CheckerContext) {}

  nowAndThen(): void {
    for (const broker of this.context.cluster.brokers()) {
      if (broker.mayBeDamaged) continue;
      for (const replica of broker.replicas()) this.#check(broker, replica);
    }
  }

  atEnd(): void {
    this.#progress.clear();
    this.nowAndThen();
  }

  #check(broker: BrokerView, replica: ReplicaView): void {
    const key = `${String(broker.id)}/${nameOf(replica)}`;
    const { logId, truncations } = replica;
    let progress = this.#progress.get(key);
    if (progress?.logId !== logId || progress.truncations !== truncations) {
      progress = { logId, truncations, last: undefined };
      this.#progress.set(key, progress);
    }
    const isCompacted = this.context.committed.settings.isCompacted(replica.topic);
    const from = (progress.last?.lastOffset ?? -1) + 1;
    for (const batch of replica.batchesFrom(from)) {
      const wrong = wrongAfter(progress.last, batch, isCompacted);
      if (wrong !== undefined) this.#fail(broker, replica, batch, wrong);
      progress.last = batch;
    }
  }

  // oxlint-disable-next-line max-params -- all of it goes into one message.
  #fail(broker: BrokerView, replica: ReplicaView, batch: StoredBatch, wrong: string): void {
    const { baseOffset, lastOffset, leaderEpoch } = batch;
    this.context.fail(
      this,
      `${nameOf(replica)} on broker ${String(broker.id)}: the batch ${String(baseOffset)} to ` +
        `${String(lastOffset)} of leader epoch ${String(leaderEpoch)} ${wrong}`,
    );
  }
}

function wrongAfter(
  before: StoredBatch | undefined,
  batch: StoredBatch,
  isCompacted: boolean,
): string | undefined {
  if (!batch.isIntact) return 'does not fit its checksum';
  if (batch.lastOffset < batch.baseOffset) return 'ends before it begins';
  if (!before) return undefined;
  const next = before.lastOffset + 1;
  if (batch.baseOffset < next) return `overlaps the one before, which ends before ${String(next)}`;
  if (batch.baseOffset > next && !isCompacted) return `leaves a gap after ${String(next - 1)}`;
  if (batch.leaderEpoch < before.leaderEpoch)
    return `comes after one of leader epoch ${String(before.leaderEpoch)}`;
  return undefined;
}
