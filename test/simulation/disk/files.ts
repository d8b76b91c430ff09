import { dirname } from 'node:path';

import type {
  DirectoryEntry,
  DiskSpace,
  Files,
  FileStatus,
  OpenMode,
} from '../../../src/platform/ports';
import type { ProcessFiles } from '../../builders/device/process-files';
import type { Machine } from '../machine/machine';
import type { SeededRandom } from '../kernel/seeded-random';
import type { DiskFaults } from './faults';
import type { DiskLatency, DiskOperation } from './latency';
import { SimulatedFile } from './open-file';

/** What the files of one life of a machine share. */
export class DiskAccess {
  readonly #life: number;

  constructor(
    private readonly machine: Machine,
    readonly random: SeededRandom,
    private readonly faults: DiskFaults,
    private readonly latency: DiskLatency,
  ) {
    this.#life = machine.life;
  }

  /** Throws `FileError` if this operation is to fail. */
  check(kind: DiskOperation, path: string, operation: string): void {
    const failure = this.faults.failureOf(kind, path, operation);
    if (failure) throw failure;
  }

  failureOf(kind: DiskOperation, path: string, operation: string): Error | undefined {
    return this.faults.failureOf(kind, path, operation);
  }

  /** Runs `operation` when the disk has come to it; never for a process that is dead by then. */
  async background<T>(kind: DiskOperation, operation: () => T): Promise<T> {
    await new Promise<void>((resolve) => {
      if (this.machine.life === this.#life) this.machine.after(this.latency.of(kind), resolve);
    });
    return operation();
  }
}

/** The file system of a simulated machine, as one process on it sees it. */
export class SimulatedFiles implements Files {
  constructor(
    private readonly access: DiskAccess,
    private readonly files: ProcessFiles,
  ) {}

  openSync(path: string, mode: OpenMode): SimulatedFile {
    const isMade = mode === 'create' && !this.files.statSync(path);
    this.access.check(isMade ? 'metadata' : 'read', path, 'open');
    return new SimulatedFile(this.access, this.files.openSync(path, mode));
  }

  statSync(path: string): FileStatus | undefined {
    this.access.check('read', path, 'stat');
    return this.files.statSync(path);
  }

  listSync(path: string): DirectoryEntry[] {
    this.access.check('read', path, 'list');
    return this.files.listSync(path);
  }

  makeDirectorySync(path: string): void {
    if (!this.files.statSync(path)) this.access.check('metadata', path, 'create');
    this.files.makeDirectorySync(path);
  }

  readFileSync(path: string): Buffer | undefined {
    this.access.check('read', path, 'read');
    return this.files.readFileSync(path);
  }

  replaceFileSync(path: string, content: Buffer): void {
    const temporary = `${path}.tmp`;
    const file = this.openSync(temporary, 'create');
    try {
      file.truncateSync(0);
      file.writeSync([content], 0);
      file.syncSync();
    } finally {
      file.closeSync();
    }
    this.renameSync(temporary, path);
    this.syncDirectorySync(dirname(path));
  }

  renameSync(from: string, to: string): void {
    this.access.check('metadata', from, 'rename');
    this.files.renameSync(from, to);
  }

  removeSync(path: string): void {
    this.access.check('metadata', path, 'remove');
    this.files.removeSync(path);
  }

  /** One file after another: a process that dies meanwhile leaves the rest. */
  async remove(path: string): Promise<void> {
    const status = await this.access.background('metadata', () => this.statSync(path));
    if (!status) return;
    const entries = status.isDirectory ? this.listSync(path) : [];
    for (const { name } of entries) await this.remove(`${path}/${name}`);
    await this.access.background('metadata', () => this.removeSync(path));
  }

  syncDirectorySync(path: string): void {
    this.access.check('sync', path, 'sync');
    this.files.syncDirectorySync(path);
  }

  async syncDirectory(path: string): Promise<void> {
    const sync = this.files.beginDirectorySync(path);
    await this.access.background('sync', () => {
      this.access.check('sync', path, 'sync');
      sync();
    });
  }

  setModifiedSync(path: string, modifiedMs: number): void {
    this.access.check('metadata', path, 'set the time of');
    this.files.setModifiedSync(path, modifiedMs);
  }

  async diskSpace(path: string): Promise<DiskSpace | undefined> {
    await this.access.background('read', () => {
      this.access.check('read', path, 'ask for the room at');
    });
    return this.files.diskSpace(path);
  }

  lockSync(path: string): { release(): void } | undefined {
    this.access.check('write', path, 'lock');
    const lock = this.files.lockSync(path);
    return (
      lock && {
        release: () => {
          lock.release();
          this.access.check('write', path, 'unlock');
        },
      }
    );
  }
}
