/**
 * The only door to the outside: clock, random, files, network and log as interfaces. Everything but
 * `cluster/` and `cli/` receives a `Platform` and touches nothing else, so that a whole cluster can
 * run on a simulated clock, disk and network. The real implementations are in `platform/node/`.
 */

import type { LogArea, LogLevel } from './log-areas';

/** Cancels what was scheduled; calling it again, or after the task ran, does nothing. */
export type Cancel = () => void;

export interface Clock {
  /** Wall clock, milliseconds since the epoch. May jump. For timestamps that people or clients see. */
  nowMs(): number;
  /** Never goes back; only differences mean anything. For time-outs and lags. */
  monotonicMs(): number;
  /** Runs `task` once, `delayMs` from now. A pending timer alone never keeps the process alive. */
  callAfter(delayMs: number, task: () => void): Cancel;
  /** Runs `task` at the end of the current tick, after all input that has already arrived. */
  callAtEndOfTick(task: () => void): void;
}

export interface Random {
  /** A uniform integer in [0, limit). */
  below(limit: number): number;
  bytes(count: number): Buffer;
}

/** An open file. Every failure is a `FileError`. Positions and lengths are bytes. */
export interface OpenFile {
  readonly path: string;
  size(): number;
  /** Reads up to `length` bytes into `target` at `offset`; returns the count, 0 at the end of the file. */
  readSync(target: Buffer, offset: number, length: number, position: number): number;
  read(target: Buffer, offset: number, length: number, position: number): Promise<number>;
  /** Writes all of `buffers`, in order, from `position`; loops on short writes. */
  writeSync(buffers: readonly Buffer[], position: number): void;
  /** Writes all of `buffer` from `position` through the thread pool; it must not change until that is done. */
  write(buffer: Buffer, position: number): Promise<void>;
  truncateSync(length: number): void;
  /** fdatasync through the thread pool. */
  sync(): Promise<void>;
  syncSync(): void;
  closeSync(): void;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}

export interface FileStatus {
  readonly size: number;
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
}

/** The room on a disk. */
export interface DiskSpace {
  readonly totalBytes: number;
  /** What this process may still fill: without what the system keeps for itself. */
  readonly usableBytes: number;
}

/** `read`: must exist. `update`: read and write, must exist. `create`: read and write, made if missing, never truncated. */
export type OpenMode = 'read' | 'update' | 'create';

/** Who may read a file that is made: everybody, or only the user that this process runs as. */
export type FileAccess = 'everybody' | 'owner';

/** The file system. Every failure is a `FileError`; "missing" is an answer, not a failure, where a type says `undefined`. */
export interface Files {
  openSync(path: string, mode: OpenMode): OpenFile;
  statSync(path: string): FileStatus | undefined;
  listSync(path: string): DirectoryEntry[];
  /** Creates the directory and its parents; an existing one is fine. */
  makeDirectorySync(path: string): void;
  readFileSync(path: string): Buffer | undefined;
  /** Replaces a whole small file so that a crash leaves the old or the new one: temporary file, fsync, rename, fsync of the directory. */
  replaceFileSync(path: string, content: Buffer, access?: FileAccess): void;
  renameSync(from: string, to: string): void;
  /** Removes a file or a whole directory tree; a missing one is fine. */
  removeSync(path: string): void;
  remove(path: string): Promise<void>;
  syncDirectorySync(path: string): void;
  /** As `syncDirectorySync`, through the thread pool. */
  syncDirectory(path: string): Promise<void>;
  /** Sets the modification time (milliseconds since the epoch). */
  setModifiedSync(path: string, modifiedMs: number): void;
  /** Of the disk that `path` lies on, through the thread pool; `undefined` where nobody can tell. */
  diskSpace(path: string): Promise<DiskSpace | undefined>;
  /** Takes an exclusive lock file; `undefined` if another live process holds it. */
  lockSync(path: string): { release(): void } | undefined;
}

/** Why a file operation failed; `code` is the operating system's (`EIO`, `ENOSPC`, `EACCES`, …). */
export class FileError extends Error {
  override readonly name = 'FileError';
  constructor(
    readonly path: string,
    readonly code: string,
    operation: string,
    options?: ErrorOptions,
  ) {
    super(`${operation} ${path}: ${code}`, options);
  }
}

/** A connected byte stream. */
export interface Socket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  /**
   * Receives each chunk as it arrives. The chunk lies in a reused read slab: what is needed after
   * `onData` returns must be copied. Set once, before the first turn of the event loop ends.
   */
  onData: (chunk: Buffer) => void;
  /** Called exactly once, when the stream has ended for whatever reason. */
  onClose: (error: Error | undefined) => void;
  /**
   * Sends `buffers` in order without copying them; writes of one tick leave together. `onSent` runs when
   * the buffers are no longer needed, sent or not. Writing to a closed socket only calls `onSent`.
   */
  write(buffers: readonly Buffer[], onSent?: () => void): void;
  /** Bytes given to `write` and not yet taken by the operating system. */
  readonly unsentBytes: number;
  pause(): void;
  resume(): void;
  /** Sends what is pending, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface Listener {
  readonly port: number;
  /** Stops accepting; connections already made go on. */
  close(): Promise<void>;
}

/** What an HTTP page answers. */
export interface HttpAnswer {
  /** 200 if not given. */
  readonly status?: number;
  readonly contentType: string;
  /**
   * Whole, or in pieces: the next one is asked for when the client has taken the one before, and everything else
   * that waits has had its turn.
   */
  readonly body: string | Iterable<string>;
}

/** Gets the path of each GET or HEAD request, without its query; `undefined` where nothing is. */
export type HttpPages = (path: string) => HttpAnswer | undefined | Promise<HttpAnswer | undefined>;

export interface Network {
  /** This machine's name, for what is advertised without a host. */
  readonly hostName: string;
  /** Rejects with a `NetworkError` (`EADDRINUSE`, `EACCES`, …). Port 0 takes a free one. */
  listen(
    address: { host: string | undefined; port: number; backlog?: number },
    onConnection: (socket: Socket) => void,
  ): Promise<Listener>;
  /** Rejects with a `NetworkError` when refused or not connected within `timeoutMs`. */
  connect(address: { host: string; port: number; timeoutMs: number }): Promise<Socket>;
  /**
   * Serves pages over HTTP, to few clients at a time: requests, connections and slow readers are bounded, and what is
   * no request is answered with an error. Rejects as `listen` does; closing drops the connections.
   */
  serveHttp(
    address: { host: string | undefined; port: number },
    pages: HttpPages,
  ): Promise<Listener>;
}

export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Values that make a line searchable, appended as `key=value` (or as JSON members). */
export type LogFields = Readonly<Record<string, unknown>>;

/** One line an event. Messages are plain text: whoever builds a long one for `debug` or `trace` asks `isEnabled` first. */
export interface Log {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Why the broker ends. */
  fatal(message: string, fields?: LogFields): void;
  /** Whether a line of this level would be written. */
  isEnabled(level: LogLevel): boolean;
  /** The same log with `fields` on every line, e.g. `{ broker: 1 }`. */
  with(fields: LogFields): Log;
  /** The same log for an area, which has a level of its own and perhaps a file. */
  area(area: LogArea): Log;
}

/** What this process has used since it began, and holds now. */
export interface ProcessUsage {
  /** When it began, in milliseconds since the epoch. */
  readonly startedMs: number;
  /** The version of Node.js. */
  readonly nodeVersion: string;
  readonly cpuUserSeconds: number;
  readonly cpuSystemSeconds: number;
  readonly residentBytes: number;
  readonly heapTotalBytes: number;
  /** JavaScript objects. */
  readonly heapUsedBytes: number;
  /** Buffers, and whatever else lies outside of the heap. */
  readonly externalBytes: number;
}

/** How late the event loop came to what was due, since the watch began or was read last. */
export interface LoopDelay {
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  readonly p99Seconds: number;
  readonly maxSeconds: number;
}

export interface LoopDelayWatch {
  /** Begins a new span of time. */
  read(): LoopDelay;
  stop(): void;
}

/** What the process has read from and written to storage, as far as the operating system tells. */
export interface DiskTraffic {
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** How the event loop has spent its time since the process began. */
export interface LoopTime {
  readonly idleMs: number;
  readonly activeMs: number;
}

export interface ProcessMonitor {
  usage(): ProcessUsage;
  loopTime(): LoopTime;
  /** `undefined` where the operating system does not tell. */
  diskTraffic(): DiskTraffic | undefined;
  /** `undefined` likewise. */
  openFileDescriptors(): number | undefined;
  watchLoopDelay(): LoopDelayWatch;
}

export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly network: Network;
  readonly log: Log;
  readonly process: ProcessMonitor;
}
