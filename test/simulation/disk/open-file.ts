import type { OpenFile } from '../../../src/platform/ports';
import type { DeviceOpenFile } from '../../builders/device/process-files';
import type { DiskAccess } from './files';

/** An open file of a process on a simulated machine. */
export class SimulatedFile implements OpenFile {
  readonly path: string;

  constructor(
    private readonly access: DiskAccess,
    private readonly file: DeviceOpenFile,
  ) {
    this.path = file.path;
  }

  size(): number {
    this.access.check('read', this.path, 'stat');
    return this.file.size();
  }

  readSync(target: Buffer, offset: number, length: number, position: number): number {
    this.access.check('read', this.path, 'read');
    return this.file.readSync(target, offset, length, position);
  }

  read(target: Buffer, offset: number, length: number, position: number): Promise<number> {
    return this.access.background('read', () => this.readSync(target, offset, length, position));
  }

  writeSync(buffers: readonly Buffer[], position: number): void {
    const failure = this.access.failureOf('write', this.path, 'write');
    if (!failure) {
      this.file.writeSync(buffers, position);
      return;
    }
    // What came before the place that could not be written may be there.
    const whole = Buffer.concat(buffers);
    const { random } = this.access;
    if (random.oneIn(2))
      this.file.writeSync([whole.subarray(0, random.below(whole.length))], position);
    throw failure;
  }

  /** The bytes are in the file at once or in the end: a process that dies meanwhile has written them or not. */
  async write(buffer: Buffer, position: number): Promise<void> {
    const write = (): void => this.writeSync([buffer], position);
    const isAtOnce = this.access.random.oneIn(2);
    const outcome = isAtOnce ? outcomeOf(write) : write;
    await this.access.background('write', outcome);
  }

  truncateSync(length: number): void {
    this.access.check('write', this.path, 'truncate');
    this.file.truncateSync(length);
  }

  async sync(): Promise<void> {
    const sync = this.file.beginSync();
    await this.access.background('sync', () => {
      this.access.check('sync', this.path, 'sync');
      sync();
    });
  }

  syncSync(): void {
    this.access.check('sync', this.path, 'sync');
    this.file.syncSync();
  }

  closeSync(): void {
    this.file.closeSync();
  }
}

/** Runs `operation` now, and tells later how that went. */
function outcomeOf(operation: () => void): () => void {
  try {
    operation();
  } catch (error) {
    return () => {
      throw error as Error;
    };
  }
  return () => undefined;
}
