/**
 * One random life of a log: appends as leader and follower, producers and transactions, rolls, truncations,
 * deletions, compactions, orderly stops, kills and power cuts, compared step by step with a plain model. A seed gives
 * one history.
 */

import { deepStrictEqual as isEqual, ok as isTrue } from 'node:assert/strict';

import { FileError } from '../../../src/platform/ports';
import { nodePlatform } from '../../../src/platform/node';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import { CleaningAborted, cleanLog } from '../../../src/storage/cleaner/clean-log';
import type { CleaningOptions } from '../../../src/storage/cleaner/clean-log';
import { IoThrottle } from '../../../src/storage/cleaner/io-throttle';
import { KeyHash } from '../../../src/storage/cleaner/key-hash';
import { dueForCleaning } from '../../../src/storage/cleaner/selection';
import { OpenFiles } from '../../../src/storage/segment/open-files';
import { StorageError } from '../../../src/storage/types';
import type { Log } from '../../../src/storage/log';
import type { LogManager } from '../../../src/storage/log-manager';
import { DeviceFiles, platformOn } from '../../builders/device-files';
import type { Below } from '../../builders/seeded';
import { seeded } from '../../builders/seeded';
import { SOME_TIME, StorageFixture, aBatch } from '../../builders/storage';
import { checkLog, readBatches } from './history-checks';
import { LogModel } from './log-model';
import type { ModelBatch, ModelProducer, ModelRecord } from './log-model';

const STEPS = 60;
const LEADER = { origin: 'client' } as const;
const KEYS = ['a', 'b', 'c', 'd', 'e'];
const keys = new KeyHash(nodePlatform().random);

interface Producer {
  id: number;
  epoch: number;
  sequence: number;
  isInTransaction: boolean;
}

export class LogHistory {
  readonly #below: Below;
  readonly #belowForChecks: Below;
  readonly #table: readonly Step[];
  readonly #isCompacted: boolean;
  readonly #model = new LogModel();
  readonly #device = new DeviceFiles(['/logs/data'], () => this.#fixture.clock.nowMs());
  readonly #fixture: StorageFixture;
  readonly #producers: Producer[];
  #manager: LogManager | undefined;
  #epoch = 0;
  #count = 0;
  /** Where the next cleaning begins, and below which nothing is undecided any more since there was one. */
  #cleanedTo = 0;
  #compactedTo = 0;
  #rebuiltTo = 0;
  /** What was done, for whoever looks into a failure. */
  readonly steps: string[] = [];

  /** Without `faults` there are neither power cuts nor compactions. */
  constructor(seed: number, faults = true) {
    this.#below = seeded(seed);
    this.#belowForChecks = seeded(seed + 0.5 * 2 ** 32);
    this.#table = faults ? ALL_STEPS : CALM_STEPS;
    this.#isCompacted = faults && this.#below(3) === 0;
    const compaction = {
      'cleanup.policy': ['compact'],
      'delete.retention.ms': this.#isCompacted ? this.#pick([0, 60_000, 86_400_000]) : 0,
      'min.cleanable.dirty.ratio': 0,
    };
    this.#producers = [11, 12, 13].map((id) => ({
      id,
      epoch: 0,
      sequence: 0,
      isInTransaction: false,
    }));
    this.#fixture = new StorageFixture({
      root: '/logs',
      cacheBytes: 64 * 1024,
      platform: platformOn(this.#device),
      values: {
        'odradek.durability': this.#below(2) === 0 ? 'kafka' : 'strict',
        'log.cleaner.enable': false,
      },
      config: {
        'segment.bytes': 1500 + this.#below(3000),
        'index.interval.bytes': this.#below(300),
        'retention.ms': -1,
        ...(this.#isCompacted ? compaction : {}),
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
    const step = this.#table.find(({ upTo }) => choice < upTo);
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
    this.#note([{ key: null, value: type, timestamp }], offset, model, type);
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

  /** Nothing is cut that was compacted: that is below the high watermark. */
  truncate(): void {
    const least = Math.max(this.#model.start, this.#compactedTo);
    const offset = least + this.#below(this.#model.end - least + 1);
    this.#log.truncateTo(offset);
    this.#model.truncate(offset);
    this.#cleanedTo = Math.min(this.#cleanedTo, offset);
    this.#followProducers();
  }

  restartAt(): void {
    const offset = this.#below(1000);
    this.#log.truncateFullyAndStartAt(offset);
    this.#model.restart(offset);
    this.#cleanedTo = Math.min(this.#cleanedTo, offset);
    this.#compactedTo = 0;
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
    await this.#stopManager();
    await this.#reopened(this.#model.endOfBatches);
    this.#model.settle();
  }

  async #stopManager(): Promise<void> {
    this.endTick();
    await this.#manager?.stop();
  }

  /** Compacts what is due; a power cut may come between. */
  async compact(): Promise<void> {
    this.endTick();
    const log = this.#log;
    const cleanable = dueForCleaning(log, this.#cleanedTo, this.#fixture.clock.nowMs());
    if (!cleanable) return;
    const { firstDirtyOffset, firstUncleanableOffset } = cleanable;
    this.steps.push(`compacts ${String(firstDirtyOffset)}..${String(firstUncleanableOffset)}`);
    this.#model.compact(firstUncleanableOffset);
    this.#compactedTo = log.highWatermark;
    const { cleanedTo } = await cleanLog(cleanable, this.#cleaning());
    this.#cleanedTo = cleanedTo;
    const { logStartOffset: start, logEndOffset: end, recoveryPoint: certainEnd } = log;
    const batches = await readBatches(log);
    this.#model.adopt({ start, end, certainEnd, gapEnds: [], batches });
    await this.#check();
  }

  #cleaning(): CleaningOptions {
    const { clock } = this.#fixture;
    const { files } = this.#device;
    return {
      environment: { clock, files, openFiles: new OpenFiles(files) },
      keys,
      throttle: new IoThrottle(clock, () => Number.MAX_VALUE),
      mapBytes: this.#pick([1_000, 1_000_000]),
      mapLoadFactor: 0.9,
      sliceBytes: this.#pick([200, 16_384]),
      nowMs: clock.nowMs(),
      isStopped: () => false,
    };
  }

  /** The machine loses what is not on the device, in the middle of one thing or another. */
  async cutPower(): Promise<void> {
    const log = this.#log;
    const manager = this.#manager;
    const below = this.#below;
    const interrupted = this.#pick<() => void | Promise<void>>([
      () => undefined,
      () => this.endTick(),
      () => this.flush(),
      () => this.#stopManager(),
      () => (this.#isCompacted ? this.compact() : this.checkpoint()),
    ]);
    if (below(3) > 0) this.#device.cutPowerAfter(below(10), below);
    try {
      await interrupted();
    } catch (error) {
      if (!isOfDeadMachine(error)) throw error;
    }
    this.#device.cutPower(below);
    const certainEnd = log.recoveryPoint;
    manager?.abandon();
    await this.#background();
    this.#cleanedTo = below(2) * Math.min(this.#cleanedTo, certainEnd);
    await this.#reopened(certainEnd, true);
    this.#model.settle();
  }

  /** What was written is there, the rest of the tick is not. */
  async kill(): Promise<void> {
    const written = this.#log.writtenEndOffset;
    this.#manager?.abandon();
    await this.#background();
    await this.#reopened(written);
  }

  async #reopened(certainEnd: number, hasLost = false): Promise<void> {
    await this.#open();
    const log = this.#log;
    const { logEndOffset: end, logStartOffset: start } = log;
    const range = `${String(start)}..${String(end)}, certain to ${String(certainEnd)}`;
    this.steps.push(`reopened ${range}`);
    const known = this.#model.batches.filter(({ last }) => last < certainEnd).at(-1);
    isTrue(end >= (known ? known.last + 1 : 0), 'acknowledged data is gone');
    isTrue(start <= Math.max(this.#model.start, end), 'the log starts too late');
    const gapEnds = hasLost && this.#isCompacted ? log.segmentBaseOffsets() : [];
    this.#model.adopt({ start, end, certainEnd, gapEnds, batches: await readBatches(log) });
    this.#followProducers();
    await this.#check();
  }

  #check(): Promise<void> {
    this.#fixture.clock.endTick();
    const timestamps = [this.#time(), this.#time(), this.#time()];
    const samples = { timestamps, below: this.#belowForChecks, rebuiltTo: this.#rebuiltTo };
    return checkLog(this.#log, this.#model, samples);
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
    records: readonly Omit<ModelRecord, 'offset'>[],
    base: number,
    producer: ModelProducer | undefined,
    marker: ModelBatch['marker'],
  ): void {
    this.#model.append({
      base,
      last: base + records.length - 1,
      epoch: this.#epoch,
      records: records.map((record, i) => ({ ...record, offset: base + i })),
      producer,
      marker,
    });
  }

  /** A producer whose records were lost cannot go on: others come. Transactions of the old ones stay open. */
  #followProducers(): void {
    this.#rebuiltTo = this.#model.end;
    for (const producer of this.#producers) {
      producer.id += 10;
      producer.epoch = this.#below(3);
      producer.sequence = 0;
      producer.isInTransaction = false;
    }
  }

  #records(): Omit<ModelRecord, 'offset'>[] {
    const length = this.#pick([4, 40, 400]);
    return Array.from({ length: 1 + this.#below(3) }, () => {
      const isTombstone = this.#isCompacted && this.#below(4) === 0;
      return {
        key: this.#isCompacted ? this.#pick(KEYS) : null,
        value: isTombstone ? null : `${String(this.#count++)}:`.padEnd(length, 'x'),
        timestamp: this.#time(),
      };
    });
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

interface Step {
  readonly name: StepName;
  readonly upTo: number;
}

/** How often each is done, in percent. */
const CALM_WEIGHTS: readonly (readonly [StepName, number])[] = [
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
const WEIGHTS: typeof CALM_WEIGHTS = [
  ['appendPlain', 18],
  ['appendSequenced', 11],
  ['transact', 11],
  ['appendFollower', 10],
  ['endTick', 10],
  ['raiseEpoch', 4],
  ['flush', 4],
  ['checkpoint', 4],
  ['truncate', 3],
  ['restartAt', 1],
  ['raiseStart', 2],
  ['removeOldest', 2],
  ['read', 3],
  ['compact', 6],
  ['stop', 2],
  ['kill', 3],
  ['cutPower', 6],
];

function stepsOf(weights: typeof CALM_WEIGHTS): Step[] {
  let sum = 0;
  return weights.map(([name, weight]) => ({ name, upTo: (sum += weight) }));
}
const CALM_STEPS = stepsOf(CALM_WEIGHTS);
const ALL_STEPS = stepsOf(WEIGHTS);

/** What an operation says that the power cut has ended. */
function isOfDeadMachine(error: unknown): boolean {
  if (error instanceof FileError) return error.code === 'ESTALE';
  return error instanceof StorageError || error instanceof CleaningAborted;
}
