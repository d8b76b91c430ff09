/** A running `Broker` as checkers see it: its parts looked at in place, its logs read past it from the files' content. */
import { WheelClock } from '../../src/platform/timers';
import type { Broker } from '../../src/broker/broker';
import {
  baseSequenceOf,
  crcOf,
  isControl,
  producerEpochOf,
  producerIdOf,
} from '../../src/protocol/records/batch';
import { isIntact, readRecords } from '../../src/protocol/records/reader';
import type { Partition } from '../../src/replication/partition';
import type { Log } from '../../src/storage/log';
import { headerAt } from '../../src/storage/segment/batch-header';
import type { Segment } from '../../src/storage/segment/segment';
import type {
  BrokerHoldings,
  BrokerView,
  ClusterUnderTest,
  GroupView,
  MetadataView,
  ReplicaView,
  StoredBatch,
  StoredRecord,
} from './checkers/cluster-under-test';
import type { RecordId } from './history';

/** A simulated broker, as far as it is looked at. */
export interface WatchedBroker {
  readonly id: number;
  /** `undefined` while no process serves. */
  readonly broker: Broker | undefined;
  /** Counts its processes. */
  readonly life: number;
  readonly mayBeDamaged: boolean;
  /** The content of a file as processes see it, whatever faults its disk has; `undefined` if there is none. */
  peek(path: string): Buffer | undefined;
}

export interface ViewOptions {
  /** The brokers there are now. */
  readonly brokers: () => readonly WatchedBroker[];
  /** Which record has this value; `undefined`: none of a client. */
  readonly recordOf: (value: Buffer) => RecordId | undefined;
}

type Peek = WatchedBroker['peek'];
type RecordOf = ViewOptions['recordOf'];

/** What was read of a segment so far. */
interface ParsedSegment {
  bytes: number;
  readonly batches: StoredBatch[];
}

export function clusterView({ brokers, recordOf }: ViewOptions): ClusterUnderTest {
  const logs = new ParsedLogs(recordOf);
  return { brokers: () => brokers().map((broker) => new LiveBroker(broker, logs)) };
}

class LiveBroker implements BrokerView {
  readonly id: number;
  readonly life: number;
  readonly mayBeDamaged: boolean;
  readonly #parts: Broker['parts'];

  constructor(
    private readonly watched: WatchedBroker,
    private readonly logs: ParsedLogs,
  ) {
    this.id = watched.id;
    this.life = watched.life;
    this.mayBeDamaged = watched.mayBeDamaged;
    this.#parts = watched.broker?.parts;
  }

  get isAlive(): boolean {
    return this.#parts !== undefined;
  }

  *replicas(): Iterable<ReplicaView> {
    for (const partition of this.#parts?.services.replicas.partitions() ?? []) {
      const { log } = partition;
      if (log && !log.isOffline) yield this.#replica(partition, log);
    }
  }

  replicaOf(topic: string, partition: number): ReplicaView | undefined {
    const hosted = this.#parts?.services.replicas.partition(topic, partition);
    if (hosted?.kind !== 'online') return undefined;
    const { log } = hosted.partition;
    return log && !log.isOffline ? this.#replica(hosted.partition, log) : undefined;
  }

  metadataOf(topic: string, partition: number): MetadataView | undefined {
    const metadata = this.#parts?.services.metadata;
    const image = metadata?.partition(topic, partition);
    return image && { ...image, topicId: metadata?.topicId(topic) };
  }

  knownBrokers(): readonly number[] {
    return this.#parts?.services.metadata.aliveBrokers().map(({ id }) => id) ?? [];
  }

  groups(): readonly GroupView[] {
    const groups = this.#parts?.services.groups;
    const context = { apiVersion: 5, clientId: 'checker', clientHost: '' };
    const listed = groups?.listGroups(context, { statesFilter: [], typesFilter: [] }).groups ?? [];
    return listed.map(({ groupId, groupState }) => ({ id: groupId, state: groupState ?? '' }));
  }

  holdings(): BrokerHoldings | undefined {
    if (!this.#parts) return undefined;
    const { services, server } = this.#parts;
    const { clock } = services.platform;
    return {
      delayedAppends: services.delayedAppends.size,
      delayedDeletions: services.delayedDeletions.size,
      delayedFetches: services.delayedFetches.size,
      timers: clock instanceof WheelClock ? clock.timers.size : 0,
      fetchSessions: services.fetchSessions.size,
      connections: server.connectionCount,
      requestBytes: server.memory.bytes,
      lentBytes: services.readMemory.lentBytes,
    };
  }

  #replica(partition: Partition, log: Log): ReplicaView {
    return {
      topic: partition.topic,
      partition: partition.partition,
      topicId: log.topicId,
      logId: this.logs.idOf(log),
      truncations: log.truncationCount,
      isLeader: partition.isLeader,
      leaderEpoch: partition.leaderEpoch,
      isr: partition.isr,
      highWatermark: log.highWatermark,
      logStartOffset: log.logStartOffset,
      logEndOffset: log.logEndOffset,
      batchesFrom: (offset) =>
        this.logs.batchesFrom(log, offset, (path) => this.watched.peek(path)),
    };
  }
}

/** Remembers the batches of files that were read: a look costs what has come since the last one. */
class ParsedLogs {
  readonly #ids = new WeakMap<Log, number>();
  #nextId = 1;
  readonly #segments = new WeakMap<Segment, ParsedSegment>();
  readonly #truncations = new WeakMap<Log, number>();

  constructor(private readonly recordOf: RecordOf) {}

  idOf(log: Log): number {
    const known = this.#ids.get(log);
    if (known !== undefined) return known;
    this.#ids.set(log, this.#nextId);
    return this.#nextId++;
  }

  batchesFrom(log: Log, offset: number, peek: Peek): StoredBatch[] {
    if (this.#truncations.get(log) !== log.truncationCount) {
      this.#truncations.set(log, log.truncationCount);
      for (const segment of log.segments.all) this.#segments.delete(segment);
    }
    const found: StoredBatch[] = [];
    for (const segment of log.segments.from(offset)) {
      const batches = this.#batchesOf(segment, peek);
      for (let index = firstReaching(batches, offset); index < batches.length; index++) {
        const batch = batches[index];
        if (batch && batch.lastOffset >= log.logStartOffset) found.push(batch);
      }
    }
    return found;
  }

  #batchesOf(segment: Segment, peek: Peek): readonly StoredBatch[] {
    const parsed = this.#segments.get(segment) ?? { bytes: 0, batches: [] };
    this.#segments.set(segment, parsed);
    if (parsed.bytes >= segment.sizeBytes) return parsed.batches;
    const content = peek(segment.log.path) ?? Buffer.alloc(0);
    for (;;) {
      const at = parsed.bytes;
      const header = headerAt(content, at, content.length - at);
      if (!header || at + header.sizeBytes > content.length) return parsed.batches;
      const { baseOffset, lastOffset, leaderEpoch, sizeBytes } = header;
      parsed.bytes += sizeBytes;
      parsed.batches.push({
        baseOffset,
        lastOffset,
        leaderEpoch,
        checksum: crcOf(content, at),
        isIntact: isIntact(content, at),
        isControl: isControl(content, at),
        producerId: producerIdOf(content, at),
        producerEpoch: producerEpochOf(content, at),
        baseSequence: baseSequenceOf(content, at),
        // By then the file may have another name.
        records: () => this.#records(peek(segment.log.path)?.subarray(at, at + sizeBytes)),
      });
    }
  }

  #records(batch: Buffer | undefined): StoredRecord[] {
    return [...(batch ? readRecords(batch) : [])].map(({ offset, value }) => ({
      offset,
      id: value ? this.recordOf(value) : undefined,
    }));
  }
}

/** Index of the first batch that ends at or after `offset`. */
function firstReaching(batches: readonly StoredBatch[], offset: number): number {
  let low = 0;
  let high = batches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((batches[middle]?.lastOffset ?? Infinity) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
