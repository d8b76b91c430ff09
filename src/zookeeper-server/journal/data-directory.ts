/** The files of a data directory by name: `log.<first zxid>` and `snapshot.<zxid>`, zxids in hexadecimal. */
import type { Files } from '../../platform/ports';

const ZXID_DIGITS = 16;
const NAME = /^(log|snapshot)\.([0-9a-f]{16})$/;

export interface JournalFile {
  readonly path: string;
  /** Of a log: the first transaction it may hold. Of a snapshot: the last it contains. */
  readonly zxid: number;
}

export interface DataDirectoryContent {
  /** Both oldest first. */
  readonly logs: readonly JournalFile[];
  readonly snapshots: readonly JournalFile[];
}

export function logPath(directory: string, firstZxid: number): string {
  return `${directory}/log.${firstZxid.toString(16).padStart(ZXID_DIGITS, '0')}`;
}

export function snapshotPath(directory: string, zxid: number): string {
  return `${directory}/snapshot.${zxid.toString(16).padStart(ZXID_DIGITS, '0')}`;
}

export function listDataDirectory(files: Files, directory: string): DataDirectoryContent {
  const content: Record<string, JournalFile[]> = { log: [], snapshot: [] };
  for (const { name } of files.listSync(directory)) {
    const [, kind = '', zxid = ''] = NAME.exec(name) ?? [];
    content[kind]?.push({ path: `${directory}/${name}`, zxid: Number.parseInt(zxid, 16) });
  }
  const inOrder = (list: JournalFile[] = []): JournalFile[] => list.sort((a, b) => a.zxid - b.zxid);
  return { logs: inOrder(content['log']), snapshots: inOrder(content['snapshot']) };
}

const SNAPSHOTS_KEPT = 2;

/** Removes old snapshots, and the logs that only they would need. */
export function purge(files: Files, directory: string): void {
  const { logs, snapshots } = listDataDirectory(files, directory);
  const kept = snapshots.slice(-SNAPSHOTS_KEPT);
  const [oldestKept] = kept;
  if (!oldestKept) return;
  for (const snapshot of snapshots.slice(0, -SNAPSHOTS_KEPT)) files.removeSync(snapshot.path);
  logs.forEach((log, i) => {
    const next = logs[i + 1];
    if (next && next.zxid <= oldestKept.zxid + 1) files.removeSync(log.path);
  });
}
