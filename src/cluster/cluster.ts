/// <reference lib="esnext.disposable" preserve="true" />
/** Several brokers and their ZooKeeper, started and stopped together. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { nodePlatform } from '../platform/node';
import type { Platform } from '../platform/ports';
import { ZooKeeperServer } from '../zookeeper-server';
import { addressOf, brokerProperties } from './broker-properties';
import { childProcess } from './child-process';
import { ClusterError } from './cluster-error';
import { inProcess } from './in-process';
import { clusterLog } from './log';
import type { ClusterLog } from './log';
import { untilKnows } from './membership';
import { optionsProblem, resolveOptions } from './options';
import type { ClusterOptions, ResolvedOptions } from './options';
import type { LaunchBroker, RunningBroker } from './running-broker';

/** One broker as the cluster's user sees it. It keeps its port and its data over restarts. */
export interface ClusterBroker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly isRunning: boolean;
  /** Where its metrics and health pages are; `undefined` unless the cluster was started with `metricsPort`. */
  readonly metricsPort: number | undefined;
  /** Its process; this one's unless the cluster was started with `processes`. */
  readonly pid: number | undefined;
}

interface Member {
  readonly id: number;
  readonly dataDir: string;
  port: number;
  metricsPort: number | undefined;
  running: RunningBroker | undefined;
}

/** Waits for all, then throws the first failure: nothing goes on behind the caller's back. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** A running cluster. `await using` stops it at the end of its block. */
export class Cluster implements AsyncDisposable {
  readonly #members: readonly Member[];
  readonly #options: ResolvedOptions;
  readonly #launch: LaunchBroker;
  readonly #log: ClusterLog | undefined;
  readonly #platform: Platform;
  readonly #isTemporary: boolean;
  #zookeeper: ZooKeeperServer | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(
    options: ResolvedOptions,
    /** Of all brokers and of the ZooKeeper started here. */
    readonly dataDir: string,
  ) {
    this.#options = options;
    this.#isTemporary = options.dataDir === undefined;
    this.#log = clusterLog(options);
    this.#platform = nodePlatform(this.#log ? { log: this.#log.ofBrokers } : {});
    this.#launch = options.processes
      ? childProcess({ directory: dataDir, options, log: this.#log })
      : inProcess(this.#platform);
    this.#members = Array.from({ length: options.brokers }, (_, index) => ({
      id: index + 1,
      dataDir: join(dataDir, `broker-${String(index + 1)}`),
      port: portOf(options.basePort ?? 0, index),
      metricsPort:
        options.metricsPort === undefined ? undefined : portOf(options.metricsPort, index),
      running: undefined,
    }));
  }

  /** Resolves once every broker serves; when one cannot, stops what was started and rejects. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const resolved = resolveOptions(options);
    const problem = optionsProblem(resolved);
    if (problem !== undefined) throw new ClusterError(problem);
    const cluster = new Cluster(resolved, dataDirectoryOf(options));
    try {
      await cluster.#startAll();
    } catch (error) {
      await cluster.stop().catch(() => undefined); // The first failure is the one worth telling.
      throw error;
    }
    return cluster;
  }

  /** What clients take as `bootstrap.servers`: every broker, also those that do not run now. */
  get bootstrapServers(): string {
    return this.#members.map((member) => addressOf(this.#options.host, member.port)).join(',');
  }

  /** What ZooKeeper clients connect to. */
  get zookeeperConnect(): string {
    return this.#options.zookeeper ?? addressOf(this.#options.host, this.#zookeeper?.port ?? 0);
  }

  get brokers(): readonly ClusterBroker[] {
    return this.#members.map(({ id, port, metricsPort, dataDir, running }) => ({
      id,
      host: this.#options.host,
      port,
      metricsPort,
      dataDir,
      isRunning: running !== undefined,
      pid: running?.pid,
    }));
  }

  /** Ends a broker as if the machine had lost power. */
  async killBroker(id: number): Promise<void> {
    await this.#end(this.#member(id), 'kill');
  }

  /** Lets a broker hand its leaders over and end. */
  async stopBroker(id: number): Promise<void> {
    await this.#end(this.#member(id), 'stop');
  }

  /** Starts a broker again, on its port and data; stops it first if it runs. */
  async restartBroker(id: number): Promise<void> {
    const member = this.#member(id);
    await this.#end(member, 'stop');
    await this.#start(member);
    await this.#untilAcquainted();
  }

  /** Stops all brokers and the ZooKeeper started here, and removes the temporary folder. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #startAll(): Promise<void> {
    if (this.#options.zookeeper === undefined) await this.#startZooKeeper();
    await all(this.#members.map((member) => this.#start(member)));
    await this.#untilAcquainted();
  }

  async #startZooKeeper(): Promise<void> {
    this.#zookeeper = await ZooKeeperServer.start({
      platform: { ...this.#platform, log: this.#log?.ofZooKeeper ?? this.#platform.log },
      port: this.#options.zookeeperPort ?? 0,
      host: this.#options.host,
      // In a temporary folder nothing outlives the server anyway: it need not wait for a disk.
      ...(this.#isTemporary ? {} : { dataDirectory: join(this.dataDir, 'zookeeper') }),
    });
  }

  async #start(member: Member): Promise<void> {
    const { id, dataDir, port, metricsPort } = member;
    mkdirSync(dataDir, { recursive: true });
    const place = { id, dataDir, port, metricsPort, zookeeperConnect: this.zookeeperConnect };
    member.running = await this.#launch(brokerProperties(place, this.#options));
    member.port = member.running.port;
    member.metricsPort = member.running.metricsPort;
  }

  /** Every broker that runs knows every other one. */
  async #untilAcquainted(): Promise<void> {
    const running = this.brokers.filter(({ isRunning }) => isRunning);
    const ids = running.map(({ id }) => id);
    await all(running.map((broker) => untilKnows(this.#platform, broker, ids)));
  }

  async #end(member: Member, how: 'stop' | 'kill'): Promise<void> {
    const { running } = member;
    member.running = undefined;
    await running?.[how]();
  }

  async #stopAll(): Promise<void> {
    this.#log?.stopping();
    try {
      await all(this.#members.map((member) => this.#end(member, 'stop')));
    } finally {
      await this.#zookeeper?.stop();
      if (this.#isTemporary) rmSync(this.dataDir, { recursive: true, force: true });
    }
  }

  #member(id: number): Member {
    const member = this.#members.find((each) => each.id === id);
    if (!member) throw new ClusterError(`there is no broker ${String(id)}`);
    return member;
  }
}

/** Of a broker, by its place, where the first one has `first`; 0 stands for a free one. */
function portOf(first: number, index: number): number {
  return first === 0 ? 0 : first + index;
}

function dataDirectoryOf(options: ClusterOptions): string {
  if (options.dataDir === undefined) return mkdtempSync(join(tmpdir(), 'odradek-'));
  const directory = resolve(options.dataDir);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new ClusterError(`the data folder ${directory} cannot be made`, { cause: error });
  }
  return directory;
}
