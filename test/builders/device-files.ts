import { FileError } from '../../src/platform/ports';
import type { Files } from '../../src/platform/ports';
import { ProcessFiles } from './device/process-files';
import type { Process } from './device/process-files';
import { Tree } from './device/tree';
import type { Losses, Space } from './device/tree';
import type { Below } from './seeded';

/**
 * A file system in memory that knows what of it is on the device: `fdatasync` brings a file's content there,
 * `syncDirectorySync` the names in a directory. A killed process loses nothing. `cutPower` leaves what is on the device
 * and, as chance has it, some of the rest. What it takes of a real file system (ext4, XFS) for granted:
 * - fdatasync of a file makes its content and its size durable, and nothing else: not its name;
 * - what was done to one file survives in the order in which it was done: the first few of its writes and cuts, the
 *   last of them maybe torn, or as zeros of its length. Files lose what they lose independently of each other;
 * - making, renaming and removing of names survives as a journal keeps it: the first few of all that was done and is
 *   not yet on the device. A rename happens or does not; a tree is removed file by file. An fsync of a directory makes
 *   durable what was done in it;
 * - what nobody syncs gets to the device some day: when there is very much of it.
 */
export class DeviceFiles {
  /** Every operation that brings something to the device, as `operation path`; unless `onSync` is replaced. */
  readonly syncs: string[] = [];
  onSync: (operation: string, path: string) => void = (operation, path) =>
    void this.syncs.push(`${operation} ${path}`);
  /** Runs before each fdatasync in the background; holds it up until the promise settles. */
  beforeSync: (path: string) => Promise<void> | undefined = () => undefined;
  readonly #tree: Tree;
  readonly #locks = new Set<string>();
  #nextCut: { syncsLeft: number; readonly below: Below } | undefined;
  #process: Process & { isRunning: boolean };
  #files: ProcessFiles;

  /** `directories` are there from the start, as those that an operator has made. */
  constructor(
    directories: readonly string[] = [],
    private readonly nowMs: () => number = () => 0,
  ) {
    this.#tree = new Tree(nowMs);
    this.#process = this.#start();
    this.#files = new ProcessFiles(this.#process);
    for (const path of directories) this.#tree.makeDirectory(path);
    this.#tree.syncAll();
  }

  /** As a process sees them that starts now. After the next power cut it does not run any more. */
  get files(): ProcessFiles {
    return this.#files;
  }

  get space(): Space {
    return this.#tree.space;
  }

  /** The process ends: what it had open does not work any more, its locks are free, and nothing is lost. */
  endProcess(): void {
    this.#process.isRunning = false;
    this.#locks.clear();
    this.#process = this.#start();
    this.#files = new ProcessFiles(this.#process);
  }

  /** The machine loses what is not on the device; with no `below`, all of it. Tells what is gone. */
  cutPower(below: Below = () => 0): Losses {
    this.#nextCut = undefined;
    this.endProcess();
    return this.#tree.lose(below);
  }

  /** Cuts the power in the middle of what is going on: after `syncs` more operations that bring something to the device. */
  cutPowerAfter(syncs: number, below: Below): void {
    this.#nextCut = { syncsLeft: syncs, below };
  }

  /** Another machine with the same files, all of them on its device. */
  copy(): DeviceFiles {
    const copy = new DeviceFiles([], this.nowMs);
    copy.#copyFrom(this.files, '');
    copy.#tree.syncAll();
    return copy;
  }

  /** The process is gone: its locks are free. */
  releaseLocks(): void {
    this.#locks.clear();
  }

  /** The paths of all files below `directory`. */
  paths(directory = '/'): string[] {
    return Array.from(this.#tree.files(), ([path]) => path).filter((path) =>
      path.startsWith(directory),
    );
  }

  /** Changes a file as a fault of the device does. */
  damage(path: string, change: (content: Buffer) => Buffer): void {
    const content = this.files.readFileSync(path);
    if (!content) throw new FileError(path, 'ENOENT', 'damage');
    this.files.replaceFileSync(path, change(content));
  }

  /** Turns one bit of a file over, in the cache and on the device. */
  flipBit(path: string, position: number, bit: number): void {
    this.#tree.file(path, 'damage').content.flip(position, bit);
  }

  #start(): Process & { isRunning: boolean } {
    return {
      tree: this.#tree,
      locks: this.#locks,
      isRunning: true,
      nowMs: this.nowMs,
      noteSync: (operation, path) => this.#noteSync(operation, path),
      beforeSync: (path) => this.beforeSync(path),
    };
  }

  #noteSync(operation: string, path: string): void {
    if (this.#nextCut && this.#nextCut.syncsLeft-- === 0) {
      this.cutPower(this.#nextCut.below);
      throw new FileError(path, 'ESTALE', operation);
    }
    this.onSync(operation, path);
  }

  #copyFrom(files: Files, directory: string): void {
    for (const { name, isDirectory } of files.listSync(directory)) {
      const path = `${directory}/${name}`;
      if (isDirectory) {
        this.#tree.makeDirectory(path);
        this.#copyFrom(files, path);
      } else this.files.replaceFileSync(path, files.readFileSync(path) ?? Buffer.alloc(0));
    }
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
