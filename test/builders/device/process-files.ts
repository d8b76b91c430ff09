import { dirname } from 'node:path';

import { FileError } from '../../../src/platform/ports';
import type {
  DirectoryEntry,
  DiskSpace,
  Files,
  FileStatus,
  OpenFile,
  OpenMode,
} from '../../../src/platform/ports';
import type { DeviceFile, Tree } from './tree';

/** What one process on a machine has to do with the machine. */
export interface Process {
  readonly tree: Tree;
  readonly locks: Set<string>;
  /** Whether it runs: after its end nothing that it had open works. */
  readonly isRunning: boolean;
  nowMs(): number;
  /** Before anything is brought to the device, as `operation path`; may cut the power. */
  noteSync(operation: string, path: string): void;
  beforeSync(path: string): Promise<void> | undefined;
}

/** An operation in the background that brings to the device what was done before it was asked for. */
export type Syncing = () => void;

/** The file system as a process sees it. */
export class ProcessFiles implements Files {
  constructor(private readonly process: Process) {}

  openSync(path: string, mode: OpenMode): DeviceOpenFile {
    const tree = this.#tree('open', path);
    const file = mode === 'create' ? tree.makeFile(path, 'open') : tree.file(path, 'open');
    return new DeviceOpenFile(this.process, { path, file, mode });
  }

  statSync(path: string): FileStatus | undefined {
    const entry = this.#tree('stat', path).find(path);
    if (!entry) return undefined;
    const isDirectory = entry.kind === 'directory';
    const { modifiedMs } = entry;
    return { size: isDirectory ? 0 : entry.content.size, modifiedMs, isDirectory };
  }

  listSync(path: string): DirectoryEntry[] {
    const { entries } = this.#tree('list', path).directory(path, 'list');
    return Array.from(entries, ([name, { kind }]) => ({ name, isDirectory: kind === 'directory' }));
  }

  makeDirectorySync(path: string): void {
    this.#tree('create', path).makeDirectory(path);
  }

  readFileSync(path: string): Buffer | undefined {
    const tree = this.#tree('read', path);
    return tree.find(path) && Buffer.from(tree.file(path, 'read').content.bytes);
  }

  replaceFileSync(path: string, content: Buffer): void {
    this.process.noteSync('replaceFileSync', path);
    const temporary = `${path}.tmp`;
    const file = this.openSync(temporary, 'create');
    file.truncateSync(0);
    file.writeSync([content], 0);
    file.beginSync()();
    this.renameSync(temporary, path);
    this.#tree('sync', path).syncing(this.process.tree.directory(dirname(path), 'sync'))();
  }

  renameSync(from: string, to: string): void {
    this.#tree('rename', from).move(from, to);
  }

  removeSync(path: string): void {
    this.#tree('remove', path).remove(path);
  }

  remove(path: string): Promise<void> {
    return promised(() => this.removeSync(path));
  }

  syncDirectorySync(path: string): void {
    this.beginDirectorySync(path)();
  }

  syncDirectory(path: string): Promise<void> {
    return promised(() => this.syncDirectorySync(path));
  }

  beginDirectorySync(path: string): Syncing {
    const tree = this.#tree('sync', path);
    const sync = tree.syncing(tree.directory(path, 'sync'));
    return () => {
      this.#tree('sync', path);
      this.process.noteSync('syncDirectorySync', path);
      sync();
    };
  }

  setModifiedSync(path: string, modifiedMs: number): void {
    const entry = this.#tree('set the time of', path).find(path);
    if (!entry) throw new FileError(path, 'ENOENT', 'set the time of');
    entry.modifiedMs = modifiedMs;
  }

  /** A device without bounds cannot tell. */
  diskSpace(path: string): Promise<DiskSpace | undefined> {
    return promised(() => {
      const tree = this.#tree('ask for the room at', path);
      if (!tree.find(path)) throw new FileError(path, 'ENOENT', 'ask for the room at');
      const { usedBytes, limitBytes: totalBytes } = tree.space;
      if (!Number.isFinite(totalBytes)) return undefined;
      return { totalBytes, usableBytes: Math.max(totalBytes - usedBytes, 0) };
    });
  }

  lockSync(path: string): { release(): void } | undefined {
    this.#tree('lock', path);
    const { locks } = this.process;
    if (locks.has(path)) return undefined;
    const file = this.openSync(path, 'create');
    file.truncateSync(0);
    file.writeSync([Buffer.from('1 0')], 0);
    locks.add(path);
    return {
      release: () => {
        if (this.process.isRunning && locks.delete(path)) file.truncateSync(0);
      },
    };
  }

  #tree(operation: string, path: string): Tree {
    if (!this.process.isRunning) throw new FileError(path, 'ESTALE', operation);
    return this.process.tree;
  }
}

/** What a handle was opened for. */
interface Opened {
  readonly path: string;
  readonly file: DeviceFile;
  readonly mode: OpenMode;
}

/** An open file of a process. */
export class DeviceOpenFile implements OpenFile {
  readonly path: string;
  readonly #file: DeviceFile;
  readonly #isReadOnly: boolean;
  #isClosed = false;

  constructor(
    private readonly process: Process,
    { path, file, mode }: Opened,
  ) {
    this.path = path;
    this.#file = file;
    this.#isReadOnly = mode === 'read';
  }

  size(): number {
    this.#check('stat');
    return this.#file.content.size;
  }

  readSync(target: Buffer, offset: number, length: number, position: number): number {
    this.#check('read');
    return this.#file.content.read(target, offset, length, position);
  }

  read(target: Buffer, offset: number, length: number, position: number): Promise<number> {
    return promised(() => this.readSync(target, offset, length, position));
  }

  writeSync(buffers: readonly Buffer[], position: number): void {
    this.#checkWrite('write');
    let length = 0;
    for (const buffer of buffers) length += buffer.length;
    const { space } = this.process.tree;
    const growth = position + length - this.#file.content.size;
    const isFull = growth > 0 && this.#file.isNamed && !space.hasRoomFor(growth);
    if (!isFull) {
      this.#write(buffers, position);
      return;
    }
    // A device that is full takes what it has room for before it says so.
    const room = Math.max(0, length - growth + space.limitBytes - space.usedBytes);
    this.#write([Buffer.concat(buffers).subarray(0, room)], position);
    throw new FileError(this.path, 'ENOSPC', 'write');
  }

  write(buffer: Buffer, position: number): Promise<void> {
    return promised(() => this.writeSync([buffer], position));
  }

  truncateSync(length: number): void {
    this.#checkWrite('truncate');
    const before = this.#file.content.size;
    this.#file.content.truncate(length);
    this.#changed(before);
  }

  async sync(): Promise<void> {
    const sync = this.beginSync();
    await this.process.beforeSync(this.path);
    sync();
  }

  syncSync(): void {
    this.beginSync()();
  }

  /** As fdatasync does, it takes its time and covers what was written before the call. */
  beginSync(): Syncing {
    this.#check('sync');
    const { content } = this.#file;
    const { changes } = content;
    return () => {
      this.#check('sync');
      this.process.noteSync('sync', this.path);
      content.sync(changes);
    };
  }

  closeSync(): void {
    this.#check('close');
    this.#isClosed = true;
  }

  #write(buffers: readonly Buffer[], position: number): void {
    const before = this.#file.content.size;
    this.#file.content.write(buffers, position);
    this.#changed(before);
  }

  #changed(sizeBefore: number): void {
    const file = this.#file;
    file.modifiedMs = this.process.nowMs();
    if (file.isNamed) this.process.tree.space.usedBytes += file.content.size - sizeBefore;
  }

  #checkWrite(operation: string): void {
    this.#check(operation);
    if (this.#isReadOnly) throw new FileError(this.path, 'EBADF', operation);
  }

  #check(operation: string): void {
    if (!this.process.isRunning) throw new FileError(this.path, 'ESTALE', operation);
    if (this.#isClosed) throw new FileError(this.path, 'EBADF', operation);
  }
}

function promised<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => resolve(run()));
}
