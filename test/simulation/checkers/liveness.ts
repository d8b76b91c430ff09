/**
 * What must come true within a bound once faults have ended, while clients go on: every partition is led, its ISR is
 * whole, there is a controller, groups are stable, producers write, and consumers come to where the logs ended when
 * this was first asked. Each look is a moment's; a group may rebalance again later.
 */
import type { Assigned, HistoryEvent, TopicPartition } from '../history';
import type { CheckerContext } from './checker';
import type { BrokerView } from './cluster-under-test';
import type { PartitionRecord } from './committed-state';
import { nameOf, stateText } from './named';

interface Reading extends TopicPartition {
  readonly client: string;
  /** Of the next record; `undefined` until one was read. */
  position: number | undefined;
  /** Highest high watermark told since healing began. */
  told: number;
  /** Whether it is a member's, and the member has let go of it. */
  isOver: boolean;
}

const STABLE_STATES: readonly string[] = ['Stable', 'Empty', 'Dead'];

export class Liveness {
  readonly #readings = new Map<string, Reading>();
  readonly #members = new Set<string>();
  /** By member: the last one in which it was given something, or nothing. */
  readonly #generations = new Map<string, number>();
  /** By group and partition; topics that may be deleted are no group's. */
  readonly #owners = new Map<string, Map<string, Set<string>>>();
  /** Producers that wait for an acknowledgement since healing began. */
  readonly #unheard = new Set<string>();
  readonly #ends = new Map<string, number>();
  #isHealing = false;

  constructor(private readonly context: CheckerContext) {}

  onHistoryEvent(event: HistoryEvent): void {
    switch (event.kind) {
      case 'sent':
        if (event.acks !== 0 && !this.#isHealing) this.#unheard.add(event.client);
        break;
      case 'acked':
        if (this.#isHealing) this.#unheard.delete(event.client);
        break;
      case 'assigned':
        this.#members.add(event.client);
        this.#noteAssigned(event);
        for (const place of event.partitions) this.#begin(event.client, place);
        break;
      case 'revoked':
        for (const place of event.partitions)
          this.#groupOf(event.group).get(nameOf(place))?.delete(event.client);
        for (const place of event.partitions) this.#readingOf(event.client, place).isOver = true;
        break;
      case 'consumed':
        this.#readingOf(event.client, event).position = event.offset + 1;
        break;
      case 'fetched':
        this.#noteFetched(event.client, event, event.highWatermark);
        break;
      default:
    }
  }

  /** The first thing that is not well; `undefined` if all is. From the first call on the cluster is to heal. */
  whatIsNotWell(): string | undefined {
    this.#isHealing = true;
    const alive = this.context.cluster.brokers().filter(({ isAlive }) => isAlive);
    return (
      this.#withoutController(alive) ??
      this.#ofPartitions(alive) ??
      this.#ofMetadata(alive) ??
      this.#ofGroups(alive) ??
      this.#ofClients()
    );
  }

  #withoutController(alive: readonly BrokerView[]): string | undefined {
    const { controllerId } = this.context.committed;
    return alive.some(({ id }) => id === controllerId) ? undefined : 'there is no controller';
  }

  #ofPartitions(alive: readonly BrokerView[]): string | undefined {
    const { committed } = this.context;
    for (const [topic, { partitions }] of committed.topics) {
      for (const [partition, { replicas }] of partitions) {
        const record = committed.partition(topic, partition);
        const name = nameOf({ topic, partition });
        if (!record) return `${name} has no state`;
        const wrong = this.#ofPartition(record, replicas, alive);
        if (wrong !== undefined) return `${name} ${wrong}: ${stateText(record.state)}`;
      }
    }
    return undefined;
  }

  #ofPartition(
    { id, state }: PartitionRecord,
    replicas: readonly number[],
    alive: readonly BrokerView[],
  ): string | undefined {
    const living = replicas.filter((replica) => alive.some((broker) => broker.id === replica));
    const missing = living.filter((replica) => !state.isr.includes(replica));
    if (missing.length > 0) return `lacks ${missing.join(',')} in the ISR`;
    const leader = alive.find((broker) => broker.id === state.leader);
    if (!leader) return 'is not led';
    const replica = leader.replicaOf(id.topic, id.partition);
    if (!replica?.isLeader || replica.leaderEpoch !== state.leaderEpoch)
      return 'is not led by its leader';
    const name = nameOf(id);
    if (!this.#ends.has(name)) this.#ends.set(name, replica.highWatermark);
    return undefined;
  }

  /** Every broker tells clients what is committed: whoever was told late, or by a deposed controller, was told again. */
  #ofMetadata(alive: readonly BrokerView[]): string | undefined {
    const ids = alive.map(({ id }) => id);
    for (const broker of alive) {
      const known = broker.knownBrokers();
      const missed = ids.find((id) => !known.includes(id));
      if (missed !== undefined)
        return `broker ${String(broker.id)} does not know of broker ${String(missed)}`;
      const late = this.#whatIsLate(broker);
      if (late !== undefined) return `broker ${String(broker.id)} is late about ${late}`;
    }
    return undefined;
  }

  /** A partition of which `broker` believes something else than its state znode says. */
  #whatIsLate(broker: BrokerView): string | undefined {
    const { committed } = this.context;
    for (const [topic, { partitions }] of committed.topics) {
      for (const partition of partitions.keys()) {
        const state = committed.partition(topic, partition)?.state;
        const believed = broker.metadataOf(topic, partition);
        const isCurrent =
          state !== undefined &&
          believed?.leader === state.leader &&
          believed.leaderEpoch === state.leaderEpoch &&
          believed.isr.join() === state.isr.join();
        if (!isCurrent) return `${nameOf({ topic, partition })}: ${stateText(state)}`;
      }
    }
    return undefined;
  }

  #ofGroups(alive: readonly BrokerView[]): string | undefined {
    for (const broker of alive) {
      const busy = broker.groups().find(({ state }) => !STABLE_STATES.includes(state));
      if (busy) return `group ${busy.id} is in state ${busy.state}`;
    }
    for (const [group, owners] of this.#owners) {
      for (const [partition, members] of owners)
        if (members.size === 0) return `no member of group ${group} has ${partition}`;
      const late = this.#whoIsLate(new Set([...owners.values()].flatMap((each) => [...each])));
      if (late !== undefined) return `${late} works in a generation of ${group} that is over`;
    }
    return undefined;
  }

  /** One of the members whose generation is not the latest of theirs. */
  #whoIsLate(members: ReadonlySet<string>): string | undefined {
    const generations = [...members].map((member) => this.#generations.get(member) ?? 0);
    const latest = Math.max(...generations);
    return [...members].find((_, index) => generations[index] !== latest);
  }

  /** A member has these partitions from now on, and no others. */
  #noteAssigned({ group, client, generation, partitions }: Assigned): void {
    this.#generations.set(client, generation);
    const owners = this.#groupOf(group);
    for (const members of owners.values()) members.delete(client);
    for (const place of partitions) {
      const name = nameOf(place);
      const members = owners.get(name) ?? new Set();
      owners.set(name, members.add(client));
    }
  }

  /** Which members have each partition that the group ever had. */
  #groupOf(group: string): Map<string, Set<string>> {
    let owners = this.#owners.get(group);
    if (!owners) {
      owners = new Map();
      this.#owners.set(group, owners);
    }
    return owners;
  }

  #ofClients(): string | undefined {
    const [producer] = this.#unheard;
    if (producer !== undefined) return `producer ${producer} gets no acknowledgement`;
    for (const reading of this.#readings.values()) {
      const { client, position, told, isOver } = reading;
      if (isOver || !this.context.committed.topics.has(reading.topic)) continue;
      const end = this.#ends.get(nameOf(reading)) ?? 0;
      // Without a record read, nobody knows where it is: it is fetching at the end, or there is nothing.
      if (position === undefined ? told >= end : position >= end) continue;
      const at = position === undefined ? 'nothing' : `all before ${String(position)}`;
      return `${client} has read ${at} of ${nameOf(reading)}, which ended at ${String(end)}`;
    }
    return undefined;
  }

  /** A member has a partition; where it has read to before it had let go of it means nothing. */
  #begin(client: string, place: TopicPartition): void {
    const reading = this.#readingOf(client, place);
    if (!reading.isOver) return;
    reading.isOver = false;
    reading.position = undefined;
    reading.told = -1;
  }

  #noteFetched(client: string, place: TopicPartition, highWatermark: number): void {
    const reading = this.#readingOf(client, place);
    if (this.#isHealing) reading.told = Math.max(reading.told, highWatermark);
  }

  #readingOf(client: string, { topic, partition }: TopicPartition): Reading {
    const key = `${client}/${nameOf({ topic, partition })}`;
    const known = this.#readings.get(key);
    if (known) return known;
    // A member's late answer after it has let go of a partition must not make it an owner.
    const isOver = this.#members.has(client);
    const reading = { client, topic, partition, position: undefined, told: -1, isOver };
    this.#readings.set(key, reading);
    return reading;
  }
}
