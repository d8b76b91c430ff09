/** Compacts the logs of a broker in the background, one after the other, the dirtiest first (Kafka's `LogCleaner`). */

import { FileError } from '../../platform/ports';
import { ProtocolError } from '../../protocol/errors';
import type { StorageEnvironment } from '../environment';
import type { Log } from '../log';
import { CLEANER_OFFSETS } from '../log-directory';
import type { LogDirectory } from '../log-directory';
import type { StorageConfig } from '../types';
import { CleaningAborted, cleanLog } from './clean-log';
import { pickFilthiest } from './selection';
import type { Cleanable } from './selection';

export class Cleaner {
  /** Logs that cannot be compacted because they are damaged. */
  readonly #uncleanable = new Set<Log>();
  #isStopped = false;

  constructor(
    private readonly environment: StorageEnvironment,
    private readonly config: StorageConfig,
    private readonly directories: readonly LogDirectory[],
  ) {}

  /** Compacts until nothing is due. */
  async run(): Promise<void> {
    while (!this.#isStopped && this.config.values['log.cleaner.enable']) {
      const cleanable = pickFilthiest(
        this.#candidates(),
        (log) => this.#directoryOf(log)?.cleanerOffsets.get(log.key),
        this.environment.clock.nowMs(),
      );
      if (!cleanable || !(await this.#clean(cleanable))) return;
    }
  }

  /** Makes a run under way give up soon. */
  stop(): void {
    this.#isStopped = true;
  }

  /** False if the log is to be tried again later. */
  async #clean(cleanable: Cleanable): Promise<boolean> {
    const { log } = cleanable;
    const { clock } = this.environment;
    const { values } = this.config;
    const bytesBefore = log.sizeBytes;
    const startedMs = clock.monotonicMs();
    try {
      const upTo = await cleanLog(cleanable, {
        environment: this.environment,
        mapBytes: values['log.cleaner.dedupe.buffer.size'],
        mapLoadFactor: values['log.cleaner.io.buffer.load.factor'],
        nowMs: clock.nowMs(),
        isStopped: () => this.#isStopped || log.isOffline,
      });
      this.#noteCleaned(log, upTo);
      this.environment.log.info('compacted a log', {
        partition: log.key,
        upTo,
        bytesBefore,
        bytesAfter: log.sizeBytes,
        ms: Math.round(clock.monotonicMs() - startedMs),
      });
      return true;
    } catch (error) {
      this.#noteFailure(log, error);
      return !(error instanceof CleaningAborted);
    }
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

  *#candidates(): Generator<Log> {
    for (const { logs } of this.directories) {
      for (const log of logs.values()) if (!this.#uncleanable.has(log)) yield log;
    }
  }

  #directoryOf(log: Log): LogDirectory | undefined {
    return this.directories.find(({ path }) => path === log.directory);
  }
}
