/** What can be read off the replicas (Kafka's `ReplicaManager`, `Partition`, `ReplicaFetcherManager`). */
import { RecentRatio } from '../metrics/recent-ratio';
import type { MetricName } from '../metrics/catalogue';
import type { MetricsRegistry, Sample } from '../metrics/registry';
import type { Clock } from '../platform/ports';
import type { Fetcher } from './fetcher';
import type { Partition } from './partition';
import { replicationFactor } from './state/assignment';

export interface ObservedReplicas {
  readonly clock: Clock;
  /** All that are online. */
  partitions(): Iterable<Partition>;
  offlinePartitionCount(): number;
  fetchers(): Iterable<Fetcher>;
  readonly failedPartitions: ReadonlySet<string>;
}

export function observeReplicas(registry: MetricsRegistry, replicas: ObservedReplicas): void {
  observeManager(registry, replicas);
  observePartitions(registry, replicas);
  observeFetchers(registry, replicas);
}

function observeManager(registry: MetricsRegistry, replicas: ObservedReplicas): void {
  const count = (matches: (partition: Partition) => boolean) => (): number => {
    let found = 0;
    for (const partition of replicas.partitions()) if (matches(partition)) found++;
    return found;
  };
  const online = count(() => true);
  const manager = (
    name:
      | 'leadercount'
      | 'underreplicatedpartitions'
      | 'underminisrpartitioncount'
      | 'atminisrpartitioncount'
      | 'reassigningpartitions',
    matches: (partition: Partition) => boolean,
  ): void => registry.gauge(`kafka_server_replicamanager_${name}`, count(matches));
  registry.gauge(
    'kafka_server_replicamanager_partitioncount',
    () => online() + replicas.offlinePartitionCount(),
  );
  registry.gauge('kafka_server_replicamanager_offlinereplicacount', () => {
    return replicas.offlinePartitionCount();
  });
  manager('leadercount', ({ isLeader }) => isLeader);
  manager('underreplicatedpartitions', ({ isUnderReplicated }) => isUnderReplicated);
  manager('underminisrpartitioncount', ({ isUnderMinIsr }) => isUnderMinIsr);
  manager('atminisrpartitioncount', ({ isAtMinIsr }) => isAtMinIsr);
  manager('reassigningpartitions', ({ isLeader, assignment }) => {
    return isLeader && assignment.adding.length + assignment.removing.length > 0;
  });
  registry.gauge('kafka_server_replicamanager_produceridcount', () => {
    let producers = 0;
    for (const { log } of replicas.partitions()) producers += log?.producers.size ?? 0;
    return producers;
  });
}

function observePartitions(registry: MetricsRegistry, replicas: ObservedReplicas): void {
  const ofPartition = (name: MetricName, valueOf: (partition: Partition) => number): void => {
    registry.observe(name, function* (): Iterable<Sample> {
      for (const each of replicas.partitions()) {
        yield { labels: [each.topic, String(each.partition)], value: valueOf(each) };
      }
    });
  };
  ofPartition('kafka_cluster_partition_underreplicated', (each) => Number(each.isUnderReplicated));
  ofPartition('kafka_cluster_partition_underminisr', (each) => Number(each.isUnderMinIsr));
  ofPartition('kafka_cluster_partition_atminisr', (each) => Number(each.isAtMinIsr));
  ofPartition('kafka_cluster_partition_insyncreplicascount', ({ isr }) => isr.length);
  ofPartition('kafka_cluster_partition_replicascount', ({ isLeader, assignment }) =>
    isLeader ? replicationFactor(assignment) : 0,
  );
  ofPartition('kafka_cluster_partition_laststableoffsetlag', ({ log }) =>
    log ? Math.max(0, log.highWatermark - log.lastStableOffset) : 0,
  );
}

/** Kafka gives all fetchers of a broker this client id, but for the lags, which carry the one of each. */
const ALL_FETCHERS = ['Replica'];

function observeFetchers(registry: MetricsRegistry, replicas: ObservedReplicas): void {
  registry.observe('kafka_server_fetcherlagmetrics_consumerlag', function* (): Iterable<Sample> {
    for (const fetcher of replicas.fetchers()) {
      for (const { topic, partition, lag } of fetcher.lags()) {
        yield { labels: [fetcher.name, topic, String(partition)], value: lag };
      }
    }
  });
  const ofAll = (
    name: 'maxlag' | 'minfetchrate' | 'failedpartitionscount' | 'deadthreadcount',
    value: () => number,
  ): void =>
    registry.observe(`kafka_server_replicafetchermanager_${name}`, () => [
      { labels: ALL_FETCHERS, value: value() },
    ]);
  ofAll('maxlag', () => {
    let longest = 0;
    for (const fetcher of replicas.fetchers()) {
      for (const { lag } of fetcher.lags()) longest = Math.max(longest, lag);
    }
    return longest;
  });
  const rates = new FetchRates(replicas.clock);
  ofAll('minfetchrate', () => rates.slowest(replicas.fetchers()));
  ofAll('failedpartitionscount', () => replicas.failedPartitions.size);
  ofAll('deadthreadcount', () => 0);
}

const MS_PER_SECOND = 1000;

/** How often each fetcher has fetched lately. */
class FetchRates {
  readonly #rates = new WeakMap<Fetcher, RecentRatio>();

  constructor(private readonly clock: Clock) {}

  /** Fetches a second; 0 without fetchers. */
  slowest(fetchers: Iterable<Fetcher>): number {
    const nowMs = this.clock.monotonicMs();
    const seconds = nowMs / MS_PER_SECOND;
    let slowest = Infinity;
    for (const fetcher of fetchers) {
      const known = this.#rates.get(fetcher);
      if (known) slowest = Math.min(slowest, known.read(fetcher.fetchCount, seconds, nowMs) ?? 0);
      else this.#rates.set(fetcher, new RecentRatio(fetcher.fetchCount, seconds, nowMs));
    }
    return slowest === Infinity ? 0 : slowest;
  }
}
