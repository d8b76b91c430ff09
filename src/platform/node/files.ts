import * as fs from 'node:fs';
import { dirname, join } from 'node:path';

import { FileError } from '../ports';
import type {
  DirectoryEntry,
  DiskSpace,
  FileAccess,
  Files,
  FileStatus,
  OpenFile,
  OpenMode,
} from '../ports';

const OPEN_FLAGS: Readonly<Record<OpenMode, number>> = {
  read: fs.constants.O_RDONLY,
  update: fs.constants.O_RDWR,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT,
};

const FILE_MODES: Readonly<Record<FileAccess, number>> = { everybody: 0o644, owner: 0o600 };

function failure(path: string, operation: string, error: unknown): FileError {
  const code = (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
  return new FileError(path, code, operation, { cause: error });
}

function attempt<T>(path: string, operation: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw failure(path, operation, error);
  }
}

/** Runs `run`; a missing file gives `undefined`. */
function unlessMissing<T>(path: string, operation: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure(path, operation, error);
  }
}

class NodeFile implements OpenFile {
  constructor(
    readonly path: string,
    private readonly fd: number,
  ) {}

  size(): number {
    return attempt(this.path, 'stat', () => fs.fstatSync(this.fd).size);
  }

  readSync(target: Buffer, offset: number, length: number, position: number): number {
    return attempt(this.path, 'read', () => fs.readSync(this.fd, target, offset, length, position));
  }

  read(target: Buffer, offset: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.fd, target, offset, length, position, (error, count) => {
        if (error) reject(failure(this.path, 'read', error));
        else resolve(count);
      });
    });
  }

  writeSync(buffers: readonly Buffer[], position: number): void {
    attempt(this.path, 'write', () => {
      let at = position;
      for (const buffer of buffers) {
        let written = 0;
        while (written < buffer.length) {
          written += fs.writeSync(this.fd, buffer, written, buffer.length - written, at + written);
        }
        at += buffer.length;
      }
    });
  }

  async write(buffer: Buffer, position: number): Promise<void> {
    for (let written = 0; written < buffer.length;) {
      written += await this.#writeSome(buffer, written, position + written);
    }
  }

  #writeSome(buffer: Buffer, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const length = buffer.length - offset;
      fs.write(this.fd, buffer, offset, length, position, (error, count) => {
        if (error) reject(failure(this.path, 'write', error));
        else resolve(count);
      });
    });
  }

  truncateSync(length: number): void {
    attempt(this.path, 'truncate', () => fs.ftruncateSync(this.fd, length));
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.fd, (error) => {
        if (error) reject(failure(this.path, 'sync', error));
        else resolve();
      });
    });
  }

  syncSync(): void {
    attempt(this.path, 'sync', () => fs.fdatasyncSync(this.fd));
  }

  closeSync(): void {
    attempt(this.path, 'close', () => fs.closeSync(this.fd));
  }
}

/**
 * Node has no flock: the lock file holds the owner's process id and its start time, so a lock left by a
 * dead process, or by one whose id was given to another, is taken over. Locks of this process are kept
 * apart by name, since several brokers may live in one process.
 */
const heldHere = new Set<string>();

function processStartTicks(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined; // no such process, or no procfs on this system
  }
}

function isAlive(pid: number, startTicks: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = processStartTicks(pid);
  return now === undefined || startTicks === '' || now === startTicks;
}

function isHeld(path: string): boolean {
  if (heldHere.has(path)) return true;
  const content = unlessMissing(path, 'read', () => fs.readFileSync(path, 'latin1')) ?? '';
  const [pid = '', startTicks = ''] = content.split(' ');
  const owner = Number(pid);
  return (
    Number.isInteger(owner) && owner > 0 && owner !== process.pid && isAlive(owner, startTicks)
  );
}

function lockSync(path: string): { release(): void } | undefined {
  if (isHeld(path)) return undefined;
  attempt(path, 'lock', () =>
    fs.writeFileSync(path, `${String(process.pid)} ${processStartTicks(process.pid) ?? ''}`),
  );
  heldHere.add(path);
  return {
    release() {
      if (!heldHere.delete(path)) return;
      // Emptied, not removed: Kafka leaves its .lock in place too.
      unlessMissing(path, 'unlock', () => fs.truncateSync(path, 0));
    },
  };
}

function syncDirectorySync(path: string): void {
  attempt(path, 'sync', () => {
    const fd = fs.openSync(path, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  });
}

async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await fs.promises.open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    throw failure(path, 'sync', error);
  }
}

function replaceFileSync(path: string, content: Buffer, access: FileAccess = 'everybody'): void {
  const temporary = `${path}.tmp`;
  attempt(path, 'replace', () => {
    const fd = fs.openSync(temporary, 'w', FILE_MODES[access]);
    try {
      fs.writeFileSync(fd, content);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(temporary, path);
  });
  syncDirectorySync(dirname(path));
}

function statSync(path: string): FileStatus | undefined {
  return unlessMissing(path, 'stat', () => {
    const status = fs.statSync(path);
    return {
      size: status.size,
      modifiedMs: status.mtimeMs,
      isDirectory: status.isDirectory(),
    };
  });
}

function listSync(path: string): DirectoryEntry[] {
  return attempt(path, 'list', () =>
    fs.readdirSync(path, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isDirectory: entry.isSymbolicLink()
        ? (statSync(join(path, entry.name))?.isDirectory ?? false)
        : entry.isDirectory(),
    })),
  );
}

/** Some network file systems claim more than a number can tell exactly. */
function bytesOf(blocks: number, blockBytes: number): number {
  return Math.min(blocks * blockBytes, Number.MAX_SAFE_INTEGER);
}

async function diskSpace(path: string): Promise<DiskSpace | undefined> {
  try {
    const { blocks, bavail, bsize } = await fs.promises.statfs(path);
    // A file system without blocks has no such idea.
    if (blocks === 0) return undefined;
    return { totalBytes: bytesOf(blocks, bsize), usableBytes: bytesOf(bavail, bsize) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSYS') return undefined;
    throw failure(path, 'ask for the room at', error);
  }
}

/** The machine's file system. */
export const nodeFiles: Files = {
  openSync: (path, mode) =>
    new NodeFile(
      path,
      attempt(path, 'open', () => fs.openSync(path, OPEN_FLAGS[mode], 0o644)),
    ),
  statSync,
  listSync,
  makeDirectorySync: (path) => {
    attempt(path, 'create', () => fs.mkdirSync(path, { recursive: true }));
  },
  readFileSync: (path) => unlessMissing(path, 'read', () => fs.readFileSync(path)),
  replaceFileSync,
  renameSync: (from, to) => attempt(from, 'rename', () => fs.renameSync(from, to)),
  removeSync: (path) =>
    attempt(path, 'remove', () => fs.rmSync(path, { recursive: true, force: true })),
  remove: async (path) => {
    try {
      await fs.promises.rm(path, { recursive: true, force: true });
    } catch (error) {
      throw failure(path, 'remove', error);
    }
  },
  syncDirectorySync,
  syncDirectory,
  setModifiedSync: (path, modifiedMs) =>
    attempt(path, 'set the time of', () =>
      fs.utimesSync(path, modifiedMs / 1000, modifiedMs / 1000),
    ),
  diskSpace,
  lockSync,
};
