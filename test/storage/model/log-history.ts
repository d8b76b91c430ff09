/**
 * One random life of a log: appends as leader and follower, producers and transactions, rolls, truncations,
 * deletions, orderly stops and kills, compared step by step with a plain model. A seed gives one history.
 */

import { deepStrictEqual as isEqual, ok as isTrue } from 'node:assert/strict';

import { baseOffsetOf, lastOffsetOf } from '../../../src/protocol/records/batch';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import type { Log } from '../../../src/storage/log';
import type { LogManager } from '../../../src/storage/log-manager';
import { DeviceFiles } from '../../builders/device-files';
import type { Below } from '../../builders/device-files';
import { seeded } from '../../builders/seeded';
import { SOME_TIME, StorageFixture, aBatch, readAll } from '../../builders/storage';
import { LogModel } from './log-model';
import type { ModelBatch, ModelProducer } from './log-model';

const STEPS = 60;
const LEADER = { origin: 'client' } as const;

interface Producer {
  id: number;
  epoch: number;
  sequence: number;
  isInTransaction: boolean;
}

export class LogHistory {
  readonly #below: Below;
  readonly #model = new LogModel();
  readonly #device = new DeviceFiles(['/logs/data'], () => this.#fixture.clock.nowMs());
  readonly #fixture: StorageFixture;
  readonly #producers: Producer[];
  #manager: LogManager | undefined;
  #epoch = 0;
  #count = 0;
  /** What was done, for whoever looks into a failure. */
  readonly steps: string[] = [];

  constructor(seed: number) {
    this.#below = seeded(seed);
    this.#producers = [11, 12, 13].map((id) => ({
      id,
      epoch: 0,
      sequence: 0,
      isInTransaction: false,
    }));
    this.#fixture = new StorageFixture({
      root: '/logs',
      cacheBytes: 64 * 1024,
      platform: { files: this.#device.files },
      values: { 'odradek.durability': this.#below(2) === 0 ? 'kafka' : 'strict' },
      config: {
        'segment.bytes': 1500 + this.#below(3000),
        'index.interval.bytes': this.#below(300),
        'retention.ms': -1,
      },
    });
  }

  async run(): Promise<void> {
    try {
      await this.#open();
      for (let i = 0; i < STEPS; i++) await this.#step();
      await this.#check();
    } finally {
      this.#fixture.end();
    }
  }

  get #log(): Log {
    const log = this.#manager?.get({ topic: 'topic', partition: 0 });
    if (!log) throw new Error('the log is gone');
    return log;
  }

  async #open(): Promise<void> {
    this.#device.releaseLocks();
    this.#manager = await this.#fixture.start();
    this.#fixture.log(this.#manager);
  }

  async #step(): Promise<void> {
    const choice = this.#below(100);
    const step = STEP_TABLE.find(({ upTo }) => choice < upTo);
    this.steps.push(`${String(step?.name)} at ${String(this.#model.end)}`);
    if (step) await this[step.name]();
    isEqual(
      [this.#log.logStartOffset, this.#log.logEndOffset],
      [this.#model.start, this.#model.end],
    );
  }

  appendPlain(): void {
    this.#appendAsLeader(undefined);
  }

  appendSequenced(): void {
    const producer = this.#pick(this.#producers);
    this.#appendAsLeader({ ...producer, isTransactional: producer.isInTransaction });
  }

  /** Begins a transaction, or ends it. */
  transact(): void {
    const producer = this.#pick(this.#producers);
    if (!producer.isInTransaction) {
      producer.isInTransaction = true;
      this.#appendAsLeader({ ...producer, isTransactional: true });
      return;
    }
    const type = this.#below(2) === 0 ? 'abort' : 'commit';
    const timestamp = this.#time();
    const { id: producerId, epoch: producerEpoch } = producer;
    const bytes = buildMarkerBatch({
      producerId,
      producerEpoch,
      coordinatorEpoch: 0,
      type,
      timestamp,
    });
    const offset = this.#log.logEndOffset;
    this.#log.appendAsLeader(bytes, { leaderEpoch: this.#epoch, origin: 'coordinator' });
    const model = { id: producerId, epoch: producerEpoch, sequence: -1, isTransactional: true };
    this.#note([{ value: type, timestamp }], offset, model, type);
    producer.isInTransaction = false;
  }

  /** One to three batches of a leader in one answer. */
  appendFollower(): void {
    const parts: Buffer[] = [];
    const noted: (() => void)[] = [];
    let base = this.#log.logEndOffset;
    for (let i = 1 + this.#below(3); i > 0; i--) {
      const records = this.#records();
      const at = base;
      const epoch = this.#epoch;
      parts.push(aBatch(records, { baseOffset: at, leaderEpoch: epoch }));
      noted.push(() => this.#note(records, at, undefined, undefined));
      base += records.length;
    }
    this.#log.appendAsFollower(Buffer.concat(parts));
    for (const note of noted) note();
  }

  endTick(): void {
    this.#fixture.clock.endTick();
    this.#log.updateHighWatermark(this.#log.writtenEndOffset);
  }

  raiseEpoch(): void {
    this.#epoch += 1 + this.#below(2);
  }

  async flush(): Promise<void> {
    this.endTick();
    await this.#log.flush();
  }

  async checkpoint(): Promise<void> {
    this.endTick();
    this.#fixture.clock.advance(60_000);
    await this.#background();
  }

  truncate(): void {
    const offset = this.#model.start + this.#below(this.#model.end - this.#model.start + 1);
    this.#log.truncateTo(offset);
    this.#model.truncate(offset);
    this.#followProducers();
  }

  restartAt(): void {
    const offset = this.#below(1000);
    this.#log.truncateFullyAndStartAt(offset);
    this.#model.restart(offset);
    this.#followProducers();
  }

  raiseStart(): void {
    this.endTick();
    const offset = this.#model.start + this.#below(this.#log.highWatermark - this.#model.start + 1);
    this.#log.raiseLogStart(offset);
    this.#model.start = offset;
  }

  removeOldest(): void {
    this.endTick();
    this.#log.removeOldest(Math.min(this.#below(3), this.#log.segments.all.length - 1));
    this.#model.start = Math.max(this.#model.start, this.#log.segments.first.baseOffset);
  }

  read(): Promise<void> {
    this.endTick();
    return this.#check();
  }

  async stop(): Promise<void> {
    this.endTick();
    await this.#manager?.stop();
    await this.#reopened(this.#model.endOfBatches);
    this.#model.settle();
  }

  /** What was written is there, the rest of the tick is not. */
  async kill(): Promise<void> {
    const written = this.#log.writtenEndOffset;
    this.#manager?.abandon();
    await this.#background();
    await this.#reopened(written);
  }

  async #reopened(leastEnd: number): Promise<void> {
    const known = this.#model.batches.filter(({ last }) => last < leastEnd).at(-1);
    await this.#open();
    const { logEndOffset: end, logStartOffset: start } = this.#log;
    this.steps.push(`reopened ${String(start)}..${String(end)}, at least to ${String(leastEnd)}`);
    isTrue(end >= (known ? known.last + 1 : 0), 'acknowledged data is gone');
    // Where the log starts is checkpointed from time to time only.
    isTrue(
      this.#model.adopt({ start, end }, await this.#bases()),
      'the log holds what it never held',
    );
    this.#followProducers();
    await this.#check();
  }

  /** Base offsets of all batches. */
  async #bases(): Promise<number[]> {
    const { logStartOffset, logEndOffset: upTo } = this.#log;
    const bases: number[] = [];
    for (let offset = logStartOffset; offset < upTo;) {
      const read = await this.#log.read({ offset, maxBytes: 1, upTo, minOneBatch: true });
      const [batch] = read.buffers;
      if (batch) bases.push(baseOffsetOf(batch, 0));
      offset = batch ? lastOffsetOf(batch, 0) + 1 : upTo;
      read.release();
    }
    return bases;
  }

  async #check(): Promise<void> {
    this.#fixture.clock.endTick();
    const model = this.#model;
    const log = this.#log;
    const expected = model.batches.flatMap(({ records, marker }) => (marker ? [] : records));
    const found = (await readAll(log)).filter(({ key }) => key === null);
    const values = (records: readonly { offset: number; value: string | null }[]): string[] =>
      records
        .filter(({ offset }) => offset >= model.start)
        .map(({ offset, value }) => `${String(offset)}:${String(value)}`);
    isEqual(values(found), values(expected));
    for (const { epoch, least, most } of model.epochEnds()) {
      const found = log.endOffsetForEpoch(epoch);
      const isBetween = found.endOffset >= least && found.endOffset <= most;
      isTrue(
        found.epoch === epoch && isBetween,
        `epoch ${String(epoch)} ends at ${String(found.endOffset)}`,
      );
    }
    for (let i = 0; i < 3; i++) {
      const timestamp = this.#time();
      const offset = (await log.offsetForTimestamp(timestamp))?.offset;
      isEqual(offset, model.firstAtOrAfter(timestamp));
    }
    for (const [id, { epoch, sequence }] of model.lastSequences()) {
      const entry = log.producers.get(id);
      isEqual([id, entry?.producerEpoch, entry?.lastSequence], [id, epoch, sequence]);
    }
    this.#checkAborted();
  }

  /** A transaction that began in what was deleted may be unknown, or known to begin later. */
  #checkAborted(): void {
    const { start, end, knownFrom } = this.#model;
    const expected = this.#model.aborted();
    const isCertain = ({ lastOffset }: { lastOffset: number }): boolean =>
      expected.every((each) => each.lastOffset !== lastOffset || each.firstOffset >= knownFrom);
    const found = this.#log
      .abortedTransactions(start, end)
      .map(({ producerId, firstOffset, lastOffset }) => ({ producerId, firstOffset, lastOffset }));
    isEqual(found.filter(isCertain), expected.filter(isCertain));
  }

  #appendAsLeader(producer: ModelProducer | undefined): void {
    const records = this.#records();
    const offset = this.#log.logEndOffset;
    const fields = producer && {
      producerId: producer.id,
      producerEpoch: producer.epoch,
      baseSequence: producer.sequence,
      isTransactional: producer.isTransactional,
    };
    const bytes = aBatch(records, fields ?? {});
    this.#log.appendAsLeader(bytes, { ...LEADER, leaderEpoch: this.#epoch });
    this.#note(records, offset, producer, undefined);
    const own = this.#producers.find(({ id }) => id === producer?.id);
    if (own) own.sequence += records.length;
  }

  #note(
    records: readonly { value: string; timestamp: number }[],
    base: number,
    producer: ModelProducer | undefined,
    marker: ModelBatch['marker'],
  ): void {
    this.#model.append({
      base,
      last: base + records.length - 1,
      epoch: this.#epoch,
      records: records.map(({ value, timestamp }, i) => ({ offset: base + i, value, timestamp })),
      producer,
      marker,
    });
  }

  /** A producer whose records were lost cannot go on: others come. Transactions of the old ones stay open. */
  #followProducers(): void {
    for (const producer of this.#producers) {
      producer.id += 10;
      producer.epoch = this.#below(3);
      producer.sequence = 0;
      producer.isInTransaction = false;
    }
  }

  #records(): { value: string; timestamp: number }[] {
    const length = this.#pick([4, 40, 400]);
    return Array.from({ length: 1 + this.#below(3) }, () => ({
      value: `${String(this.#count++)}:`.padEnd(length, 'x'),
      timestamp: this.#time(),
    }));
  }

  #time(): number {
    return SOME_TIME + this.#below(50);
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }

  /** Lets what runs in the background, on a device that takes no time, come to its end. */
  async #background(): Promise<void> {
    for (let i = 0; i < 2; i++) await new Promise((resolve) => setImmediate(resolve));
  }
}

type StepName = {
  [Name in keyof LogHistory]: LogHistory[Name] extends () => void | Promise<void> ? Name : never;
}[keyof LogHistory];

/** How often each is done, in percent. */
const STEP_WEIGHTS: readonly (readonly [StepName, number])[] = [
  ['appendPlain', 20],
  ['appendSequenced', 12],
  ['transact', 10],
  ['appendFollower', 12],
  ['endTick', 12],
  ['raiseEpoch', 4],
  ['flush', 4],
  ['checkpoint', 3],
  ['truncate', 4],
  ['restartAt', 1],
  ['raiseStart', 2],
  ['removeOldest', 3],
  ['read', 6],
  ['stop', 3],
  ['kill', 4],
];

let sum = 0;
const STEP_TABLE = STEP_WEIGHTS.map(([name, weight]) => ({ name, upTo: (sum += weight) }));
