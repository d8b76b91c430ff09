/**
 * Compacts the logs of a broker in the background, the dirtiest first, as many at a time as `log.cleaner.threads`
 * says (Kafka's `LogCleaner`). All its settings are read anew for every log.
 */

import { inArea } from '../../platform/log-levels';
import { FileError } from '../../platform/ports';
import { ProtocolError } from '../../protocol/errors';
import type { StorageEnvironment } from '../environment';
import type { Log } from '../log';
import { CLEANER_OFFSETS } from '../log-directory';
import type { LogDirectory } from '../log-directory';
import type { StorageConfig } from '../types';
import { CleaningAborted, cleanLog } from './clean-log';
import { IoThrottle } from './io-throttle';
import { KeyHash } from './key-hash';
import { dueForCleaning } from './selection';
import type { Cleanable } from './selection';

/** Smaller slices than this are not worth a trip to the file. */
const LEAST_SLICE_BYTES = 16 * 1024;
const MAX_SLICE_BYTES = 16 * 1024 * 1024;

/** How the last compaction of a log went. */
export interface CleaningRun {
  /** Of the log, before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** How full the map of keys was, 0 to 1. */
  readonly mapUtilization: number;
  readonly tookMs: number;
}

export class Cleaner {
  /** `undefined` before the first. */
  lastRun: CleaningRun | undefined;
  /** When it last looked for logs that are due (`monotonicMs`). */
  lookedMs: number | undefined;
  /** Of the logs that were due then: how much of the dirtiest was never compacted, 0 to 1. */
  largestDirtyRatio = 0;
  /** Logs that cannot be compacted because they are damaged. */
  readonly #uncleanable = new WeakSet<Log>();
  readonly #inProgress = new Set<Log>();
  readonly #workers = new Set<Promise<void>>();
  readonly #throttle: IoThrottle;
  private readonly environment: StorageEnvironment;
  #keys: KeyHash | undefined;
  #isStopped = false;

  constructor(
    environment: StorageEnvironment,
    private readonly config: StorageConfig,
    private readonly directories: readonly LogDirectory[],
  ) {
    this.environment = inArea(environment, 'log-cleaner');
    const { values } = config;
    this.#throttle = new IoThrottle(
      environment.clock,
      () => values['log.cleaner.io.max.bytes.per.second'],
    );
  }

  /** Sets as many to work as may be and find something that is due; each goes on until nothing is. */
  wake(): void {
    while (this.#mayWork(this.#workers.size + 1)) {
      const cleanable = this.#pick();
      if (!cleanable) return;
      const worker = this.#work(cleanable).finally(() => this.#workers.delete(worker));
      this.#workers.add(worker);
    }
  }

  /** Whether the log is damaged, and left alone for that. */
  isUncleanable(log: Log): boolean {
    return this.#uncleanable.has(log);
  }

  /** Whether the log is being compacted: its segments are then best left alone. */
  isCleaning(log: Log): boolean {
    return this.#inProgress.has(log);
  }

  /** Makes what is under way give up; settles when it has. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#throttle.release();
    await Promise.all(this.#workers);
  }

  /** Whether this many may work at the same time. */
  #mayWork(count: number): boolean {
    const { values } = this.config;
    return (
      !this.#isStopped && values['log.cleaner.enable'] && count <= values['log.cleaner.threads']
    );
  }

  async #work(first: Cleanable): Promise<void> {
    let cleanable: Cleanable | undefined = first;
    while (cleanable && (await this.#clean(cleanable))) {
      cleanable = this.#mayWork(this.#workers.size) ? this.#pick() : undefined;
    }
  }

  /** The log with the largest share of dirty bytes of those that are due; `undefined` if none is. */
  #pick(): Cleanable | undefined {
    const nowMs = this.environment.clock.nowMs();
    let filthiest: Cleanable | undefined;
    for (const directory of this.directories) {
      for (const log of directory.logs.values()) {
        if (this.#uncleanable.has(log) || this.#inProgress.has(log)) continue;
        const firstDirty = directory.cleanerOffsets.get(log.key);
        const cleanable = directory.attempt(() => dueForCleaning(log, firstDirty, nowMs));
        if (cleanable && cleanable.dirtyRatio > (filthiest?.dirtyRatio ?? -1))
          filthiest = cleanable;
      }
    }
    this.lookedMs = this.environment.clock.monotonicMs();
    this.largestDirtyRatio = filthiest?.dirtyRatio ?? 0;
    if (filthiest) this.#inProgress.add(filthiest.log);
    return filthiest;
  }

  /** False if the log is to be tried again later. */
  async #clean(cleanable: Cleanable): Promise<boolean> {
    const { log } = cleanable;
    const { clock } = this.environment;
    const bytesBefore = log.sizeBytes;
    const startedMs = clock.monotonicMs();
    try {
      const { cleanedTo, mapUtilization } = await this.#cleanLog(cleanable);
      this.#noteCleaned(log, cleanedTo);
      const tookMs = clock.monotonicMs() - startedMs;
      const bytesAfter = log.sizeBytes;
      this.lastRun = { bytesBefore, bytesAfter, mapUtilization, tookMs };
      this.environment.log.info('compacted a log', {
        partition: log.key,
        from: cleanable.firstDirtyOffset,
        upTo: cleanedTo,
        bytesBefore,
        bytesAfter,
        mapPercent: Math.round(mapUtilization * 100),
        ms: Math.round(tookMs),
      });
      return true;
    } catch (error) {
      this.#noteFailure(log, error);
      return !(error instanceof CleaningAborted);
    } finally {
      this.#inProgress.delete(log);
    }
  }

  #cleanLog(cleanable: Cleanable): ReturnType<typeof cleanLog> {
    const { values } = this.config;
    const threads = Math.max(values['log.cleaner.threads'], 1);
    // Two buffers take turns for what is read, and two for what is written.
    const sliceBytes = Math.floor(values['log.cleaner.io.buffer.size'] / threads / 4);
    return cleanLog(cleanable, {
      environment: this.environment,
      keys: (this.#keys ??= new KeyHash(this.environment.random)),
      throttle: this.#throttle,
      mapBytes: values['log.cleaner.dedupe.buffer.size'] / threads,
      mapLoadFactor: values['log.cleaner.io.buffer.load.factor'],
      sliceBytes: Math.min(Math.max(sliceBytes, LEAST_SLICE_BYTES), MAX_SLICE_BYTES),
      nowMs: this.environment.clock.nowMs(),
      isStopped: () => this.#isStopped || !this.config.values['log.cleaner.enable'],
    });
  }

  #noteCleaned(log: Log, upTo: number): void {
    const directory = this.#directoryOf(log);
    if (!directory || log.isOffline) return;
    directory.cleanerOffsets.set(log.key, upTo);
    directory.checkpoint(CLEANER_OFFSETS);
  }

  #noteFailure(log: Log, error: unknown): void {
    // A log that was deleted or whose directory failed leaves the candidates by itself.
    if (error instanceof CleaningAborted || log.isOffline) return;
    if (error instanceof FileError) {
      this.#directoryOf(log)?.fail(error);
    } else if (error instanceof ProtocolError) {
      this.#uncleanable.add(log);
      this.environment.log.error('a log cannot be compacted', { partition: log.key, error });
    } else {
      throw error;
    }
  }

  #directoryOf(log: Log): LogDirectory | undefined {
    return this.directories.find(({ path }) => path === log.directory);
  }
}
