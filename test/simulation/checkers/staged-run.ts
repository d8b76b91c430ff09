/**
 * A run made by hand: what was committed, what brokers have, what clients say. Judged by all checkers together, so a
 * legitimate story must please every one of them.
 */
import { crc32c } from '../../../src/protocol/crc32c';
import { partitionKey } from '../../../src/protocol/topic-partition';
import type { PartitionStateData } from '../../../src/zookeeper/types';
import * as znodes from '../../../src/zookeeper/znodes';
import { History } from '../history';
import type { HistoryEvent } from '../history';
import type { Violation } from '../kernel/world';
import type { ZnodeChange } from './committed-state';
import type {
  BrokerHoldings,
  BrokerView,
  MetadataView,
  ReplicaView,
  StoredBatch,
} from './cluster-under-test';
import { Checkers } from './index';

/** An event without when and by whom; `client` is `c1` unless it is said. */
type Told<E> = E extends HistoryEvent
  ? Omit<E, 'atMs' | 'client' | 'topic' | 'partition'> & { readonly client?: string }
  : never;

export const TOPIC = 'orders';
const PARTITION = { topic: TOPIC, partition: 0 };
const START: PartitionStateData = {
  leader: 1,
  leaderEpoch: 0,
  isr: [1, 2, 3],
  controllerEpoch: 1,
  recovering: false,
};

export interface StagedBatch {
  /** 0 unless it is said, as for the offset and the epoch. */
  readonly at?: number;
  readonly epoch?: number;
  readonly ids: readonly string[];
  readonly producer?: { readonly id: number; readonly epoch?: number; readonly sequence: number };
  readonly isDamaged?: boolean;
}

/** A batch like one that holds these records; two of the same content have the same checksum. */
export function batch({ at = 0, epoch = 0, ids, producer, isDamaged }: StagedBatch): StoredBatch {
  return {
    baseOffset: at,
    lastOffset: at + ids.length - 1,
    leaderEpoch: epoch,
    checksum: crc32c(Buffer.from(ids.join())),
    isIntact: isDamaged !== true,
    isControl: false,
    producerId: producer?.id ?? -1,
    producerEpoch: producer?.epoch ?? 0,
    baseSequence: producer?.sequence ?? -1,
    records: () => ids.map((id, index) => ({ offset: at + index, id })),
  };
}

export class StagedBroker implements BrokerView {
  isAlive = true;
  life = 1;
  mayBeDamaged = false;
  coordinated: { readonly id: string; readonly state: string }[] = [];
  held: BrokerHoldings = {
    delayedAppends: 0,
    delayedDeletions: 0,
    delayedFetches: 2,
    timers: 20,
    fetchSessions: 2,
    connections: 6,
    requestBytes: 0,
    lentBytes: 0,
  };
  /** What it was told last of the one partition. */
  believed: MetadataView = { ...START, partitionEpoch: 0, topicId: 'id' };
  known: readonly number[] = [1, 2, 3];
  #replica: ReplicaView | undefined;
  #batches: readonly StoredBatch[] = [];

  constructor(readonly id: number) {}

  /** Its replica of the one partition; what is not said stays as it was. */
  has(changes: Partial<Omit<ReplicaView, 'batchesFrom'>>, batches = this.#batches): void {
    this.#batches = batches;
    const before = this.#replica ?? {
      ...PARTITION,
      topicId: 'id',
      logId: this.id,
      truncations: 0,
      isLeader: this.id === 1,
      leaderEpoch: 0,
      isr: [],
      highWatermark: 0,
      logStartOffset: 0,
    };
    const logEndOffset = (batches.at(-1)?.lastOffset ?? -1) + 1;
    const batchesFrom = (offset: number) => batches.filter((each) => each.lastOffset >= offset);
    this.#replica = { ...before, logEndOffset, ...changes, batchesFrom };
  }

  replicas(): ReplicaView[] {
    return this.isAlive && this.#replica ? [this.#replica] : [];
  }

  replicaOf(topic: string, partition: number): ReplicaView | undefined {
    return this.replicas().find(
      (each) => partitionKey(each.topic, each.partition) === partitionKey(topic, partition),
    );
  }

  metadataOf(): MetadataView {
    return this.believed;
  }

  knownBrokers(): readonly number[] {
    return this.known;
  }

  groups(): readonly { readonly id: string; readonly state: string }[] {
    return this.isAlive ? this.coordinated : [];
  }

  holdings(): BrokerHoldings | undefined {
    return this.isAlive ? this.held : undefined;
  }
}

export class StagedRun {
  readonly world = {
    nowMs: 0,
    fail: (violation: Violation): void => {
      this.violations.push(violation.message);
    },
  };
  readonly violations: string[] = [];
  readonly history = new History();
  readonly brokers = [1, 2, 3].map((id) => new StagedBroker(id)) as [
    StagedBroker,
    StagedBroker,
    StagedBroker,
  ];
  readonly checkers: Checkers;
  #state = START;
  #partitionEpoch = 0;

  /** Three brokers, a controller of epoch 1, and one partition that broker 1 leads. */
  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.checkers = new Checkers({
      world: this.world,
      history: this.history,
      plan: { settings },
      cluster: { brokers: () => this.brokers },
    });
    this.controller(1);
    this.assign([1, 2, 3]);
    this.state({});
    for (const broker of this.brokers) broker.has({});
  }

  /** Time goes on, and checkers have a look. */
  pass(ms = 1_000): void {
    this.world.nowMs += ms;
    this.checkers.afterEvent();
  }

  tell(event: Told<HistoryEvent>): void {
    this.history.add({
      atMs: this.world.nowMs,
      client: 'c1',
      ...PARTITION,
      ...event,
    });
  }

  /** A producer sends records; those with an offset are acknowledged there. */
  produce(
    records: Readonly<Record<string, number | undefined>>,
    { acks = -1, isIdempotent = true }: { acks?: 0 | 1 | -1; isIdempotent?: boolean } = {},
  ): void {
    for (const record of Object.keys(records)) {
      this.tell({ kind: 'sent', record, acks, isIdempotent });
    }
    for (const [record, offset] of Object.entries(records)) {
      if (offset !== undefined) this.tell({ kind: 'acked', record, offset });
    }
  }

  /** All three brokers have these batches, all committed. */
  replicate(...batches: readonly StoredBatch[]): void {
    const highWatermark = (batches.at(-1)?.lastOffset ?? -1) + 1;
    for (const broker of this.brokers) broker.has({ highWatermark }, batches);
  }

  controller(epoch: number): void {
    const claim = { brokerId: 1, timestampMs: 0, kraftControllerEpoch: -1 };
    this.set(znodes.controller.path(), znodes.controller.encode(claim));
    this.set(znodes.controllerEpoch.path(), znodes.controllerEpoch.encode(epoch));
  }

  assign(replicas: readonly number[]): void {
    const partitions = new Map([[0, { replicas, adding: [], removing: [] }]]);
    const data = znodes.topic.encode({ topicId: 'id', partitions });
    this.set(znodes.topic.path(TOPIC), data);
  }

  configure(values: Readonly<Record<string, string>>): void {
    const path = znodes.config.path({ type: 'topics', name: TOPIC });
    this.set(path, znodes.config.encode(values));
  }

  /** The partition's state; what is not said stays as it was. Brokers are told. */
  state(changes: Partial<PartitionStateData>): void {
    this.#state = { ...this.#state, ...changes };
    this.#partitionEpoch += 1;
    const believed = { ...this.#state, partitionEpoch: this.#partitionEpoch, topicId: 'id' };
    for (const broker of this.brokers) broker.believed = believed;
    const path = znodes.partitionState.path(PARTITION);
    this.set(path, znodes.partitionState.encode(this.#state));
  }

  deleteTopic(): void {
    this.commit({ change: 'deleted', path: znodes.partitionState.path(PARTITION), data: null });
    this.commit({ change: 'deleted', path: znodes.topic.path(TOPIC), data: null });
  }

  askDeletion(): void {
    const path = znodes.deleteTopic.path(TOPIC);
    this.commit({ change: 'created', path, data: null });
  }

  set(path: string, data: Buffer): void {
    this.commit({ change: 'changed', path, data });
  }

  commit(change: ZnodeChange): void {
    this.checkers.onCommit(change);
  }
}
