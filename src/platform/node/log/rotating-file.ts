/**
 * A file that lines are appended to, kept small by setting it aside: `server.log.1` is the last one before. Every line is
 * with the operating system when `write` returns, so that no end of the process loses it. A disk that fails, or a
 * directory that is gone, costs lines and nothing else: they are counted, and the file is tried again.
 */
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';

export interface RotationLimits {
  /** A line that would make the file larger goes to a new one. */
  readonly maxBytes: number;
  /** The one that is written to, and those set aside. */
  readonly maxFiles: number;
}

export interface RotatingFileOptions extends RotationLimits {
  /** Tells, outside of the file, that it cannot be written. Once for each time that it begins. */
  readonly onTrouble: (problem: string) => void;
  /** The line that says how many lines are missing where it stands. */
  readonly lossLine: (lostLines: number) => string;
  readonly nowMs?: () => number;
}

/** Between two looks at whether the file is still the one under its name: somebody may have moved or removed it. */
const LOOK_AGAIN_MS = 1_000;
/** Between two tries of a file that cannot be written. */
const RETRY_MS = 1_000;

interface OpenedFile {
  readonly fd: number;
  readonly inode: number;
  sizeBytes: number;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

export class RotatingFile {
  #file: OpenedFile | undefined;
  #lookedMs = 0;
  #retryAtMs = 0;
  #lostLines = 0;
  /** The last line was written in part. */
  #isTorn = false;
  readonly #nowMs: () => number;

  constructor(
    private readonly path: string,
    private readonly options: RotatingFileOptions,
  ) {
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Appends `line` and a line feed; never throws. */
  write(line: string): void {
    const nowMs = this.#nowMs();
    if (this.#lostLines > 0 && nowMs < this.#retryAtMs) {
      this.#lostLines += 1;
      return;
    }
    try {
      const loss = this.#lostLines > 0 ? `${this.options.lossLine(this.#lostLines)}\n` : '';
      this.#append(Buffer.from(`${this.#isTorn ? '\n' : ''}${loss}${line}\n`), nowMs);
      this.#lostLines = 0;
      this.#isTorn = false;
    } catch (error) {
      this.#onFailure(error, nowMs);
    }
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (!file) return;
    try {
      fs.closeSync(file.fd);
    } catch {
      // It is out of use either way.
    }
  }

  #append(bytes: Buffer, nowMs: number): void {
    let file = this.#opened(nowMs);
    if (file.sizeBytes > 0 && file.sizeBytes + bytes.length > this.options.maxBytes) {
      this.#setAside();
      file = this.#opened(nowMs);
    }
    for (let written = 0; written < bytes.length;) {
      const count = fs.writeSync(file.fd, bytes, written);
      written += count;
      file.sizeBytes += count;
      this.#isTorn = written > 0 && written < bytes.length;
    }
  }

  #opened(nowMs: number): OpenedFile {
    if (this.#file && nowMs - this.#lookedMs >= LOOK_AGAIN_MS && !this.#isStillThere(this.#file)) {
      this.close();
    }
    if (!this.#file) {
      fs.mkdirSync(dirname(this.path), { recursive: true });
      const fd = fs.openSync(this.path, 'a', 0o644);
      const { size, ino } = fs.fstatSync(fd);
      this.#file = { fd, inode: ino, sizeBytes: size };
      this.#lookedMs = nowMs;
    }
    return this.#file;
  }

  #isStillThere({ inode }: OpenedFile): boolean {
    this.#lookedMs = this.#nowMs();
    return fs.statSync(this.path, { throwIfNoEntry: false })?.ino === inode;
  }

  /** `server.log.1` becomes `server.log.2`, and so on; what is then one too many is removed. */
  #setAside(): void {
    this.close();
    const folder = dirname(this.path);
    const name = basename(this.path);
    const numbers = fs
      .readdirSync(folder)
      .filter((each) => each.startsWith(`${name}.`))
      .map((each) => Number(each.slice(name.length + 1)))
      .filter((number) => Number.isInteger(number) && number > 0)
      .sort((a, b) => b - a);
    for (const number of numbers) {
      const from = join(folder, `${name}.${String(number)}`);
      if (number + 1 >= this.options.maxFiles) fs.rmSync(from, { force: true });
      else fs.renameSync(from, join(folder, `${name}.${String(number + 1)}`));
    }
    if (this.options.maxFiles > 1) fs.renameSync(this.path, `${this.path}.1`);
    else fs.rmSync(this.path, { force: true });
  }

  #onFailure(error: unknown, nowMs: number): void {
    this.close();
    this.#retryAtMs = nowMs + RETRY_MS;
    this.#lostLines += 1;
    if (this.#lostLines === 1) {
      this.options.onTrouble(
        `${this.path} cannot be written (${codeOf(error)}): log lines are lost until it can`,
      );
    }
  }
}
