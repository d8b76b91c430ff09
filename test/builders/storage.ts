/** Logs in a folder of their own, with settings that a test changes only where it matters. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MetricsRegistry } from '../../src/metrics/registry';
import { nodePlatform } from '../../src/platform/node';
import type { Platform } from '../../src/platform/ports';
import { buildBatch } from '../../src/protocol/records/builder';
import type { BatchToBuild, RecordToBuild } from '../../src/protocol/records/builder';
import { readRecords } from '../../src/protocol/records/reader';
import { batchSizeAt } from '../../src/protocol/records/batch';
import type { Log } from '../../src/storage/log';
import { LogManager } from '../../src/storage/log-manager';
import type { LogConfig, LogRead, StorageValues } from '../../src/storage/types';
import { ManualClock } from './manual-clock';

const UNLIMITED = 2 ** 63;

export function aLogConfig(changes: Partial<LogConfig> = {}): LogConfig {
  return {
    'cleanup.policy': ['delete'],
    'compression.gzip.level': -1,
    'compression.lz4.level': 9,
    'compression.type': 'producer',
    'compression.zstd.level': 3,
    'delete.retention.ms': 86_400_000,
    'file.delete.delay.ms': 60_000,
    'flush.messages': UNLIMITED,
    'flush.ms': UNLIMITED,
    'index.interval.bytes': 4096,
    'max.compaction.lag.ms': UNLIMITED,
    'max.message.bytes': 1_048_588,
    'message.timestamp.after.max.ms': UNLIMITED,
    'message.timestamp.before.max.ms': UNLIMITED,
    'message.timestamp.type': 'CreateTime',
    'min.cleanable.dirty.ratio': 0.5,
    'min.compaction.lag.ms': 0,
    'retention.bytes': -1,
    'retention.ms': 604_800_000,
    'segment.bytes': 1_073_741_824,
    'segment.index.bytes': 10_485_760,
    'segment.jitter.ms': 0,
    'segment.ms': 604_800_000,
    ...changes,
  };
}

export function storageValues(changes: Partial<StorageValues> = {}): StorageValues {
  return {
    'log.cleaner.backoff.ms': 15_000,
    'log.cleaner.dedupe.buffer.size': 134_217_728,
    'log.cleaner.enable': true,
    'log.cleaner.io.buffer.load.factor': 0.9,
    'log.cleaner.io.buffer.size': 524_288,
    'log.cleaner.io.max.bytes.per.second': Number.MAX_VALUE,
    'log.cleaner.threads': 1,
    'log.flush.offset.checkpoint.interval.ms': 60_000,
    'log.flush.scheduler.interval.ms': UNLIMITED,
    'log.flush.start.offset.checkpoint.interval.ms': 60_000,
    'log.initial.task.delay.ms': 30_000,
    'log.retention.check.interval.ms': 300_000,
    'log.segment.delete.delay.ms': 60_000,
    'num.recovery.threads.per.data.dir': 1,
    'odradek.durability': 'kafka',
    'odradek.log.cache.bytes': 67_108_864,
    'producer.id.expiration.check.interval.ms': 600_000,
    'producer.id.expiration.ms': 86_400_000,
    ...changes,
  };
}

export interface StorageOptions {
  readonly logDirs?: readonly string[];
  readonly config?: Partial<LogConfig>;
  readonly values?: Partial<StorageValues>;
  readonly cacheBytes?: number;
  readonly platform?: Partial<Platform>;
  /** Where the log directories are, in place of a temporary folder. */
  readonly root?: string;
}

/** A manager over temporary directories, on a clock that stands still; `end` removes the directories. */
export class StorageFixture {
  readonly clock = new ManualClock();
  readonly logDirs: readonly string[];
  /** In force at once when a test changes them, as dynamic settings are. */
  readonly values: { -readonly [Name in keyof StorageValues]: StorageValues[Name] };
  readonly #root: string;
  readonly #managers: LogManager[] = [];

  constructor(private readonly options: StorageOptions = {}) {
    this.#root = options.root ?? mkdtempSync(join(tmpdir(), 'odradek-storage-'));
    this.values = storageValues(options.values);
    this.logDirs = (options.logDirs ?? ['data']).map((name) => join(this.#root, name));
  }

  get directory(): string {
    return this.logDirs[0] ?? '';
  }

  config(changes: Partial<LogConfig> = {}): LogConfig {
    return aLogConfig({ ...this.options.config, ...changes });
  }

  /** One that is not started. */
  manager(changes: Partial<LogConfig> = {}, metrics = new MetricsRegistry()): LogManager {
    const { cacheBytes } = this.options;
    const values =
      cacheBytes === undefined
        ? this.values
        : { ...this.values, 'odradek.log.cache.bytes': cacheBytes };
    const manager = new LogManager({
      platform: { ...nodePlatform(), clock: this.clock, ...this.options.platform },
      config: { values, logDirs: this.logDirs },
      topicConfig: () => this.config(changes),
      metrics,
    });
    this.#managers.push(manager);
    return manager;
  }

  async start(changes: Partial<LogConfig> = {}): Promise<LogManager> {
    const manager = this.manager(changes);
    await manager.start();
    return manager;
  }

  log(manager: LogManager, topic = 'topic', partition = 0): Log {
    const creation = { topicId: undefined, isNew: true, config: this.config() };
    return manager.getOrCreate({ topic, partition }, creation);
  }

  end(): void {
    for (const manager of this.#managers) manager.abandon();
    if (this.options.root === undefined) rmSync(this.#root, { recursive: true, force: true });
  }
}

export interface ValueRecord {
  readonly key?: string | null;
  readonly value: string | null;
  readonly timestamp?: number;
}

export const SOME_TIME = 1_700_000_000_000;

/** A batch as a producer sends it. */
export function aBatch(
  values: readonly (string | ValueRecord)[],
  fields: Omit<BatchToBuild, 'records'> = {},
): Buffer {
  const records = values.map((each): RecordToBuild => {
    const {
      key = null,
      value,
      timestamp = SOME_TIME,
    } = typeof each === 'string' ? { value: each } : each;
    return {
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      timestamp,
    };
  });
  return buildBatch({ records, ...fields });
}

/** Appends one batch as epoch 0's leader and writes it. */
export function append(fixture: StorageFixture, log: Log, batch: Buffer, leaderEpoch = 0): void {
  log.appendAsLeader(batch, { leaderEpoch, origin: 'client' });
  fixture.clock.endTick();
}

export interface ReadRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}

export function recordsOf(read: Pick<LogRead, 'buffers'>): ReadRecord[] {
  const whole = Buffer.concat(read.buffers);
  const records: ReadRecord[] = [];
  for (let at = 0; at < whole.length; at += batchSizeAt(whole, at)) {
    for (const { offset, key, value } of readRecords(whole.subarray(at))) {
      records.push({ offset, key: key?.toString() ?? null, value: value?.toString() ?? null });
    }
  }
  return records;
}

/** Every record from `from` to the end. */
export async function readAll(log: Log, from = log.logStartOffset): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  for (let offset = from; offset < log.writtenEndOffset;) {
    const options = { offset, maxBytes: 1 << 20, upTo: log.writtenEndOffset, minOneBatch: true };
    const read = await log.read(options);
    const found = recordsOf(read);
    read.release();
    if (found.length === 0) break;
    records.push(...found.filter((record) => record.offset >= offset));
    offset = (found.at(-1)?.offset ?? offset) + 1;
  }
  return records;
}

const WAIT_MS = 5000;

/** Waits until `check` no longer throws; what runs in the background does so in real time. */
export async function settled(check: () => void): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** What a log says of itself, in a form that a failing test can print. */
export function summary(log: Log | undefined): Readonly<Record<string, number | undefined>> {
  return {
    logStartOffset: log?.logStartOffset,
    logEndOffset: log?.logEndOffset,
    highWatermark: log?.highWatermark,
    writtenEndOffset: log?.writtenEndOffset,
    recoveryPoint: log?.recoveryPoint,
    latestEpoch: log?.latestEpoch,
    sizeBytes: log?.sizeBytes,
  };
}
