/**
 * The durable journal: a write-ahead log with group commit. All that is appended while one fdatasync runs is
 * written and synced together by the next. Every so many transactions the whole database goes into a snapshot
 * and a new log begins. A failed write or sync is final: nothing is acknowledged any more.
 */
import { present } from '../../base/assert';
import type { OpenFile, Platform } from '../../platform/ports';
import type { Database } from '../database';
import { ZooKeeperServerError } from '../errors';
import type { Transaction } from '../transaction';
import { logPath, purge, snapshotPath } from './data-directory';
import type { Journal } from './journal';
import { encodeRecord, LOG_HEADER } from './log-format';
import { recover } from './recovery';
import { encodeSnapshot } from './snapshot';

export interface DiskJournalOptions {
  readonly platform: Platform;
  readonly directory: string;
  /** Empty; filled by `open`. Afterwards it holds everything appended. */
  readonly database: Database;
  /** A snapshot is taken after this many transactions … */
  readonly snapshotEveryTransactions: number;
  /** The disk has failed; the server must stop. */
  readonly onFailure: (error: Error) => void;
}

/** … or when the log has grown to this size. */
const SNAPSHOT_EVERY_BYTES = 64 * 1024 * 1024;

interface Waiting {
  readonly zxid: number;
  readonly action: () => void;
}

function takeLock({ platform, directory }: DiskJournalOptions): { release(): void } {
  platform.files.makeDirectorySync(directory);
  const lock = platform.files.lockSync(`${directory}/lock`);
  if (lock) return lock;
  throw new ZooKeeperServerError(
    `the data directory ${directory} is in use by another ZooKeeper server: ` +
      'stop that one, or choose another directory',
  );
}

export class DiskJournal implements Journal {
  #file: OpenFile | undefined;
  #position = 0;
  #logTransactions = 0;
  #appended: Buffer[] = [];
  #appendedZxid: number;
  #durableZxid: number;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | undefined;
  #hasFailed = false;

  private constructor(
    private readonly options: DiskJournalOptions,
    private readonly lock: { release(): void },
  ) {
    this.#appendedZxid = this.#durableZxid = options.database.zxid;
  }

  /** Locks the directory and recovers the database from it. Throws `ZooKeeperServerError` or `FileError`. */
  static open(options: DiskJournalOptions): DiskJournal {
    const lock = takeLock(options);
    try {
      const { platform, directory, database } = options;
      const { files, log, clock } = platform;
      const nowMs = clock.monotonicMs();
      const openLog = recover({ files, log, directory, nowMs }, database);
      const journal = new DiskJournal(options, lock);
      if (openLog && openLog.bytes > 0) {
        journal.#file = files.openSync(openLog.path, 'update');
        journal.#position = openLog.bytes;
        journal.#logTransactions = openLog.transactionCount;
      } else {
        journal.#beginLog();
      }
      return journal;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  append(transaction: Transaction): void {
    this.#appended.push(encodeRecord(transaction));
    this.#appendedZxid = transaction.zxid;
    if (this.#committing || this.#hasFailed) return;
    this.#committing = new Promise((resolve) => {
      this.options.platform.clock.callAtEndOfTick(() => resolve(this.#commit()));
    });
  }

  whenDurable(action: () => void): void {
    if (this.#durableZxid === this.#appendedZxid) action();
    else this.#waiting.push({ zxid: this.#appendedZxid, action });
  }

  async close(): Promise<void> {
    while (this.#committing) await this.#committing;
    this.#file?.closeSync();
    this.lock.release();
  }

  async #commit(): Promise<void> {
    try {
      while (this.#appended.length > 0) {
        const zxid = this.#appendedZxid;
        this.#write();
        if (this.#isFull()) this.#snapshot();
        else await this.#openFile.sync();
        this.#durableZxid = zxid;
        this.#releaseWaiting();
      }
    } catch (error) {
      this.#hasFailed = true;
      this.#waiting = [];
      this.options.onFailure(error as Error);
    } finally {
      this.#committing = undefined;
    }
  }

  #write(): void {
    const records = this.#appended;
    this.#appended = [];
    this.#openFile.writeSync(records, this.#position);
    for (const record of records) this.#position += record.length;
    this.#logTransactions += records.length;
  }

  #isFull(): boolean {
    return (
      this.#logTransactions >= this.options.snapshotEveryTransactions ||
      this.#position >= SNAPSHOT_EVERY_BYTES
    );
  }

  /** Everything appended has been written: it becomes durable here, in the log and in the snapshot. */
  #snapshot(): void {
    const { database, directory, platform } = this.options;
    this.#openFile.syncSync();
    const path = snapshotPath(directory, database.zxid);
    platform.files.replaceFileSync(path, encodeSnapshot(database));
    this.#openFile.closeSync();
    this.#beginLog();
    purge(platform.files, directory);
  }

  #beginLog(): void {
    const { database, directory, platform } = this.options;
    const file = platform.files.openSync(logPath(directory, database.zxid + 1), 'create');
    file.truncateSync(0);
    file.writeSync([LOG_HEADER], 0);
    file.syncSync();
    platform.files.syncDirectorySync(directory);
    this.#file = file;
    this.#position = LOG_HEADER.length;
    this.#logTransactions = 0;
  }

  #releaseWaiting(): void {
    const released = this.#waiting.findIndex(({ zxid }) => zxid > this.#durableZxid);
    const ready = this.#waiting.splice(0, released === -1 ? this.#waiting.length : released);
    for (const { action } of ready) action();
  }

  get #openFile(): OpenFile {
    return present(this.#file, 'open log');
  }
}
