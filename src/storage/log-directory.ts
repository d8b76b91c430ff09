/**
 * One of `log.dirs`: its lock, its clean-shutdown marker, its checkpoints, and the logs in it. A directory on
 * which an operation fails goes offline with all its logs; the others go on.
 */

import { join } from 'node:path';

import { FileError } from '../platform/ports';
import type { DiskSpace } from '../platform/ports';
import type { LogHome, StorageEnvironment } from './environment';
import {
  CheckpointError,
  formatOffsetCheckpoint,
  parseOffsetCheckpoint,
  writeCheckpoint,
} from './formats/checkpoint';
import type { OffsetCheckpoint } from './formats/checkpoint';
import { LoadingProgress } from './loading-progress';
import type { Log } from './log';
import { StorageError } from './types';

export const LOCK_FILE = '.lock';
export const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown';
const CLEAN_SHUTDOWN_CONTENT = '{"version":0,"brokerEpoch":-1}';

export const RECOVERY_POINTS = 'recovery-point-offset-checkpoint';
export const LOG_STARTS = 'log-start-offset-checkpoint';
export const HIGH_WATERMARKS = 'replication-offset-checkpoint';
export const CLEANER_OFFSETS = 'cleaner-offset-checkpoint';

export class LogDirectory implements LogHome {
  /** By `topic-partition`. */
  readonly logs = new Map<string, Log>();
  /** First dirty offset of compacted logs. */
  readonly cleanerOffsets = new Map<string, number>();
  /** What an orderly stop left needs no recovery. */
  wasClean = false;
  /** Every log that lies in it is in `logs`. Until then it is not known what the checkpoints should say. */
  #isLoaded = false;
  readonly loading = new LoadingProgress();
  #failure: StorageError | undefined;
  #lock: { release(): void } | undefined;
  /** What each checkpoint file holds, or is about to. */
  readonly #written = new Map<string, Buffer>();
  /** The same as offsets, or what was read at the start. */
  readonly #saved = new Map<string, OffsetCheckpoint>();
  readonly #writing = new Map<string, Promise<void>>();
  /** Asked for again while being written. */
  readonly #outdated = new Set<string>();
  #askingForSpace: Promise<DiskSpace | undefined> | undefined;

  constructor(
    readonly path: string,
    private readonly environment: StorageEnvironment,
    private readonly onFailure: (directory: LogDirectory) => void,
  ) {}

  get isOffline(): boolean {
    return this.#failure !== undefined;
  }

  get failure(): StorageError | undefined {
    return this.#failure;
  }

  /** Takes the directory into use. Throws `StorageError` if another broker has it, `FileError`. */
  open(): void {
    const { files } = this.environment;
    files.makeDirectorySync(this.path);
    this.#lock = files.lockSync(join(this.path, LOCK_FILE));
    if (!this.#lock) {
      throw new StorageError(
        `The log directory ${this.path} is in use by another broker (its ${LOCK_FILE} is held): ` +
          'stop that one, or use another log.dirs.',
      );
    }
    const marker = join(this.path, CLEAN_SHUTDOWN_FILE);
    this.wasClean = files.statSync(marker) !== undefined;
    if (this.wasClean) {
      files.removeSync(marker);
      // After a power failure it would speak of a stop that was not orderly.
      files.syncDirectorySync(this.path);
    }
    for (const [key, offset] of this.readCheckpoint(CLEANER_OFFSETS)) {
      this.cleanerOffsets.set(key, offset);
    }
  }

  /** Takes the directory and its logs offline; the same failure from then on. */
  fail(error: Error): StorageError {
    if (this.#failure) return this.#failure;
    const failure = new StorageError(
      `The log directory ${this.path} is offline: ${error.message}`,
      {
        cause: error,
      },
    );
    this.#failure = failure;
    this.environment.log.error('a log directory went offline', { directory: this.path, error });
    for (const log of this.logs.values()) log.fail(failure);
    this.onFailure(this);
    return failure;
  }

  /** Loading is complete. A log of which less was found than its checkpoints say was as good as cut. */
  noteLoaded(): void {
    this.#isLoaded = !this.isOffline;
    for (const [key, log] of this.logs) this.noteTruncation(key, log.logEndOffset);
  }

  noteTruncation(key: string, offset: number): void {
    // What is appended now has to be checked after a crash if it lies below the old recovery point, and is not to be
    // taken for deleted if it lies below the old start.
    for (const name of [RECOVERY_POINTS, LOG_STARTS]) {
      const isAbove = (this.#saved.get(name)?.get(key) ?? 0) > offset;
      if (isAbove) this.attempt(() => this.#checkpointNow(name));
    }
    if ((this.cleanerOffsets.get(key) ?? 0) <= offset) return;
    this.cleanerOffsets.set(key, offset);
    // Nor is it to be taken for compacted: a tombstone would go before what it deletes.
    this.attempt(() => this.#checkpointNow(CLEANER_OFFSETS));
  }

  noteFlush(): void {
    this.attempt(() => this.#checkpointNow(RECOVERY_POINTS));
  }

  /**
   * The room on its disk; `undefined` where nobody can tell. Rejects with `FileError`. Whoever asks meanwhile gets the
   * same answer: of the few threads that all disks share, one that hangs keeps no more than one busy with this.
   */
  diskSpace(): Promise<DiskSpace | undefined> {
    this.#askingForSpace ??= this.environment.files.diskSpace(this.path).finally(() => {
      this.#askingForSpace = undefined;
    });
    return this.#askingForSpace;
  }

  /** Runs a file operation; its failure takes the directory offline and gives `undefined`. */
  attempt<T>(operation: () => T): T | undefined {
    try {
      return operation();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.fail(error);
      return undefined;
    }
  }

  /** The content of a checkpoint; empty if there is none or it is damaged. Throws `FileError`. */
  readCheckpoint(name: string): OffsetCheckpoint {
    const path = join(this.path, name);
    const content = this.environment.files.readFileSync(path);
    if (!content) return new Map();
    try {
      const offsets = parseOffsetCheckpoint(content);
      this.#saved.set(name, offsets);
      return offsets;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      this.environment.log.warn('a checkpoint cannot be read and counts as empty', { path, error });
      return new Map();
    }
  }

  /** Brings a checkpoint up to date in the background, unless nothing changed. */
  checkpoint(name: string): void {
    if (this.isOffline || !this.#isLoaded) return;
    if (this.#writing.has(name)) {
      this.#outdated.add(name);
      return;
    }
    const content = this.#newContent(name);
    if (!content) return;
    const file = {
      path: join(this.path, name),
      content,
      isWanted: () => this.#written.get(name) === content,
    };
    const writing = writeCheckpoint(this.environment.files, file)
      .catch((error: unknown) => void this.fail(error as Error))
      .finally(() => {
        this.#writing.delete(name);
        if (this.#outdated.delete(name)) this.checkpoint(name);
      });
    this.#writing.set(name, writing);
  }

  checkpointAll(): void {
    for (const name of [RECOVERY_POINTS, LOG_STARTS, HIGH_WATERMARKS, CLEANER_OFFSETS]) {
      this.checkpoint(name);
    }
  }

  /**
   * Brings the recovery points as they are now to the device, or newer ones. What is under way may be older, and the
   * name of what has been written need not be there yet.
   */
  async saveRecoveryPoints(): Promise<void> {
    while (this.#writing.has(RECOVERY_POINTS)) await this.#writing.get(RECOVERY_POINTS);
    this.checkpoint(RECOVERY_POINTS);
    await this.#writing.get(RECOVERY_POINTS);
    if (!this.isOffline) await this.environment.files.syncDirectory(this.path);
  }

  /** As `checkpoint`, but on the device when it returns, in place of what may be under way. Throws `FileError`. */
  #checkpointNow(name: string): void {
    const content = this.#isLoaded ? this.#newContent(name) : undefined;
    if (content) this.environment.files.replaceFileSync(join(this.path, name), content);
  }

  /**
   * Ends the use: closes all logs, writes the checkpoints and the marker of an orderly stop. A directory that
   * was not loaded, because the start failed before, keeps what an earlier run or another broker wrote there.
   */
  async close(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing.values());
    const results = await Promise.allSettled(Array.from(this.logs.values(), (log) => log.close()));
    const areClosed = results.every(({ status }) => status === 'fulfilled');
    if (this.#isLoaded && !this.isOffline && areClosed) this.#markClean();
    this.release();
  }

  /** Ends the use as a crash would: nothing is written. */
  release(): void {
    for (const log of this.logs.values()) log.release();
    try {
      this.#lock?.release();
    } catch (error) {
      // A lock is the process's: it ends with it, whatever is left of its file.
      this.environment.log.warn('the lock of a log directory could not be removed', {
        directory: this.path,
        error,
      });
    }
    this.#lock = undefined;
  }

  #markClean(): void {
    const { files } = this.environment;
    const marker = join(this.path, CLEAN_SHUTDOWN_FILE);
    try {
      for (const name of [RECOVERY_POINTS, LOG_STARTS, HIGH_WATERMARKS]) this.#checkpointNow(name);
      files.replaceFileSync(marker, Buffer.from(CLEAN_SHUTDOWN_CONTENT));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** What the checkpoint is to hold now; `undefined` if it does. */
  #newContent(name: string): Buffer | undefined {
    const offsets = this.#offsetsOf(name);
    const content = formatOffsetCheckpoint(offsets);
    if (this.#written.get(name)?.equals(content)) return undefined;
    this.#written.set(name, content);
    this.#saved.set(name, offsets);
    return content;
  }

  #offsetsOf(name: string): OffsetCheckpoint {
    if (name === CLEANER_OFFSETS) return this.cleanerOffsets;
    const logs = [...this.logs.values()];
    if (name === LOG_STARTS) {
      const raised = logs.filter((log) => log.logStartOffset > log.segments.first.baseOffset);
      return new Map(raised.map((log) => [log.key, log.logStartOffset]));
    }
    const offsetOf = (log: Log): number =>
      name === HIGH_WATERMARKS ? log.highWatermark : log.recoveryPoint;
    return new Map(logs.map((log) => [log.key, offsetOf(log)]));
  }
}
