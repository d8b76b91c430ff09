import { dirname } from 'node:path';

import { FileError } from '../../src/platform/ports';
import type {
  DirectoryEntry,
  FileStatus,
  Files,
  OpenFile,
  OpenMode,
} from '../../src/platform/ports';

/** A whole number below a limit, the same row of them for the same seed. */
export type Below = (limit: number) => number;

type Change =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly length: number };

/** The bytes of a file as a growing buffer. */
class Content {
  #room = Buffer.alloc(0);
  size = 0;

  get bytes(): Buffer {
    return this.#room.subarray(0, this.size);
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') this.#resize(change.length);
    else {
      const end = change.position + change.bytes.length;
      if (end > this.size) this.#resize(end);
      change.bytes.copy(this.#room, change.position);
    }
  }

  #resize(size: number): void {
    if (size > this.#room.length) {
      const room = Buffer.alloc(Math.max(size, this.#room.length * 2));
      this.#room.copy(room, 0, 0, this.size);
      this.#room = room;
    } else if (size > this.size) this.#room.fill(0, this.size, size);
    this.size = size;
  }
}

/** A file, or a directory: that has no content. */
class Node {
  /** As processes see it. */
  readonly cached = new Content();
  /** As a power cut leaves it. */
  onDevice = new Content();
  unsynced: Change[] = [];
  modifiedMs = 0;
  #synced = 0;

  constructor(readonly isDirectory: boolean) {}

  change(change: Change, nowMs: number): void {
    this.cached.apply(change);
    this.unsynced.push(change);
    this.modifiedMs = nowMs;
  }

  /** Changes ever made. */
  get changes(): number {
    return this.#synced + this.unsynced.length;
  }

  /** Brings the first `changes` of all to the device. */
  sync(changes = this.changes): void {
    const reached = this.unsynced.splice(0, Math.max(0, changes - this.#synced));
    for (const change of reached) this.onDevice.apply(change);
    this.#synced += reached.length;
  }

  /** What is not on the device is gone but for the first few changes, of which the last may be torn. */
  lose(below: Below): void {
    const kept = below(this.unsynced.length + 1);
    const torn = this.unsynced[kept];
    this.unsynced.length = Math.min(this.unsynced.length, torn && below(2) === 0 ? kept + 1 : kept);
    const last = this.unsynced[kept];
    if (last?.kind === 'write') {
      const { position, bytes } = last;
      // The size of a file may be on the device before what was written there.
      const length = below(bytes.length + 1);
      const isZeros = below(4) === 0;
      const left = isZeros ? Buffer.alloc(bytes.length) : bytes.subarray(0, length);
      this.unsynced[kept] = { kind: 'write', position, bytes: left };
    }
    this.sync();
  }
}

/** A change of the names in a directory. */
type Renaming = { readonly directory: string; readonly apply: (names: Map<string, Node>) => void };

/**
 * A file system in memory that knows what of it is on the device: `fdatasync` brings a file's content there,
 * `syncDirectorySync` the names in a directory. A killed process loses nothing. `cutPower` leaves what is on the device
 * and, as chance has it, some of the rest. What it takes of a real file system (ext4, XFS) for granted:
 * - fdatasync of a file makes its content and its size durable, and nothing else: not its name;
 * - what was done to one file survives in the order in which it was done: the first few of its writes and cuts, the
 *   last of them maybe torn, or as zeros of its length. Files lose what they lose independently of each other;
 * - making, renaming and removing of names survives as a journal keeps it: the first few of all that was done and is
 *   not yet on the device. A rename happens or does not. An fsync of a directory makes durable what was done in it.
 */
export class DeviceFiles {
  /** Every operation that brings something to the device, as `operation path`. */
  readonly syncs: string[] = [];
  /** Runs before each fdatasync in the background; holds it up until the promise settles. */
  beforeSync: (path: string) => Promise<void> | undefined = () => undefined;
  #names = new Map<string, Node>([['/', new Node(true)]]);
  #namesOnDevice = new Map(this.#names);
  #renamings: Renaming[] = [];
  readonly #locks = new Set<string>();
  /** Files opened before the last power cut belong to a machine that is no more. */
  #life = 0;
  #nextCut: { syncsLeft: number; readonly below: Below } | undefined;

  /** `directories` are there from the start, as those that an operator has made. */
  constructor(
    directories: readonly string[] = [],
    private readonly nowMs: () => number = () => 0,
  ) {
    for (const path of directories) this.#makeDirectory(path);
    for (const { apply } of this.#renamings.splice(0)) apply(this.#namesOnDevice);
  }

  /** The machine loses what is not on the device; with no `below`, all of it. */
  cutPower(below: Below = () => 0): void {
    this.#life++;
    this.#nextCut = undefined;
    this.#files = this.#machine();
    this.#locks.clear();
    const kept = below(this.#renamings.length + 1);
    for (const { apply } of this.#renamings.slice(0, kept)) apply(this.#namesOnDevice);
    this.#renamings = [];
    this.#names = new Map();
    for (const [path, node] of this.#namesOnDevice) {
      if (!this.#hasParents(path)) continue;
      node.lose(below);
      const left = new Node(node.isDirectory);
      left.cached.apply({ kind: 'write', position: 0, bytes: node.onDevice.bytes });
      left.onDevice.apply({ kind: 'write', position: 0, bytes: node.onDevice.bytes });
      left.modifiedMs = node.modifiedMs;
      this.#names.set(path, left);
    }
    this.#namesOnDevice = new Map(this.#names);
  }

  /** Cuts the power in the middle of what is going on: after `syncs` more operations that bring something to the device. */
  cutPowerAfter(syncs: number, below: Below): void {
    this.#nextCut = { syncsLeft: syncs, below };
  }

  #noteSync(operation: string, path: string): void {
    if (this.#nextCut && this.#nextCut.syncsLeft-- === 0) {
      this.cutPower(this.#nextCut.below);
      throw new FileError(path, 'ESTALE', operation);
    }
    this.syncs.push(`${operation} ${path}`);
  }

  /** Another machine with the same files, all of them on its device. */
  copy(): DeviceFiles {
    const copy = new DeviceFiles([], this.nowMs);
    for (const [path, { isDirectory, cached }] of this.#names) {
      if (isDirectory) copy.files.makeDirectorySync(path);
      else copy.files.replaceFileSync(path, cached.bytes);
    }
    for (const { apply } of copy.#renamings.splice(0)) apply(copy.#namesOnDevice);
    return copy;
  }

  /** The process is gone: its locks are free. */
  releaseLocks(): void {
    this.#locks.clear();
  }

  /** The paths of all files below `directory`. */
  paths(directory = '/'): string[] {
    return [...this.#names.keys()].filter(
      (path) => path.startsWith(directory) && !this.#names.get(path)?.isDirectory,
    );
  }

  /** Changes a file as a fault of the device does. */
  damage(path: string, change: (content: Buffer) => Buffer): void {
    const changed = change(Buffer.from(this.#node(path, 'damage').cached.bytes));
    this.files.replaceFileSync(path, changed);
  }

  /** As a process sees them that starts now. After the next power cut it does not run any more. */
  get files(): Files {
    return this.#files;
  }

  readonly #operations: Files = {
    openSync: (path, mode) => this.#open(path, mode),
    statSync: (path) => this.#stat(path),
    listSync: (path) => this.#list(path),
    makeDirectorySync: (path) => this.#makeDirectory(path),
    readFileSync: (path) => {
      const node = this.#names.get(path);
      return node && Buffer.from(node.cached.bytes);
    },
    replaceFileSync: (path, content) => {
      this.#noteSync('replaceFileSync', path);
      const node = new Node(false);
      node.change({ kind: 'write', position: 0, bytes: Buffer.from(content) }, this.nowMs());
      node.sync();
      this.#rename(path, (names) => names.set(path, node));
      this.#syncDirectory(dirname(path));
    },
    renameSync: (from, to) => this.#move(from, to),
    removeSync: (path) => this.#remove(path),
    remove: (path) => {
      this.#remove(path);
      return Promise.resolve();
    },
    syncDirectorySync: (path) => {
      this.#noteSync('syncDirectorySync', path);
      this.#node(path, 'sync');
      this.#syncDirectory(path);
    },
    syncDirectory: (path) => new Promise((resolve) => resolve(this.files.syncDirectorySync(path))),
    setModifiedSync: (path, modifiedMs) => {
      this.#node(path, 'set the time of').modifiedMs = modifiedMs;
    },
    lockSync: (path) => {
      if (this.#locks.has(path)) return undefined;
      this.#locks.add(path);
      const life = this.#life;
      return { release: () => void (life === this.#life && this.#locks.delete(path)) };
    },
  };

  #files = this.#machine();

  /** The operations of one life of the machine: none is possible after its end. */
  #machine(): Files {
    const life = this.#life;
    return new Proxy(this.#operations, {
      get: (operations, name) => {
        if (life !== this.#life) throw new FileError('/', 'ESTALE', String(name));
        return operations[name as keyof Files];
      },
    });
  }

  #node(path: string, operation: string): Node {
    const node = this.#names.get(path);
    if (!node) throw new FileError(path, 'ENOENT', operation);
    return node;
  }

  #hasParents(path: string): boolean {
    const parent = dirname(path);
    return path === '/' || (this.#namesOnDevice.has(parent) && this.#hasParents(parent));
  }

  #rename(path: string, apply: Renaming['apply']): void {
    apply(this.#names);
    this.#renamings.push({ directory: dirname(path), apply });
  }

  #syncDirectory(directory: string): void {
    const isMeant = (each: Renaming): boolean => each.directory === directory;
    for (const { apply } of this.#renamings.filter(isMeant)) apply(this.#namesOnDevice);
    this.#renamings = this.#renamings.filter((each) => !isMeant(each));
  }

  #open(path: string, mode: OpenMode): OpenFile {
    if (mode === 'create' && !this.#names.has(path)) {
      this.#node(dirname(path), 'open');
      const created = new Node(false);
      created.modifiedMs = this.nowMs();
      this.#rename(path, (names) => names.set(path, created));
    }
    return this.#handle(path, this.#node(path, 'open'));
  }

  #handle(path: string, node: Node): OpenFile {
    const life = this.#life;
    const checked = <T>(operation: string, run: () => T): T => {
      if (life !== this.#life) throw new FileError(path, 'ESTALE', operation);
      return run();
    };
    const read: OpenFile['readSync'] = (target, offset, length, position) =>
      checked('read', () =>
        position >= node.cached.size
          ? 0
          : node.cached.bytes.copy(
              target,
              offset,
              position,
              Math.min(position + length, node.cached.size),
            ),
      );
    const sync = (changes?: number): void =>
      checked('sync', () => {
        this.#noteSync('sync', path);
        node.sync(changes);
      });
    const write: OpenFile['writeSync'] = (buffers, position) =>
      checked('write', () => {
        const bytes = Buffer.concat(buffers);
        node.change({ kind: 'write', position, bytes }, this.nowMs());
      });
    return {
      path,
      size: () => checked('stat', () => node.cached.size),
      readSync: read,
      read: (...args) => new Promise((resolve) => resolve(read(...args))),
      writeSync: write,
      write: (buffer, position) => new Promise((resolve) => resolve(write([buffer], position))),
      truncateSync: (length) =>
        checked('truncate', () => node.change({ kind: 'truncate', length }, this.nowMs())),
      sync: async () => {
        // As fdatasync does, this takes its time and covers what was written before the call.
        const { changes } = node;
        await this.beforeSync(path);
        sync(changes);
      },
      syncSync: () => sync(),
      closeSync: () => undefined,
    };
  }

  #stat(path: string): FileStatus | undefined {
    const node = this.#names.get(path);
    if (!node) return undefined;
    const { isDirectory, modifiedMs } = node;
    return { size: node.cached.size, modifiedMs, isDirectory };
  }

  #list(path: string): DirectoryEntry[] {
    this.#node(path, 'list');
    const found: DirectoryEntry[] = [];
    for (const [each, { isDirectory }] of this.#names) {
      if (each === '/' || dirname(each) !== path) continue;
      found.push({ name: each.slice(path === '/' ? 1 : path.length + 1), isDirectory });
    }
    return found;
  }

  #makeDirectory(path: string): void {
    if (this.#names.has(path)) return;
    this.#makeDirectory(dirname(path));
    const node = new Node(true);
    this.#rename(path, (names) => names.set(path, node));
  }

  #move(from: string, to: string): void {
    const node = this.#node(from, 'rename');
    if (!node.isDirectory) {
      this.#rename(to, (names) => {
        names.delete(from);
        names.set(to, node);
      });
      return;
    }
    const inside = [...this.#names].filter(
      ([path]) => path === from || path.startsWith(`${from}/`),
    );
    this.#rename(to, (names) => {
      for (const [path] of inside) names.delete(path);
      for (const [path, each] of inside) names.set(to + path.slice(from.length), each);
    });
  }

  #remove(path: string): void {
    if (!this.#names.has(path)) return;
    this.#rename(path, (names) => {
      for (const each of names.keys()) {
        if (each === path || each.startsWith(`${path}/`)) names.delete(each);
      }
    });
  }
}

/** For a fixture: each process gets the files of the machine as it is when the process starts. */
export function platformOn(device: DeviceFiles): { readonly files: Files } {
  return {
    get files() {
      return device.files;
    },
  };
}
