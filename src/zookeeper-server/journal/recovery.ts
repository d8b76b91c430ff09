/** What a start does with a data directory: the newest sound snapshot, then every transaction after it. */
import type { Files, Log } from '../../platform/ports';
import type { Database } from '../database';
import { ZooKeeperServerError } from '../errors';
import { JuteError } from '../jute';
import { listDataDirectory } from './data-directory';
import type { JournalFile } from './data-directory';
import { readLog } from './log-format';
import type { LogContent } from './log-format';
import { isSoundSnapshot, loadSnapshot } from './snapshot';

/** The log to go on with; `undefined` if there is none yet. */
export interface OpenLog {
  readonly path: string;
  readonly bytes: number;
  readonly transactionCount: number;
}

export interface RecoverySource {
  readonly files: Files;
  readonly log: Log;
  readonly directory: string;
  /** The monotonic clock: sessions found get their full time-out from here. */
  readonly nowMs: number;
}

function loadNewestSnapshot(
  source: RecoverySource,
  snapshots: readonly JournalFile[],
  database: Database,
): void {
  for (const { path } of snapshots.toReversed()) {
    const content = source.files.readFileSync(path);
    if (content && isSoundSnapshot(content)) {
      loadSnapshot(content, database, source.nowMs);
      return;
    }
    source.log.warn('snapshot is damaged, trying an older one', { path });
  }
}

function readLogFile(source: RecoverySource, path: string): LogContent {
  const content = source.files.readFileSync(path) ?? Buffer.alloc(0);
  try {
    const result = readLog(content);
    const tornBytes = content.length - result.soundBytes;
    if (tornBytes > 0) source.log.warn('log ends in a torn write', { path, tornBytes });
    return result;
  } catch (error) {
    if (!(error instanceof JuteError)) throw error;
    const message = `${path} is no log of this version of the ZooKeeper server: ${error.message}`;
    throw new ZooKeeperServerError(message, { cause: error });
  }
}

function replayLog(source: RecoverySource, path: string, database: Database): LogContent {
  const content = readLogFile(source, path);
  for (const transaction of content.transactions) {
    if (transaction.zxid <= database.zxid) continue;
    if (transaction.zxid > database.zxid + 1) {
      throw new ZooKeeperServerError(
        `transactions after ${String(database.zxid)} are missing before ${path}: ` +
          'restore the missing log or snapshot, or start with an empty data directory',
      );
    }
    database.replay(transaction, source.nowMs);
  }
  return content;
}

/** Cuts a torn tail off, so that what is appended next follows the last sound record. */
function cut(files: Files, path: string, soundBytes: number): void {
  if ((files.statSync(path)?.size ?? 0) <= soundBytes) return;
  const file = files.openSync(path, 'update');
  file.truncateSync(soundBytes);
  file.syncSync();
  file.closeSync();
}

/** Fills an empty database from the directory. Throws `ZooKeeperServerError` if acknowledged transactions are missing. */
export function recover(source: RecoverySource, database: Database): OpenLog | undefined {
  const { logs, snapshots } = listDataDirectory(source.files, source.directory);
  loadNewestSnapshot(source, snapshots, database);
  let openLog: OpenLog | undefined;
  for (const [i, { path }] of logs.entries()) {
    const next = logs[i + 1];
    if (next && next.zxid <= database.zxid + 1) continue; // all of it is in the snapshot
    const { soundBytes, transactions } = replayLog(source, path, database);
    openLog = { path, bytes: soundBytes, transactionCount: transactions.length };
  }
  if (openLog) cut(source.files, openLog.path, openLog.bytes);
  return openLog;
}
