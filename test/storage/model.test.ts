import { ok as isTrue, deepStrictEqual as isEqual } from 'node:assert/strict';

import type { Log } from '../../src/storage/log';
import type { LogManager } from '../../src/storage/log-manager';
import type { LogRead } from '../../src/storage/types';
import { StorageFixture, aBatch, recordsOf } from '../builders/storage';

/** A small generator of numbers that gives the same ones for the same seed. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

interface ModelBatch {
  readonly base: number;
  readonly values: readonly string[];
}

/** What the log is to hold: its batches, and where it begins and ends. */
class Model {
  batches: ModelBatch[] = [];
  start = 0;
  end = 0;
  /** End of what was written. */
  written = 0;

  append(values: readonly string[]): void {
    this.batches.push({ base: this.end, values });
    this.end += values.length;
  }

  truncate(offset: number): void {
    if (offset >= this.end) return;
    this.batches = this.batches.filter(({ base, values }) => base + values.length <= offset);
    this.end = offset;
    this.written = Math.min(this.written, offset);
    this.start = Math.min(this.start, offset);
  }

  restart(offset: number): void {
    this.batches = [];
    this.start = offset;
    this.end = offset;
    this.written = offset;
  }

  /** The batches that a read must give, one after the other, if there is no limit of bytes. */
  readable(offset: number, upTo: number): ModelBatch[] {
    return this.batches.filter(({ base, values }) => {
      const last = base + values.length - 1;
      return last >= offset && last < Math.min(upTo, this.written);
    });
  }
}

class Run {
  readonly model = new Model();
  readonly fixture = new StorageFixture({
    cacheBytes: 96 * 1024,
    config: { 'segment.bytes': 64_000, 'index.interval.bytes': 512 },
  });
  readonly held: { read: LogRead; copies: Buffer[] }[] = [];
  private manager!: LogManager;
  private log!: Log;
  private counter = 0;

  constructor(private readonly below: (limit: number) => number) {}

  async open(): Promise<void> {
    this.manager = await this.fixture.start();
    this.log = this.fixture.log(this.manager);
  }

  async step(): Promise<void> {
    const choice = this.below(100);
    if (choice < 45) this.append();
    else if (choice < 60) this.endTick();
    else if (choice < 88) await this.read();
    else if (choice < 92) this.truncate();
    else if (choice < 93) this.restartAt();
    else if (choice < 95) this.removeOldest();
    else if (choice < 97) await this.reopen();
    else this.releaseOne();
    isEqual([this.log.logEndOffset, this.log.logStartOffset], [this.model.end, this.model.start]);
  }

  end(): void {
    while (this.held.length > 0) this.releaseOne();
    this.fixture.end();
  }

  private append(): void {
    const length = [10, 100, 3000, 20_000][this.below(4)] ?? 10;
    const values = Array.from({ length: 1 + this.below(3) }, () =>
      `${String(this.counter++)}:`.padEnd(length, 'x'),
    );
    this.log.appendAsLeader(aBatch(values), { leaderEpoch: 0, origin: 'client' });
    this.model.append(values);
  }

  private endTick(): void {
    this.fixture.clock.endTick();
    this.model.written = this.model.end;
    this.log.updateHighWatermark(this.model.end);
  }

  private async read(): Promise<void> {
    const { model } = this;
    const offset = model.start + this.below(model.end - model.start + 1);
    const upTo = offset + this.below(50);
    const maxBytes = [1, 500, 20_000, 1 << 20][this.below(4)] ?? 1;
    const minOneBatch = this.below(2) === 0;
    const read = await this.log.read({ offset, maxBytes, upTo, minOneBatch });
    const found = recordsOf(read).map(({ value }) => value);
    const expected = model.readable(offset, upTo);
    isEqual(found, expected.flatMap(({ values }) => values).slice(0, found.length));
    const isWhole = [
      0,
      ...expected.map((_, i) => expected.slice(0, i + 1).flatMap(({ values }) => values).length),
    ];
    isTrue(isWhole.includes(found.length));
    if (found.length > (expected[0]?.values.length ?? 0)) isTrue(read.sizeBytes <= maxBytes);
    if (minOneBatch && expected.length > 0) isTrue(found.length > 0);
    this.held.push({ read, copies: read.buffers.map((buffer) => Buffer.from(buffer)) });
    if (this.held.length > 5) this.releaseOne();
  }

  private releaseOne(): void {
    const [first] = this.held.splice(this.below(this.held.length), 1);
    if (!first) return;
    isEqual(first.read.buffers, first.copies);
    first.read.release();
  }

  private truncate(): void {
    const offset = this.model.start + this.below(this.model.end - this.model.start + 1);
    this.log.truncateTo(offset);
    this.model.truncate(offset);
  }

  private restartAt(): void {
    const offset = this.below(1000);
    this.log.truncateFullyAndStartAt(offset);
    this.model.restart(offset);
  }

  private removeOldest(): void {
    this.endTick();
    const count = Math.min(this.below(3), this.log.segments.all.length - 1);
    this.log.removeOldest(count);
    this.model.start = Math.max(this.model.start, this.log.segments.first.baseOffset);
  }

  /** Ends in order or by a kill; what was written is there afterwards. */
  private async reopen(): Promise<void> {
    this.endTick();
    while (this.held.length > 0) this.releaseOne();
    if (this.below(2) === 0) await this.manager.stop();
    else this.manager.abandon();
    await this.open();
    // A truncation inside of a batch leaves an end that only memory knew.
    const last = this.model.batches.at(-1);
    isTrue(this.log.logEndOffset >= (last ? last.base + last.values.length : 0));
    this.model.end = Math.min(this.model.end, this.log.logEndOffset);
    this.model.written = this.model.end;
    this.model.start = Math.min(this.model.start, this.model.end);
  }
}

test.each(Array.from({ length: 12 }, (_, i) => i + 1))(
  'a log does what a list of batches would do (seed %i)',
  async (seed) => {
    const run = new Run(seeded(seed));
    await run.open();
    try {
      for (let i = 0; i < 400; i++) await run.step();
      expect(run.held.length).toBeLessThanOrEqual(5);
    } finally {
      run.end();
    }
  },
);
