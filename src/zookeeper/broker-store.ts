import { MultiError } from './errors';
import {
  type StoreContext,
  childrenIfExists,
  decodeOrWarn,
  ignoring,
  pipelined,
  readIfExists,
} from './operations';
import { ANY_VERSION, type Stat, type ZnodeData } from './session';
import type { BrokerInfo, BrokerRegistration, RegistrationResult } from './types';
import { broker, brokerIds } from './znodes';

/** `/brokers/ids`: who is alive. */
export class BrokerStore {
  readonly #context: StoreContext;
  /** Every session of this process that may have registered the broker. One entry per expiry. */
  readonly #ownSessions = new Set<bigint>();

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /**
   * Creates the broker's ephemeral node (Kafka's `CheckedEphemeral`). A node that is already there is
   * success if this session made it (KAFKA-7165), is removed if an expired session of this process
   * made it (KAFKA-6584, KAFKA-14845), and otherwise somebody else's.
   */
  async register(registration: BrokerRegistration): Promise<RegistrationResult> {
    const { session, clock } = this.#context;
    const path = broker.path(registration.id);
    for (;;) {
      const data = broker.encode(registration, clock.nowMs());
      const { sessionId } = session;
      this.#ownSessions.add(sessionId);
      const created = await this.#create(path, data);
      if (created) return { status: 'registered', epoch: created.czxid };
      const found = await readIfExists(session, path);
      if (!found) continue;
      const owner = found.stat.ephemeralOwner;
      if (owner === sessionId) return { status: 'registered', epoch: found.stat.czxid };
      if (!this.#ownSessions.has(owner)) return { status: 'owned-by-other', ownerSession: owner };
      await ignoring('NO_NODE', session.delete(path, ANY_VERSION));
    }
  }

  /** Rewrites the own registration, whose listeners changed. */
  async update(registration: BrokerRegistration): Promise<void> {
    const { session, clock } = this.#context;
    const data = broker.encode(registration, clock.nowMs());
    await session.setData(broker.path(registration.id), data, ANY_VERSION);
  }

  /** `undefined` if it is not registered, or unreadably. */
  async broker(id: number): Promise<BrokerInfo | undefined> {
    const found = await readIfExists(this.#context.session, broker.path(id));
    return found && this.#decode(id, found);
  }

  /** All registered brokers by id, read in parallel. Unreadable ones are left out with a warning. */
  async all(): Promise<Map<number, BrokerInfo>> {
    const found = await pipelined(await this.ids(), (id) => this.broker(id));
    return new Map(found.flatMap((each) => (each ? [[each.id, each] as const] : [])));
  }

  /** Ids of registered brokers, ascending. */
  async ids(): Promise<number[]> {
    const children = await childrenIfExists(this.#context.session, brokerIds.path());
    const names = children.filter((name) => /^\d+$/.test(name));
    return names.map(Number).sort((a, b) => a - b);
  }

  /** Runs when a broker comes or goes; `all` and `ids` arm it. */
  watchIds(handler: () => void): void {
    this.#context.session.watchChildren(brokerIds.path(), handler);
  }

  unwatchIds(): void {
    this.#context.session.unwatchChildren(brokerIds.path());
  }

  /** Registers and arms; runs when the registration's data changes (not when the broker goes). `broker(id)` and `all` re-arm. */
  async watchBroker(id: number, handler: () => void): Promise<void> {
    const { session } = this.#context;
    session.watchData(broker.path(id), (event) => {
      if (event === 'dataChanged') handler();
    });
    await session.exists(broker.path(id));
  }

  unwatchBroker(id: number): void {
    this.#context.session.unwatchData(broker.path(id));
  }

  /** `undefined` if the node is there already. The data goes in by a second operation, whose answer has the stat. */
  async #create(path: string, data: Buffer): Promise<Stat | undefined> {
    try {
      const [, set] = await this.#context.session.multi([
        { type: 'create', path, data: null, mode: 'ephemeral' },
        { type: 'set', path, data, version: 0 },
      ]);
      return set?.type === 'set' ? set.stat : undefined;
    } catch (error) {
      if (error instanceof MultiError && error.code === 'NODE_EXISTS') return undefined;
      throw error;
    }
  }

  #decode(id: number, { data, stat }: ZnodeData): BrokerInfo | undefined {
    const registration = decodeOrWarn(this.#context.log, () => broker.decode(id, data));
    return registration && { ...registration, epoch: stat.czxid };
  }
}
