/**
 * Opens segment files when they are needed and bounds how many are open at once, so that a broker with many
 * segments stays below the limit of file descriptors. A file that an asynchronous read holds is closed only
 * when the read ends.
 */

import type { Files, OpenFile, OpenMode } from '../../platform/ports';

const DEFAULT_MAX_OPEN = 4096;

export class OpenFiles {
  /** Least recently used first. */
  readonly #open = new Set<LazyFile>();

  constructor(
    readonly files: Files,
    private readonly maxOpen = DEFAULT_MAX_OPEN,
  ) {}

  get openCount(): number {
    return this.#open.size;
  }

  /** A file that is opened at its first use. */
  at(path: string, mode: OpenMode): LazyFile {
    return new LazyFile(this, path, mode);
  }

  noteUse(file: LazyFile): void {
    this.#open.delete(file);
    this.#open.add(file);
    if (this.#open.size <= this.maxOpen) return;
    for (const oldest of this.#open) {
      if (oldest !== file) oldest.close();
      return;
    }
  }

  noteClosed(file: LazyFile): void {
    this.#open.delete(file);
  }
}

export class LazyFile {
  #file: OpenFile | undefined;
  #path: string;
  #holders = 0;
  /** To be made at the first use. */
  #isNew = false;
  /** Closed by us while reads held it. */
  #abandoned: OpenFile[] = [];

  constructor(
    private readonly owner: OpenFiles,
    path: string,
    private readonly mode: OpenMode,
  ) {
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  /** The open file, valid until control goes back to the event loop; `hold` it for longer. */
  get file(): OpenFile {
    this.#file ??= this.#open();
    this.owner.noteUse(this);
    return this.#file;
  }

  /** Nothing on disk counts: the first use makes the file, and empties one that has the name already. */
  startNew(): void {
    this.#isNew = true;
  }

  /** Makes the file if nothing has used it so far. */
  make(): void {
    if (this.#isNew) void this.file;
  }

  /** Runs `use` with the file, which stays open until the returned promise settles. */
  async hold<T>(use: (file: OpenFile) => Promise<T>): Promise<T> {
    const file = this.file;
    this.#holders++;
    try {
      return await use(file);
    } finally {
      this.#holders--;
      if (this.#holders === 0) this.#closeAbandoned();
    }
  }

  /** Closes the file once nobody holds it; a later use opens it again. */
  close(): void {
    if (!this.#file) return;
    this.owner.noteClosed(this);
    if (this.#holders > 0) this.#abandoned.push(this.#file);
    else this.#file.closeSync();
    this.#file = undefined;
  }

  /** Renames the file on disk, if it has been made; open or not, it goes on under the new name. */
  rename(path: string): void {
    if (!this.#isNew) this.owner.files.renameSync(this.#path, path);
    this.#path = path;
  }

  #open(): OpenFile {
    const file = this.owner.files.openSync(this.#path, this.#isNew ? 'create' : this.mode);
    if (this.#isNew && file.size() > 0) file.truncateSync(0);
    this.#isNew = false;
    return file;
  }

  #closeAbandoned(): void {
    for (const file of this.#abandoned) file.closeSync();
    this.#abandoned = [];
  }
}
