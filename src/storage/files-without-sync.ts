/**
 * A file system on which nothing is ever brought to the device, for `odradek.durability=test`: a test's broker lives
 * shorter than the machine, and what a process has written survives it without a flush. That this is decided here,
 * for all of storage at once, is what keeps a forgotten fsync from slowing tests down.
 */

import type { FileAccess, Files, OpenFile } from '../platform/ports';
import type { Durability } from './types';

/** The files as logs with this durability see them. */
export function filesFor(durability: Durability, files: Files): Files {
  return durability === 'test' ? withoutSync(files) : files;
}

function withoutSync(files: Files): Files {
  return {
    openSync: (path, mode) => new UnsyncedFile(files.openSync(path, mode)),
    statSync: (path) => files.statSync(path),
    listSync: (path) => files.listSync(path),
    makeDirectorySync: (path) => files.makeDirectorySync(path),
    readFileSync: (path) => files.readFileSync(path),
    replaceFileSync: (path, content, access) => replaceFile(files, { path, content, access }),
    renameSync: (from, to) => files.renameSync(from, to),
    removeSync: (path) => files.removeSync(path),
    remove: (path) => files.remove(path),
    syncDirectorySync: () => undefined,
    syncDirectory: () => Promise.resolve(),
    setModifiedSync: (path, modifiedMs) => files.setModifiedSync(path, modifiedMs),
    diskSpace: (path) => files.diskSpace(path),
    lockSync: (path) => files.lockSync(path),
  };
}

/** A file that only its owner may read is no part of a log: it is replaced as ever. */
function replaceFile(
  files: Files,
  { path, content, access }: { path: string; content: Buffer; access: FileAccess | undefined },
): void {
  if (access === 'owner') {
    files.replaceFileSync(path, content, access);
    return;
  }
  const temporary = `${path}.tmp`;
  const file = files.openSync(temporary, 'create');
  try {
    file.truncateSync(0);
    file.writeSync([content], 0);
  } finally {
    file.closeSync();
  }
  files.renameSync(temporary, path);
}

class UnsyncedFile implements OpenFile {
  constructor(private readonly file: OpenFile) {}

  get path(): string {
    return this.file.path;
  }

  size(): number {
    return this.file.size();
  }

  readSync(target: Buffer, offset: number, length: number, position: number): number {
    return this.file.readSync(target, offset, length, position);
  }

  read(target: Buffer, offset: number, length: number, position: number): Promise<number> {
    return this.file.read(target, offset, length, position);
  }

  writeSync(buffers: readonly Buffer[], position: number): void {
    this.file.writeSync(buffers, position);
  }

  write(buffer: Buffer, position: number): Promise<void> {
    return this.file.write(buffer, position);
  }

  truncateSync(length: number): void {
    this.file.truncateSync(length);
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  syncSync(): void {
    // Nothing is brought to the device.
  }

  closeSync(): void {
    this.file.closeSync();
  }
}
