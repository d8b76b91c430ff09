/**
 * One server of the ensemble: a replica of the leader's database that may lag behind, the connections of its clients,
 * and their watches. It serves while it follows a leader; clients are cut off when it ceases to.
 */
import { Database } from '../../../src/zookeeper-server/database';
import { Reader } from '../../../src/zookeeper-server/reads';
import type { SessionLimits } from '../../../src/zookeeper-server/sessions';
import type { Transaction } from '../../../src/zookeeper-server/transaction';
import { WatchTable } from '../../../src/zookeeper-server/watches';
import type { World } from '../kernel/world';
import type { Wire } from '../network/wire';
import type { Faults } from './faults';
import type { Follower, Leader } from './leader';
import { Link } from './link';
import type { ServerConnection } from './server-connection';

/** How often a server tells the leader which sessions it has heard of, milliseconds. */
const TOUCH_MS = 500;

export interface ServerParts {
  readonly world: World;
  readonly wire: Wire;
  readonly leader: Leader;
  readonly faults: Faults;
  readonly limits: SessionLimits;
}

export class Server implements Follower {
  readonly watches = new WatchTable();
  readonly reader: Reader;
  readonly faults: Faults;
  /** When the leader was last within reach; for the ensemble to decide. */
  heardMs = 0;
  readonly #replica: Database;
  readonly #connections = new Set<ServerConnection>();
  readonly #bySession = new Map<bigint, ServerConnection>();
  readonly #touched = new Set<bigint>();
  #link: Link | undefined;
  #isSynced = false;

  constructor(
    readonly name: string,
    private readonly parts: ServerParts,
  ) {
    this.#replica = new Database(parts.limits);
    this.reader = new Reader(this.#replica.tree, this.watches);
    this.faults = parts.faults;
  }

  get zxid(): number {
    return this.#replica.zxid;
  }

  get isFollowing(): boolean {
    return this.#link !== undefined;
  }

  /** It has caught up with its leader once, and answers clients. */
  get isServing(): boolean {
    return this.#isSynced;
  }

  /** Connects to the leader on `host`, catches up, then serves. */
  follow(host: string): void {
    const { world, wire, leader, faults } = this.parts;
    const ends = { leader: host, server: this.name, lagMs: () => faults.lagMs(this.name) };
    const link = new Link(world, wire, ends);
    this.#link = link;
    this.heardMs = world.nowMs;
    link.askLeader(() => {
      leader.follow(this, link, () => {
        this.#isSynced = true;
      });
    });
  }

  /** Lost its leader: clients have to go elsewhere, or wait. */
  leave(): void {
    this.#link?.close();
    this.#link = undefined;
    this.#isSynced = false;
    this.#touched.clear();
    this.parts.leader.unfollow(this);
    for (const connection of this.#connections) connection.close();
  }

  replay(transaction: Transaction): void {
    const outcomes = this.#replica.replay(transaction, this.parts.world.nowMs);
    for (const { events } of outcomes) {
      for (const event of events) this.watches.fire(event);
    }
    for (const change of transaction.changes) {
      if (change.type === 'closeSession') this.#bySession.get(change.sessionId)?.onSessionEnded();
    }
  }

  /** Has the leader do something, if there is one. */
  askLeader(task: (leader: Leader) => void): void {
    this.#link?.askLeader(() => task(this.parts.leader));
  }

  /** A session was heard of. */
  touch(sessionId: bigint): void {
    if (this.#touched.size === 0) this.parts.world.after(TOUCH_MS, () => this.#tellTouched());
    this.#touched.add(sessionId);
  }

  accept(connection: ServerConnection): void {
    this.#connections.add(connection);
  }

  /** This connection speaks for its session from now on. */
  attach(connection: ServerConnection): void {
    this.#bySession.set(connection.sessionId, connection);
  }

  forget(connection: ServerConnection): void {
    const { sessionId } = connection;
    this.watches.removeAll(connection);
    this.#connections.delete(connection);
    if (this.#bySession.get(sessionId) === connection) this.#bySession.delete(sessionId);
  }

  /** A client that comes back leaves its old connection behind: what is still to come over it does not count. */
  closeConnectionOf(sessionId: bigint): void {
    this.#bySession.get(sessionId)?.close();
  }

  closeConnectionsFrom(remote: string): void {
    for (const connection of this.#connections) {
      if (connection.remote === remote) connection.close();
    }
  }

  #tellTouched(): void {
    const sessionIds = [...this.#touched];
    this.#touched.clear();
    this.askLeader((leader) => leader.touch(sessionIds));
  }
}
