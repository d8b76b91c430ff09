/**
 * Who leads: a server that reaches a majority. A leader that does not for the sync limit steps down, a server that does
 * not reach its leader for as long ceases to serve (ZooKeeper's tickTime times syncLimit); until then both go on
 * answering reads.
 */
import type { Cancel } from '../../../src/platform/ports';
import type { SeededRandom } from '../kernel/seeded-random';
import type { World } from '../kernel/world';
import type { Wire } from '../network/wire';
import type { Leader } from './leader';
import type { Server } from './server';

const TICK_MS = 500;
const ELECTION_MS = 200;
const ELECTION_JITTER_MS = 1_000;

export interface QuorumParts {
  readonly world: World;
  readonly wire: Wire;
  readonly leader: Leader;
  readonly servers: readonly Server[];
  readonly syncLimitMs: number;
}

export class Quorum {
  readonly #random: SeededRandom;
  #cancelElection: Cancel = () => undefined;
  /** Led last: another one is preferred. */
  #last: string | undefined;

  constructor(private readonly parts: QuorumParts) {
    this.#random = parts.world.random.fork('elections');
    this.#elect();
    this.#tickLater();
  }

  /** No leader for `ms`: all clients are cut off, nothing is answered, then another server leads. */
  stopLeader(ms: number): void {
    this.#cancelElection();
    this.#endReign(ms);
  }

  #tickLater(): void {
    this.parts.world.after(TICK_MS, () => {
      this.#tick();
      this.#tickLater();
    });
  }

  #tick(): void {
    const { leader, servers, syncLimitMs, world, wire } = this.parts;
    const { host } = leader;
    if (host === undefined) return;
    for (const server of servers) {
      if (isReachable(wire, host, server.name)) this.#hear(server, host);
      else if (server.isFollowing && world.nowMs - server.heardMs >= syncLimitMs) server.leave();
    }
    const following = servers.filter((server) => server.isFollowing);
    if (!isMajority(following.length, servers.length)) {
      this.#endReign(ELECTION_MS + this.#random.below(ELECTION_JITTER_MS));
      return;
    }
    leader.goOn();
    leader.forgetUpTo(Math.min(...servers.map(({ zxid }) => zxid)));
  }

  #hear(server: Server, host: string): void {
    if (server.isFollowing) server.heardMs = this.parts.world.nowMs;
    else server.follow(host);
  }

  #endReign(pauseMs: number): void {
    const { leader, servers, world } = this.parts;
    if (leader.host !== undefined) {
      world.note(leader.host, 'leads no more');
      this.#last = leader.host;
    }
    for (const server of servers) server.leave();
    leader.stepDown();
    this.#electLater(pauseMs);
  }

  #electLater(delayMs: number): void {
    this.#cancelElection = this.parts.world.after(delayMs, () => this.#elect());
  }

  /** Of the servers that reach a majority, one that has replayed the most; if possible another one than before. */
  #elect(): void {
    const { servers, wire, leader } = this.parts;
    const reached = (from: Server): Server[] =>
      servers.filter(({ name }) => isReachable(wire, from.name, name));
    const eligible = servers.filter((each) => isMajority(reached(each).length, servers.length));
    if (eligible.length === 0) {
      this.#electLater(ELECTION_MS + this.#random.below(ELECTION_JITTER_MS));
      return;
    }
    const others = eligible.filter(({ name }) => name !== this.#last);
    const candidates = others.length > 0 ? others : eligible;
    const zxid = Math.max(...candidates.map((each) => each.zxid));
    const elected = this.#random.pick(candidates.filter((each) => each.zxid === zxid));
    leader.lead(elected.name);
    for (const server of reached(elected)) server.follow(elected.name);
  }
}

/** Whether a server reaches a majority, itself included. */
export function hasQuorum(wire: Wire, host: string, servers: readonly string[]): boolean {
  const reached = servers.filter((name) => isReachable(wire, host, name));
  return isMajority(reached.length, servers.length);
}

function isReachable(wire: Wire, one: string, other: string): boolean {
  return one === other || (wire.isOpen(one, other) && wire.isOpen(other, one));
}

function isMajority(count: number, of: number): boolean {
  return count * 2 > of;
}
