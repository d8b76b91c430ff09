import type { JoinGroupRequest } from '../../../src/protocol/messages/11-join-group';
import { errorName } from '../../../src/protocol/errors';
import { aCoordinator, settle } from '../../builders/coordinator-builder';
import type { TestCoordinator } from '../../builders/coordinator-builder';
import { subscriptionTo } from '../../builders/subscription';

// Clients do whatever they like, writes fail or hang, the coordinator moves. Whatever happens: nothing
// throws, nothing that was acknowledged is lost, and every request is answered in the end.

const STEPS = 300;
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed + 1);

/** A small generator of numbers (mulberry32), so that a seed tells the whole story. */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

interface Client {
  readonly name: string;
  readonly instanceId: string | null;
  readonly version: number;
  memberId: string;
  generation: number;
  protocol: string;
  /** What a client that means well does next. */
  next: 'join' | 'sync' | 'heartbeat' | 'wait';
}

class Conversation {
  readonly test: TestCoordinator = aCoordinator({ settings: { 'group.max.size': 3 } });
  readonly below: (limit: number) => number;
  readonly clients: Client[];
  /** What was acknowledged last for each partition. */
  readonly acknowledged = new Map<number, number>();
  readonly lost: string[] = [];
  unanswered = 0;
  #epoch = 1;
  #nextOffset = 1;

  constructor(seed: number) {
    this.below = numbersFrom(seed);
    const versions = [3, 4, 9];
    this.clients = ['a', 'b', 'c', 'd', 'e'].map((name, index) => ({
      name,
      instanceId: index % 2 === 0 ? null : `i${String(index % 4)}`,
      version: index % 2 === 0 ? (versions[index % 3] ?? 9) : 9,
      memberId: '',
      generation: -1,
      protocol: '',
      next: 'join',
    }));
  }

  async start(): Promise<void> {
    this.test.coordinator.start(1);
    await this.test.coordinator.onElected(0, this.#epoch);
  }

  async step(): Promise<void> {
    const client = this.#anyClient();
    if (this.below(100) < 85) this.#behave(client);
    else await this.#misbehave(client);
    await settle();
  }

  #behave(client: Client): void {
    if (client.next === 'join') this.#join(client);
    else if (client.next === 'sync') this.#sync(client);
    else if (client.next === 'wait') this.test.clock.advance(this.below(6000));
    else if (this.below(2)) this.#commit(client);
    else this.#heartbeat(client);
  }

  async #misbehave(client: Client): Promise<void> {
    const { clock, log } = this.test;
    const kind = this.below(100);
    if (kind < 25) this.#join(client);
    else if (kind < 40) this.#sync(client);
    else if (kind < 50) this.#leave(client);
    else if (kind < 60) this.#restart(client);
    else if (kind < 75) this.#commit(client);
    else if (kind < 80) clock.advance(this.below(12_000));
    else if (kind < 83) log.failure = 'NOT_ENOUGH_REPLICAS';
    else if (kind < 86) log.isHolding = true;
    else if (kind < 96) {
      log.failure = undefined;
      log.release();
    } else await this.#move();
  }

  #restart(client: Client): void {
    client.memberId = '';
    client.next = 'join';
  }

  async #move(): Promise<void> {
    const { coordinator, log } = this.test;
    log.failure = undefined;
    log.release();
    coordinator.onResigned(0, ++this.#epoch);
    await settle();
    await coordinator.onElected(0, ++this.#epoch);
    this.checkOffsets();
  }

  checkOffsets(): void {
    for (const [partition, offset] of this.acknowledged) {
      const topics = [{ name: 't', partitionIndexes: [partition] }];
      const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics };
      const request = { groupId: '', topics: null, groups: [group], requireStable: false };
      const { groups } = this.test.coordinator.fetchOffsets(this.#context('x', 9), request);
      const fetched = groups?.[0]?.topics[0]?.partitions[0];
      if (fetched?.committedOffset === offset) continue;
      const found = String(fetched?.committedOffset);
      this.lost.push(`t-${String(partition)}: acknowledged ${String(offset)}, found ${found}`);
    }
  }

  /** Everything that waits is answered once writes work and the coordinator ends. */
  async finish(): Promise<void> {
    this.test.log.failure = undefined;
    this.test.log.release();
    await settle();
    this.checkOffsets();
    this.test.coordinator.stop();
    await settle();
  }

  #join(client: Client): void {
    client.next = 'wait';
    const protocols = this.below(4) ? ['range', 'roundrobin'] : ['roundrobin', 'range'];
    const request: JoinGroupRequest = {
      groupId: 'g',
      sessionTimeoutMs: 6000 + this.below(20_000),
      rebalanceTimeoutMs: this.below(30_000),
      memberId: client.memberId,
      groupInstanceId: client.instanceId,
      protocolType: 'consumer',
      protocols: protocols.map((name) => ({
        name,
        metadata: subscriptionTo([`t${String(this.below(3))}`]),
      })),
      reason: null,
    };
    this.#answered(
      this.test.coordinator.joinGroup(this.#context(client.name, client.version), request),
      (answer) => {
        const error = errorName(answer.errorCode);
        client.next = error === 'NONE' ? 'sync' : 'join';
        if (error === 'NONE' || error === 'MEMBER_ID_REQUIRED') client.memberId = answer.memberId;
        else if (error !== 'REBALANCE_IN_PROGRESS') client.memberId = '';
        client.generation = answer.generationId ?? -1;
        client.protocol = answer.protocolName ?? '';
      },
    );
  }

  #sync(client: Client): void {
    client.next = 'wait';
    const request = {
      groupId: 'g',
      generationId: client.generation,
      memberId: client.memberId,
      groupInstanceId: client.instanceId,
      protocolType: 'consumer',
      protocolName: client.protocol,
      assignments: this.clients
        .filter(({ memberId }) => memberId !== '')
        .map(({ memberId }) => ({ memberId, assignment: Buffer.from([this.below(256)]) })),
    };
    this.#answered(
      this.test.coordinator.syncGroup(this.#context(client.name, 5), request),
      (answer) => {
        const error = errorName(answer.errorCode);
        client.next = error === 'NONE' ? 'heartbeat' : 'join';
        if (error === 'UNKNOWN_MEMBER_ID' || error === 'FENCED_INSTANCE_ID') client.memberId = '';
      },
    );
  }

  #heartbeat(client: Client): void {
    const { errorCode } = this.test.coordinator.heartbeat(this.#context(client.name, 4), {
      groupId: 'g',
      generationId: client.generation,
      memberId: client.memberId,
      groupInstanceId: client.instanceId,
    });
    const error = errorName(errorCode);
    if (error !== 'NONE') client.next = 'join';
    if (error === 'UNKNOWN_MEMBER_ID' || error === 'FENCED_INSTANCE_ID') client.memberId = '';
  }

  #leave(client: Client): void {
    const member = { memberId: client.memberId, groupInstanceId: client.instanceId, reason: null };
    this.test.coordinator.leaveGroup(this.#context(client.name, 5), {
      groupId: 'g',
      memberId: '',
      members: [member],
    });
  }

  #commit(client: Client): void {
    const partition = this.below(3);
    const offset = this.#nextOffset++;
    const committed = {
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: -1,
      commitTimestamp: -1,
      committedMetadata: null,
    };
    const request = {
      groupId: 'g',
      generationIdOrMemberEpoch: client.generation,
      memberId: client.memberId,
      groupInstanceId: client.instanceId,
      retentionTimeMs: -1,
      topics: [{ name: 't', partitions: [committed] }],
    };
    const answer = this.test.coordinator.commitOffsets(this.#context(client.name, 9), request);
    this.#answered(answer, ({ topics }) => {
      const error = errorName(topics[0]?.partitions[0]?.errorCode ?? 0);
      if (error !== 'NONE') return;
      this.acknowledged.set(partition, Math.max(offset, this.acknowledged.get(partition) ?? 0));
    });
  }

  #answered<T>(answer: Promise<T>, then: (value: T) => void): void {
    this.unanswered += 1;
    void answer.then((value) => {
      this.unanswered -= 1;
      then(value);
    });
  }

  #anyClient(): Client {
    const client = this.clients[this.below(this.clients.length)];
    if (!client) throw new Error('no clients');
    return client;
  }

  #context(clientId: string, apiVersion: number) {
    return { clientId, clientHost: '/127.0.0.1', apiVersion };
  }
}

test.each(SEEDS)('clients, failing writes and moves in any order (seed %i)', async (seed) => {
  const conversation = new Conversation(seed);
  await conversation.start();
  for (let step = 0; step < STEPS; step++) await conversation.step();
  await conversation.finish();
  expect(conversation.lost).toEqual([]);
  expect(conversation.unanswered).toBe(0);
  expect(conversation.test.clock.pendingTimers).toBe(0);
});
