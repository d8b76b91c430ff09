/**
 * A ZooKeeper ensemble, servers `zk1` to `zkN` on the wire, and the product's clients of it. Everything above the
 * client is production code, and so are tree, sessions, decisions and watches below it; what is simulated is what lies
 * between: connections, replication to servers that lag, elections. It gives what ZooKeeper promises and no more: a
 * client never sees time go back, but may see the past for as long as it does not write.
 */
import type { SessionLimits } from '../../../src/zookeeper-server/sessions';
import type { Tree } from '../../../src/zookeeper-server/tree';
import type { ClientMaker } from '../../../src/zookeeper/session-client';
import type { World } from '../kernel/world';
import type { Machine } from '../machine/machine';
import type { Wire } from '../network/wire';
import { SimulatedClient } from './client';
import type { CommittedChange } from './commits';
import { Faults } from './faults';
import { Leader } from './leader';
import { openLine } from './line';
import type { Dial } from './protocol';
import { hasQuorum, Quorum } from './quorum';
import { Server } from './server';

export interface EnsembleOptions {
  /** 3 unless given. */
  readonly servers?: number;
  /** Bounds of session time-outs; ZooKeeper's for a tick of 2 s unless given. */
  readonly limits?: SessionLimits;
  /** How long a server goes on without its leader, and a leader without a majority, milliseconds; 4,000 unless given. */
  readonly syncLimitMs?: number;
}

const DEFAULT_LIMITS: SessionLimits = { minTimeoutMs: 4_000, maxTimeoutMs: 40_000 };
const DEFAULT_SYNC_LIMIT_MS = 4_000;

export class SimulatedEnsemble {
  /** The hosts of the servers. */
  readonly hosts: readonly string[];
  readonly #leader: Leader;
  readonly #servers: ReadonlyMap<string, Server>;
  readonly #faults: Faults;
  readonly #quorum: Quorum;
  readonly #listeners: ((change: CommittedChange) => void)[] = [];

  constructor(
    private readonly world: World,
    private readonly wire: Wire,
    { servers: count = 3, limits = DEFAULT_LIMITS, syncLimitMs }: EnsembleOptions = {},
  ) {
    const hosts = Array.from({ length: count }, (_, index) => `zk${String(index + 1)}`);
    this.hosts = hosts;
    this.#faults = new Faults(world.random.fork('zookeeper faults'));
    const leader = new Leader(world, limits, (host) => hasQuorum(wire, host, hosts));
    const servers = hosts.map(
      (name) => new Server(name, { world, wire, leader, faults: this.#faults, limits }),
    );
    this.#servers = new Map(servers.map((server) => [server.name, server]));
    this.#leader = leader;
    leader.database.onCommit = (change) => {
      for (const listener of this.#listeners) listener(change);
    };
    const sync = { syncLimitMs: syncLimitMs ?? DEFAULT_SYNC_LIMIT_MS };
    this.#quorum = new Quorum({ world, wire, leader, servers, ...sync });
  }

  /** The committed tree: what every server will come to. */
  get tree(): Tree {
    return this.#leader.database.tree;
  }

  /** The server that leads; `undefined` between two. */
  get leaderHost(): string | undefined {
    return this.#leader.host;
  }

  /** Runs for each committed change, in order, as it is committed. */
  onCommit(listener: (change: CommittedChange) => void): void {
    this.#listeners.push(listener);
  }

  /** Makes the ZooKeeper clients of the process that runs on `machine`, for `BrokerOptions.createZooKeeperClient`. */
  clientsOf(machine: Machine): ClientMaker {
    const { world, wire } = this;
    const dial: Dial = (host, first, deliver) => {
      const server = this.#servers.get(host);
      return server && openLine({ world, wire, machine, server }, first, deliver);
    };
    const random = machine.random.fork(`zookeeper ${String(machine.life)}`);
    return (options, listener, credentials) =>
      new SimulatedClient({ options, listener, machine, dial, random }, credentials);
  }

  /** Every session of processes on that machine ends, as if nothing had been heard of it. */
  expireSessionsOf(machineName: string): void {
    for (const sessionId of this.#faults.sessionsOf(machineName)) {
      this.#leader.expire(sessionId);
    }
  }

  /** An operator removes a znode by hand. */
  remove(path: string): void {
    this.#leader.remove(path);
  }

  /** Fail-over: for `ms` nothing is answered; all clients lose their connections, then another server leads. */
  stopLeader(ms: number): void {
    this.#quorum.stopLeader(ms);
  }

  /** Cuts a server, by its place from 0 on, off from the other servers; its clients still reach it. */
  cutOff(index: number): void {
    this.#eachLinkOf(index, (from, to) => this.wire.cut(from, to));
  }

  /** Undoes one `cutOff` of that server. */
  mend(index: number): void {
    this.#eachLinkOf(index, (from, to) => this.wire.mend(from, to));
  }

  /** The next `count` replies to writes that succeed break the connection instead of reaching that machine. */
  loseReplies(machineName: string, count: number): void {
    this.#faults.loseReplies(machineName, count);
  }

  /** Breaks the connections of that machine; its sessions go on at whichever server it reaches next. */
  resetConnectionsOf(machineName: string): void {
    for (const server of this.#servers.values()) server.closeConnectionsFrom(machineName);
  }

  /** Each server gets at what is committed up to `ms` later, some more and some less: so do watches and reads. 0: no more. */
  delayWatches(ms: number): void {
    this.#faults.lag(this.hosts, ms);
  }

  #eachLinkOf(index: number, act: (from: string, to: string) => void): void {
    const host = this.hosts[index];
    if (host === undefined) throw new RangeError(`there is no server ${String(index)}`);
    for (const other of this.hosts) {
      if (other === host) continue;
      act(host, other);
      act(other, host);
    }
  }
}
