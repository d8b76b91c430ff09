import type { Fetched, HistoryEvent } from '../history';
import type { Checker, CheckerContext } from './checker';
import type { BrokerView, ReplicaView } from './cluster-under-test';
import { nameOf } from './named';

interface Marks {
  readonly logId: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
}

/** Longer than a client waits for an answer: what a process has sent has come by then, or never will. */
const FLIGHT_MS = 30_000;

/**
 * High watermark and log start of a log never go back while its broker runs, and so neither what one consumer is told
 * by one leader in one epoch.
 *
 * What Kafka does not promise, and is not asked for: a new leader may begin with a lower high watermark than the old
 * one told, since it learns of it one fetch late (KIP-207 keeps clients from being misled); a broker that starts
 * begins with the high watermark and log start of its last checkpoints; and answers of two connections may overtake
 * each other. That nothing committed is lost when they differ is `ReplicaAgreement`'s. A follower of Kafka's may
 * lower its high watermark to its leader's; ours keeps what it knows, and truncation never reaches below it.
 *
 * Exceptions: unclean elections and names of deleted topics.
 */
export class Watermarks implements Checker {
  readonly name = 'watermark';
  readonly #ofLogs = new Map<string, Marks>();
  readonly #told = new Map<string, Fetched>();
  readonly #lives = new Map<number, { readonly life: number; readonly sinceMs: number }>();

  constructor(private readonly context: CheckerContext) {}

  onHistoryEvent(event: HistoryEvent): void {
    if (event.kind !== 'fetched' || event.highWatermark < 0) return;
    const { leaderEpoch = -1 } = event;
    if (leaderEpoch < 0 || !this.context.committed.isJudged(event)) return;
    const broker = this.context.cluster.brokers().find(({ id }) => id === event.broker);
    if (!broker || this.#ageOf(broker) < FLIGHT_MS) return;
    const key = [event.client, broker.id, broker.life, leaderEpoch, nameOf(event)].join('/');
    const before = this.#told.get(key);
    this.#told.set(key, event);
    if (!before) return;
    const wrong = fallen(before, event);
    if (wrong === undefined) return;
    const epoch = String(leaderEpoch);
    this.context.fail(
      this,
      `${nameOf(event)}: broker ${String(broker.id)}, leader in epoch ${epoch}, told ${event.client} ${wrong}`,
    );
  }

  nowAndThen(): void {
    for (const broker of this.context.cluster.brokers()) {
      this.#ageOf(broker);
      for (const replica of broker.replicas()) this.#check(broker, replica);
    }
  }

  #check(broker: BrokerView, replica: ReplicaView): void {
    if (!this.context.committed.isJudged(replica)) return;
    const key = `${String(broker.id)}/${nameOf(replica)}`;
    const before = this.#ofLogs.get(key);
    const { logId, highWatermark, logStartOffset } = replica;
    this.#ofLogs.set(key, { logId, highWatermark, logStartOffset });
    const wrong = before?.logId === logId ? fallen(before, replica) : undefined;
    if (wrong === undefined) return;
    this.context.fail(this, `${nameOf(replica)}: broker ${String(broker.id)} has ${wrong}`);
  }

  /** How long the broker's process has been seen. */
  #ageOf({ id, life }: BrokerView): number {
    const { nowMs } = this.context.world;
    const known = this.#lives.get(id);
    // Before the first look at a broker nothing was told of it.
    if (!known) this.#lives.set(id, { life, sinceMs: -Infinity });
    else if (known.life !== life) this.#lives.set(id, { life, sinceMs: nowMs });
    return nowMs - (this.#lives.get(id)?.sinceMs ?? nowMs);
  }
}

function fallen(
  before: Pick<Marks, 'highWatermark' | 'logStartOffset'>,
  after: Pick<Marks, 'highWatermark' | 'logStartOffset'>,
): string | undefined {
  if (after.highWatermark < before.highWatermark)
    return `high watermark ${String(after.highWatermark)} after ${String(before.highWatermark)}`;
  if (after.logStartOffset >= 0 && after.logStartOffset < before.logStartOffset)
    return `log start ${String(after.logStartOffset)} after ${String(before.logStartOffset)}`;
  return undefined;
}
