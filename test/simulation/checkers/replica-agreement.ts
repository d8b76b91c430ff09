import type { HistoryEvent } from '../history';
import type { Checker, CheckerContext } from './checker';
import type { BrokerView, ReplicaView, StoredBatch } from './cluster-under-test';
import type { CommittedLog } from './committed-log';
import { nameOf } from './named';

interface Progress {
  readonly logId: number;
  readonly truncations: number;
  /** All below was compared. */
  endOffset: number;
}

/**
 * All logs agree with the committed log of their partition: each below its own high watermark, and those of the
 * ISR's members, the leader's among them, up to the highest high watermark that anybody was ever told.
 *
 * Why: a leader raises the high watermark to what every member of its largest possible ISR (the committed one with
 * what it has proposed) has answered for, by fetching from there on. A follower has at most its leader's high
 * watermark, and only after it shares the leader's history, since it cuts its log at the first answer that shows
 * another one. Elections keep to the ISR, and a follower joins it with all up to the high watermark and the start of
 * the leader's epoch, where the leader's log ended when it was elected (KAFKA-7128). So a member of the
 * committed ISR has everything committed at every moment, between taking office and its first append as well.
 *
 * Exceptions: after an unclean election nothing is judged; compacted topics are, by their nature, the same only in
 * what is left; disks that were made to lie are passed over. A broker that was told of no role yet shows no replica.
 */
export class ReplicaAgreement implements Checker {
  readonly name = 'replica-agreement';
  readonly #progress = new Map<string, Progress>();

  constructor(private readonly context: CheckerContext) {}

  onHistoryEvent(event: HistoryEvent): void {
    const { logs } = this.context;
    if (event.kind === 'fetched' && event.highWatermark >= 0)
      logs
        .of(event)
        .note(event.highWatermark, `${event.client}, by broker ${String(event.broker)},`);
  }

  nowAndThen(): void {
    const replicas = this.#judged();
    for (const { broker, replica } of replicas)
      this.context.logs
        .of(replica)
        .note(replica.highWatermark, `broker ${String(broker.id)} by its high watermark`);
    for (const { broker, replica } of replicas) this.#check(broker, replica);
  }

  atEnd(): void {
    this.#progress.clear();
    this.nowAndThen();
  }

  #judged(): { readonly broker: BrokerView; readonly replica: ReplicaView }[] {
    const { committed, cluster } = this.context;
    const found: { readonly broker: BrokerView; readonly replica: ReplicaView }[] = [];
    for (const broker of cluster.brokers()) {
      if (broker.mayBeDamaged) continue;
      for (const replica of broker.replicas()) {
        const isJudged =
          committed.isJudged(replica) && !committed.settings.isCompacted(replica.topic);
        if (isJudged) found.push({ broker, replica });
      }
    }
    return found;
  }

  #check(broker: BrokerView, replica: ReplicaView): void {
    const log = this.context.logs.of(replica);
    const record = this.context.committed.partition(replica.topic, replica.partition);
    const isInSync = record?.state.isr.includes(broker.id) ?? false;
    if (isInSync && replica.logEndOffset < log.committedEnd) {
      this.#fail(broker, replica, `is in the ISR and ends before ${committedText(log)}`);
      return;
    }
    const upTo = isInSync ? log.committedEnd : replica.highWatermark;
    const progress = this.#progressOf(broker, replica);
    for (const batch of replica.batchesFrom(progress.endOffset)) {
      if (batch.lastOffset >= upTo) return;
      this.#compare(broker, replica, { log, batch });
      progress.endOffset = batch.lastOffset + 1;
    }
  }

  #compare(
    broker: BrokerView,
    replica: ReplicaView,
    { log, batch }: { readonly log: CommittedLog; readonly batch: StoredBatch },
  ): void {
    if (!batch.isIntact || batch.lastOffset < log.startOffset) return;
    if (batch.baseOffset >= log.endOffset) {
      this.context.logs.append(log, batch);
      return;
    }
    const committed = log.batchAt(batch.baseOffset);
    if (committed && isSame(committed, batch)) return;
    const other = committed ? batchText(committed) : 'the middle of a batch';
    this.#fail(
      broker,
      replica,
      `has ${batchText(batch)} where ${other} is committed ` +
        `(records ${recordsText(batch)}; at its first offset is ${log.recordAt(batch.baseOffset) ?? 'none'})`,
    );
  }

  #progressOf(broker: BrokerView, replica: ReplicaView): Progress {
    const key = `${String(broker.id)}/${nameOf(replica)}`;
    const known = this.#progress.get(key);
    const { logId, truncations } = replica;
    if (known?.logId === logId && known.truncations === truncations) return known;
    const progress = { logId, truncations, endOffset: 0 };
    this.#progress.set(key, progress);
    return progress;
  }

  #fail(broker: BrokerView, replica: ReplicaView, what: string): void {
    const { highWatermark, logStartOffset, logEndOffset, leaderEpoch, isLeader } = replica;
    this.context.fail(
      this,
      `${nameOf(replica)}: broker ${String(broker.id)} (${isLeader ? 'leader' : 'follower'} in leader ` +
        `epoch ${String(leaderEpoch)}, log ${String(logStartOffset)} to ${String(logEndOffset)}, ` +
        `high watermark ${String(highWatermark)}) ${what}`,
    );
  }
}

function isSame(one: StoredBatch, other: StoredBatch): boolean {
  return (
    one.lastOffset === other.lastOffset &&
    one.leaderEpoch === other.leaderEpoch &&
    one.checksum === other.checksum
  );
}

function committedText(log: CommittedLog): string {
  return `${String(log.committedEnd)}, which ${log.witness} has told to be committed`;
}

function batchText({ baseOffset, lastOffset, leaderEpoch }: StoredBatch): string {
  return `the batch ${String(baseOffset)} to ${String(lastOffset)} of leader epoch ${String(leaderEpoch)}`;
}

function recordsText(batch: StoredBatch): string {
  return batch
    .records()
    .map(({ id }) => id ?? 'none')
    .join(',');
}
