import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deferred, type Deferred } from '../../src/base/deferred';
import type { BrokerConfig } from '../../src/config/broker-config';
import { MetricsRegistry } from '../../src/metrics/registry';
import { MetadataCache } from '../../src/metadata/metadata-cache';
import type { MetricName } from '../../src/metrics/catalogue';
import type { Clock, Files } from '../../src/platform/ports';
import { nodePlatform } from '../../src/platform/node';
import { ProtocolError } from '../../src/protocol/errors';
import { buildBatch } from '../../src/protocol/records/builder';
import type {
  IsrChange,
  IsrChangeResult,
  IsrUpdater,
  PeerConnector,
  ReplicaListener,
  ReplicaRole,
} from '../../src/replication/ports';
import { ReplicaManager } from '../../src/replication/replica-manager';
import { LogManager } from '../../src/storage/log-manager';
import { aBrokerConfig } from './broker-config';
import { LISTENER } from './cluster-metadata';
import { RecordingLog } from './recording-log';
import { ScriptedPeers } from './scripted-peer';

export const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** One v2 batch with a record for each value, as a producer sends it. */
export function aBatch(...values: readonly string[]): Buffer {
  const records = values.map((value) => ({
    key: null,
    value: Buffer.from(value),
    timestamp: 1_700_000_000_000,
  }));
  return buildBatch({ records });
}

/** Keeps proposals until the test answers them. */
export class ScriptedIsrUpdater implements IsrUpdater {
  readonly submitted: IsrChange[] = [];
  #open: Deferred<IsrChangeResult>[] = [];

  submit(change: IsrChange): Promise<IsrChangeResult> {
    const result = deferred<IsrChangeResult>();
    this.submitted.push(change);
    this.#open.push(result);
    return result.promise;
  }

  get last(): IsrChange | undefined {
    return this.submitted.at(-1);
  }

  /** The controller does what was proposed last. */
  accept(): void {
    const change = this.last;
    if (!change) throw new Error('nothing was proposed');
    const { leaderEpoch, partitionEpoch, isr } = change;
    this.answer({ error: 'NONE', leaderEpoch, partitionEpoch: partitionEpoch + 1, isr });
  }

  answer(result: IsrChangeResult): void {
    for (const open of this.#open.splice(0)) open.resolve(result);
  }
}

/** Notes what it is told, as short words. */
export class RecordingListener implements ReplicaListener {
  readonly events: string[] = [];
  /** Called after each event. */
  readonly watchers = new Set<() => void>();

  onHighWatermark(topic: string, partition: number): void {
    this.#note('hw', topic, partition);
  }

  /** Not noted: every follower's first fetch tells it. */
  onFollowerLogStart(): void {}

  onIsrChanged(topic: string, partition: number, change: 'expanded' | 'shrunk'): void {
    this.#note(change, topic, partition);
  }

  onLeadershipChanged(
    topic: string,
    partition: number,
    role: ReplicaRole,
    leaderEpoch: number,
  ): void {
    this.#note(`${role}@${String(leaderEpoch)}`, topic, partition);
  }

  take(): string[] {
    return this.events.splice(0);
  }

  #note(what: string, topic: string, partition: number): void {
    this.events.push(`${what} ${topic}-${String(partition)}`);
    for (const watcher of this.watchers) watcher();
  }
}

interface HostOptions {
  readonly clock: Clock;
  readonly brokerId?: number;
  readonly properties?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly peers?: PeerConnector;
  readonly isrUpdates?: IsrUpdater;
  readonly metadata?: MetadataCache;
  readonly files?: Files;
  readonly cacheBytes?: number;
}

/** The replicas of one broker over real logs in a temporary folder, with neighbours that the test plays. */
export class ReplicaHost {
  readonly peers = new ScriptedPeers();
  readonly isrUpdates = new ScriptedIsrUpdater();
  readonly listener = new RecordingListener();
  readonly log = new RecordingLog();
  readonly metrics = new MetricsRegistry();
  readonly brokerId: number;
  readonly directory: string;
  readonly metadata: MetadataCache;
  readonly logs: LogManager;
  readonly replicas: ReplicaManager;
  readonly config: BrokerConfig;
  brokerEpoch = 100;

  private readonly isInMemory: boolean;

  private constructor(options: HostOptions) {
    this.isInMemory = options.files !== undefined && options.directory !== undefined;
    this.brokerId = options.brokerId ?? 1;
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), 'replicas-'));
    this.metadata = options.metadata ?? new MetadataCache();
    const config = aBrokerConfig({
      'broker.id': String(this.brokerId),
      'log.dirs': this.directory,
      'min.insync.replicas': '1',
      ...options.properties,
    });
    this.config = config;
    const real = nodePlatform();
    const { clock, files = real.files } = options;
    const platform = { ...real, clock, files, log: this.log };
    const topicConfig = () => config.topicConfig({});
    const { cacheBytes } = options;
    const storageValues =
      cacheBytes === undefined
        ? config.values
        : { ...config.values, 'odradek.log.cache.bytes': cacheBytes };
    this.logs = new LogManager({
      platform,
      config: { values: storageValues, logDirs: config.logDirs },
      topicConfig,
    });
    this.replicas = new ReplicaManager({
      platform,
      brokerId: this.brokerId,
      brokerEpoch: () => this.brokerEpoch,
      config,
      topicConfig,
      interBrokerListener: LISTENER,
      logs: this.logs,
      metadata: this.metadata,
      peers: options.peers ?? this.peers,
      isrUpdates: options.isrUpdates ?? this.isrUpdates,
      listener: this.listener,
      metrics: this.metrics,
    });
  }

  /** What a metric shows, by the values of its labels. */
  shown(name: MetricName): Record<string, number> {
    const metric = [...this.metrics.metrics].find((each) => each.name === name);
    const samples = [...(metric?.read(0) ?? [])];
    return Object.fromEntries(samples.map(({ labels, value }) => [labels.join(' '), value]));
  }

  static async start(options: HostOptions): Promise<ReplicaHost> {
    const host = new ReplicaHost(options);
    await host.logs.start();
    host.replicas.start();
    return host;
  }

  /** The replica; throws what a client would be told. */
  partition(topic = 't', partition = 0) {
    const found = this.replicas.lookup(topic, partition);
    if (typeof found === 'string') throw new ProtocolError(found);
    return found;
  }

  async stop({ keep = false }: { keep?: boolean } = {}): Promise<void> {
    this.replicas.stop();
    await this.logs.stop();
    if (!keep && !this.isInMemory) rmSync(this.directory, { recursive: true, force: true });
  }

  /** As kill -9: what is in the files stays, nothing else. */
  kill(): void {
    this.replicas.stop();
    this.logs.abandon();
  }
}
