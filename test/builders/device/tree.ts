import { FileError } from '../../../src/platform/ports';
import type { Below } from '../seeded';
import { Content } from './content';

/** How much there is room for. */
export class Space {
  usedBytes = 0;
  limitBytes = Number.POSITIVE_INFINITY;

  /** Whether that much more can be there. */
  hasRoomFor(bytes: number): boolean {
    return this.usedBytes + bytes <= this.limitBytes;
  }
}

export class DeviceFile {
  readonly kind = 'file';
  readonly content = new Content();
  /** Whether it has a name: one that was removed takes no room, and goes on for who has it open. */
  isNamed = false;

  constructor(public modifiedMs: number) {}
}

export class Directory {
  readonly kind = 'directory';
  readonly entries = new Map<string, Entry>();
  /** What was done in it and may not be on the device yet. */
  readonly unsynced = new Set<Renaming>();
  /** Nobody asks for the time at which something happened in a directory. */
  modifiedMs = 0;
}

export type Entry = DeviceFile | Directory;

/** A name gets another entry, or none. */
interface Naming {
  readonly directory: Directory;
  readonly name: string;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/** Namings that happen together or not at all. */
export interface Renaming {
  /** Whose fsync brings it to the device. */
  readonly directory: Directory;
  readonly namings: readonly Naming[];
}

/** What a power cut has taken away. */
export interface Losses {
  /** How many changes of names. */
  readonly renamings: number;
  /** The files that are not as long as they were. */
  readonly cut: readonly string[];
}

/** More than these and a journal writes back the older half without being asked. */
const MAX_UNSYNCED = 4096;

interface Place {
  readonly directory: Directory;
  readonly name: string;
}

/**
 * The names of all files as processes see them, and how to get back to what the device has. What happens to a name
 * costs the same however many files there are.
 */
export class Tree {
  readonly space = new Space();
  readonly #root = new Directory();
  /** Of all directories, in order. */
  readonly #unsynced = new Set<Renaming>();

  constructor(private readonly nowMs: () => number) {}

  find(path: string): Entry | undefined {
    let entry: Entry | undefined = this.#root;
    for (const name of namesOf(path)) {
      if (entry?.kind !== 'directory') return undefined;
      entry = entry.entries.get(name);
    }
    return entry;
  }

  /** Throws `FileError` (`ENOENT`, `ENOTDIR`). */
  directory(path: string, operation: string): Directory {
    const entry = this.find(path);
    if (!entry) throw new FileError(path, 'ENOENT', operation);
    if (entry.kind === 'file') throw new FileError(path, 'ENOTDIR', operation);
    return entry;
  }

  /** Throws `FileError` (`ENOENT`, `EISDIR`). */
  file(path: string, operation: string): DeviceFile {
    const entry = this.find(path);
    if (!entry) throw new FileError(path, 'ENOENT', operation);
    if (entry.kind === 'directory') throw new FileError(path, 'EISDIR', operation);
    return entry;
  }

  /** A file with this name, made if it is missing. Throws `FileError` (`ENOENT`, `EISDIR`, `ENOSPC`). */
  makeFile(path: string, operation: string): DeviceFile {
    if (this.find(path)) return this.file(path, operation);
    const place = this.#place(path, operation);
    this.#checkRoom(path, operation);
    const made = new DeviceFile(this.nowMs());
    this.#rename([{ ...place, before: undefined, after: made }]);
    return made;
  }

  /** A directory and its parents. Throws `FileError` (`EEXIST`, `ENOSPC`). */
  makeDirectory(path: string): void {
    let directory = this.#root;
    for (const name of namesOf(path)) {
      let entry = directory.entries.get(name);
      if (entry?.kind === 'file') throw new FileError(path, 'EEXIST', 'create');
      if (!entry) {
        this.#checkRoom(path, 'create');
        entry = new Directory();
        this.#rename([{ directory, name, before: undefined, after: entry }]);
      }
      directory = entry;
    }
  }

  /** Throws `FileError` (`ENOENT`, `EISDIR`, `ENOTDIR`, `ENOTEMPTY`). */
  move(from: string, to: string): void {
    const source = this.#place(from, 'rename');
    const target = this.#place(to, 'rename');
    const moved = source.directory.entries.get(source.name);
    const replaced = target.directory.entries.get(target.name);
    if (!moved) throw new FileError(from, 'ENOENT', 'rename');
    if (moved === replaced) return;
    if (replaced && replaced.kind !== moved.kind) {
      throw new FileError(from, moved.kind === 'file' ? 'EISDIR' : 'ENOTDIR', 'rename');
    }
    if (replaced?.kind === 'directory' && replaced.entries.size > 0) {
      throw new FileError(from, 'ENOTEMPTY', 'rename');
    }
    this.#rename([
      { ...source, before: moved, after: undefined },
      { ...target, before: replaced, after: moved },
    ]);
  }

  /** Removes a file, or a directory and, one after another, all that is in it; nothing if it is missing. */
  remove(path: string): void {
    const entry = this.find(path);
    if (!entry) return;
    if (entry.kind === 'directory') {
      for (const name of [...entry.entries.keys()]) this.remove(`${path}/${name}`);
    }
    this.#rename([{ ...this.#place(path, 'remove'), before: entry, after: undefined }]);
  }

  /** What was done so far in `directory`: calling it brings that to the device. */
  syncing(directory: Directory): () => void {
    const all = [...directory.unsynced];
    return () => {
      for (const each of all) this.#reach(each);
    };
  }

  syncAll(): void {
    for (const each of this.#unsynced) this.#reach(each);
  }

  /** Of what is not on the device, names and content, only the first few changes stay. Tells what is gone. */
  lose(below: Below): Losses {
    const cut: string[] = [];
    const unsynced = [...this.#unsynced];
    const kept = below(unsynced.length + 1);
    for (const renaming of unsynced.slice(kept).reverse()) {
      for (const { directory, name, before } of renaming.namings.toReversed()) {
        if (before) directory.entries.set(name, before);
        else directory.entries.delete(name);
      }
    }
    this.syncAll();
    this.space.usedBytes = 0;
    for (const [path, file] of this.files()) {
      const before = file.content.size;
      file.content.lose(below);
      const { size } = file.content;
      if (size !== before) cut.push(`${path} from ${String(before)} to ${String(size)} bytes`);
      file.isNamed = true;
      this.space.usedBytes += size;
    }
    return { renamings: unsynced.length - kept, cut };
  }

  /** Every file with its path, below `path`. */
  *files(path = '', from: Directory = this.#root): Generator<[string, DeviceFile]> {
    for (const [name, entry] of from.entries) {
      if (entry.kind === 'file') yield [`${path}/${name}`, entry];
      else yield* this.files(`${path}/${name}`, entry);
    }
  }

  #place(path: string, operation: string): Place {
    const slash = path.lastIndexOf('/');
    const directory = this.directory(path.slice(0, slash), operation);
    return { directory, name: path.slice(slash + 1) };
  }

  #checkRoom(path: string, operation: string): void {
    if (!this.space.hasRoomFor(1)) throw new FileError(path, 'ENOSPC', operation);
  }

  /** They reach the device with the directory of the last one. */
  #rename(namings: readonly Naming[]): void {
    for (const naming of namings) this.#apply(naming);
    const { directory } = namings.at(-1) as Naming;
    const renaming = { directory, namings };
    directory.unsynced.add(renaming);
    this.#unsynced.add(renaming);
    if (this.#unsynced.size > MAX_UNSYNCED) this.#writeBack();
  }

  #apply({ directory, name, before, after }: Naming): void {
    if (after) directory.entries.set(name, after);
    else directory.entries.delete(name);
    if (before?.kind === 'file' && before.isNamed) {
      before.isNamed = false;
      this.space.usedBytes -= before.content.size;
    }
    if (after?.kind === 'file' && !after.isNamed) {
      after.isNamed = true;
      this.space.usedBytes += after.content.size;
    }
  }

  #reach(renaming: Renaming): void {
    renaming.directory.unsynced.delete(renaming);
    this.#unsynced.delete(renaming);
  }

  #writeBack(): void {
    let left = MAX_UNSYNCED / 2;
    for (const each of this.#unsynced) {
      if (left-- === 0) return;
      this.#reach(each);
    }
  }
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
