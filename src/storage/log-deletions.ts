/** Removes the folders of deleted logs: renamed at once, so that the name is free, and off the disk later. */

import { join } from 'node:path';

import type { Cancel } from '../platform/ports';
import type { StorageEnvironment } from './environment';
import { deletedFolderName } from './formats/file-names';
import type { Log } from './log';
import type { LogDirectory } from './log-directory';

const UNIQUE_BYTES = 16;

export class LogDeletions {
  readonly #pending = new Set<Cancel>();

  constructor(
    private readonly environment: StorageEnvironment,
    /** For folders whose topic, and with it `file.delete.delay.ms`, is not known any more. */
    private readonly defaultDelayMs: () => number,
  ) {}

  /** Closes the log and renames its folder. Throws `FileError`. */
  delete(log: Log, directory: LogDirectory): void {
    const { files, random } = this.environment;
    const name = deletedFolderName(log, random.bytes(UNIQUE_BYTES).toString('hex'));
    log.release();
    files.renameSync(log.folder, join(directory.path, name));
    this.#removeLater(name, directory, log.config['file.delete.delay.ms']);
  }

  /** A folder that was renamed already, before the broker started. */
  deleteFolder(name: string, directory: LogDirectory): void {
    this.#removeLater(name, directory, this.defaultDelayMs());
  }

  /** What is still pending is removed after the next start. */
  stop(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }

  #removeLater(name: string, directory: LogDirectory, delayMs: number): void {
    const { clock, files } = this.environment;
    const cancel = clock.callAfter(delayMs, () => {
      this.#pending.delete(cancel);
      files
        .remove(join(directory.path, name))
        .catch((error: unknown) => void directory.fail(error as Error));
    });
    this.#pending.add(cancel);
  }
}
