/**
 * The embedded ZooKeeper server: one node, for development and tests, that speaks ZooKeeper's client protocol
 * to any client and keeps its state in a data directory, or in memory only.
 */
import type { Listener, Platform, Socket } from '../platform/ports';
import { Connection } from './connection';
import type { ConnectionHost } from './connection';
import { Database } from './database';
import { answerWord, isWord } from './four-letter-words';
import { DiskJournal } from './journal/disk-journal';
import { memoryJournal } from './journal/journal';
import type { Journal } from './journal/journal';
import { RequestProcessor } from './processor';
import { Statistics } from './statistics';
import type { Tree } from './tree';

export interface ZooKeeperServerOptions {
  readonly platform: Platform;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** The address to listen on; 127.0.0.1 if not given. */
  readonly host?: string;
  /** Made if missing. Without one nothing outlives the server, and nothing waits for a disk. */
  readonly dataDirectory?: string;
  /** The unit of session time-outs: 2 to 20 ticks unless said otherwise below. */
  readonly tickTimeMs?: number;
  readonly minSessionTimeoutMs?: number;
  readonly maxSessionTimeoutMs?: number;
  /** The largest request accepted (`jute.maxbuffer`); a larger one closes its connection. */
  readonly maxRequestBytes?: number;
  readonly maxConnections?: number;
  /** A snapshot is taken, and a new log begun, after this many transactions. */
  readonly snapshotEveryTransactions?: number;
}

type Settings = Required<Omit<ZooKeeperServerOptions, 'platform' | 'dataDirectory'>> & {
  readonly dataDirectory: string | undefined;
};

const DEFAULT_TICK_TIME_MS = 2_000;
const MIN_SESSION_TICKS = 2;
const MAX_SESSION_TICKS = 20;
/** ZooKeeper's default of jute.maxbuffer. */
const DEFAULT_MAX_REQUEST_BYTES = 0xfffff;
const DEFAULT_MAX_CONNECTIONS = 4_096;
const DEFAULT_SNAPSHOT_EVERY_TRANSACTIONS = 100_000;

function settingsOf(options: ZooKeeperServerOptions): Settings {
  const tickTimeMs = options.tickTimeMs ?? DEFAULT_TICK_TIME_MS;
  const minSessionTimeoutMs = options.minSessionTimeoutMs ?? MIN_SESSION_TICKS * tickTimeMs;
  const defaultMaxMs = Math.max(minSessionTimeoutMs, MAX_SESSION_TICKS * tickTimeMs);
  return {
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    dataDirectory: options.dataDirectory,
    tickTimeMs,
    minSessionTimeoutMs,
    maxSessionTimeoutMs: options.maxSessionTimeoutMs ?? defaultMaxMs,
    maxRequestBytes: options.maxRequestBytes ?? DEFAULT_MAX_REQUEST_BYTES,
    maxConnections: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    snapshotEveryTransactions:
      options.snapshotEveryTransactions ?? DEFAULT_SNAPSHOT_EVERY_TRANSACTIONS,
  };
}

export class ZooKeeperServer {
  /** Carries out requests; sessions inside this process may use it without a connection. */
  readonly processor: RequestProcessor;
  readonly #statistics = new Statistics();
  readonly #connections = new Set<Connection>();
  readonly #journal: Journal;
  readonly #host: ConnectionHost;
  readonly #startedMs: number;
  #listener: Listener | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(
    private readonly platform: Platform,
    private readonly settings: Settings,
  ) {
    const { clock, random, log } = platform;
    const database = new Database({
      minTimeoutMs: settings.minSessionTimeoutMs,
      maxTimeoutMs: settings.maxSessionTimeoutMs,
    });
    this.#startedMs = clock.monotonicMs();
    this.#journal = this.#openJournal(database);
    this.processor = new RequestProcessor({ clock, random, log, database, journal: this.#journal });
    this.#host = {
      clock,
      log,
      processor: this.processor,
      statistics: this.#statistics,
      maxFrameBytes: settings.maxRequestBytes,
      isDurable: settings.dataDirectory !== undefined,
      answerWord: (word) => this.#answerWord(word),
      onClosed: (connection) => this.#connections.delete(connection),
    };
  }

  /**
   * Recovers the data directory and listens. Throws `ZooKeeperServerError` if the directory is in use or
   * damaged, `FileError` or `NetworkError` if disk or port fail.
   */
  static async start(options: ZooKeeperServerOptions): Promise<ZooKeeperServer> {
    const server = new ZooKeeperServer(options.platform, settingsOf(options));
    try {
      await server.#listen();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** The port listened on. */
  get port(): number {
    return this.#listener?.port ?? this.settings.port;
  }

  get tree(): Tree {
    return this.processor.database.tree;
  }

  /** Closes all connections and makes durable what was done. Sessions live on in the data directory. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.processor.stop();
    await this.#listener?.close();
    for (const connection of this.#connections) connection.close('the server stops');
    await this.#journal.close();
  }

  async #listen(): Promise<void> {
    const { host, port } = this.settings;
    this.#listener = await this.platform.network.listen({ host, port }, (socket) => {
      this.#accept(socket);
    });
  }

  #accept(socket: Socket): void {
    const { maxConnections } = this.settings;
    if (this.#connections.size >= maxConnections || this.#stopping) {
      this.platform.log.warn('connection refused', {
        remote: socket.remoteAddress,
        maxConnections,
      });
      socket.destroy();
      return;
    }
    this.#connections.add(new Connection(socket, this.#host));
  }

  #openJournal(database: Database): Journal {
    const { dataDirectory, snapshotEveryTransactions } = this.settings;
    if (dataDirectory === undefined) return memoryJournal;
    return DiskJournal.open({
      platform: this.platform,
      directory: dataDirectory,
      database,
      snapshotEveryTransactions,
      onFailure: (error) => this.#fail(error),
    });
  }

  /** What cannot be made durable is not acknowledged: clients lose their connections instead. */
  #fail(error: Error): void {
    const { log } = this.platform;
    log.error('the disk failed, the ZooKeeper server stops', { error });
    this.stop().catch((cause: unknown) => {
      log.error('the ZooKeeper server did not stop cleanly', { error: cause });
    });
  }

  #answerWord(word: string): string | undefined {
    if (!isWord(word)) return undefined;
    const { clock } = this.platform;
    const monotonicMs = clock.monotonicMs();
    return answerWord(word, {
      processor: this.processor,
      statistics: this.#statistics,
      connections: this.#connections,
      monotonicMs,
      uptimeMs: monotonicMs - this.#startedMs,
      settings: { ...this.settings, port: this.port },
    });
  }
}
