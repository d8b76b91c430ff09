/**
 * Brokers' controllers on one ZooKeeper, with recording channels in place of brokers: what a controller
 * decides is seen in the state znodes and in the requests it sends.
 */
import { BrokerConfig } from '../../src/config/broker-config';
import { Controller } from '../../src/controller/controller';
import type { Platform } from '../../src/platform/ports';
import { partitionKey } from '../../src/protocol/topic-partition';
import { ANY_VERSION } from '../../src/zookeeper/session';
import type { ZooKeeperSession } from '../../src/zookeeper/session';
import { KafkaZooKeeper } from '../../src/zookeeper/store';
import type { BrokerRegistration, PartitionState } from '../../src/zookeeper/types';
import { CountingRandom } from './counting-random';
import { FakeBrokers, FIRST_BROKER_PORT } from './fake-brokers';
import { ManualClock } from './manual-clock';
import { MemoryZooKeeper, settled } from './memory-zookeeper';
import type { MemorySession } from './memory-zookeeper';
import { RecordingLog } from './recording-log';

export interface Member<S extends ZooKeeperSession = ZooKeeperSession> {
  readonly id: number;
  readonly session: S;
  readonly store: KafkaZooKeeper;
  readonly controller: Controller;
  readonly log: RecordingLog;
}

export interface ControllerClusterOptions<S extends ZooKeeperSession> {
  readonly openSession: () => S | Promise<S>;
  readonly clock: Platform['clock'];
  readonly properties?: Record<string, string>;
}

export class ControllerCluster<S extends ZooKeeperSession = ZooKeeperSession> {
  readonly brokers = new FakeBrokers();
  readonly members = new Map<number, Member<S>>();
  readonly fatal: unknown[] = [];
  readonly #options: ControllerClusterOptions<S>;
  readonly #random = new CountingRandom();
  #admin: KafkaZooKeeper | undefined;

  constructor(options: ControllerClusterOptions<S>) {
    this.#options = options;
  }

  /** An operator's own session. */
  async admin(): Promise<KafkaZooKeeper> {
    this.#admin ??= await this.#openStore(new RecordingLog());
    return this.#admin;
  }

  /** A broker registers and, as brokers do, stands for election. */
  async start(id: number, registration: Partial<BrokerRegistration> = {}): Promise<Member<S>> {
    const log = new RecordingLog();
    const store = await this.#openStore(log);
    const register = async (): Promise<void> => {
      await store.brokers.register({ ...registrationOf(id), ...registration });
    };
    const controller = new Controller({
      platform: { clock: this.#options.clock, log, random: this.#random },
      brokerId: id,
      zookeeper: store,
      config: BrokerConfig.parse({ 'zookeeper.connect': 'test', ...this.#options.properties }),
      peers: this.brokers,
      registerBroker: register,
      onFatal: (error) => this.fatal.push(error),
    });
    const member = { id, store, controller, log, session: store.session as S };
    this.members.set(id, member);
    await store.cluster.ensureRoots();
    await register();
    await controller.start();
    return member;
  }

  async startAll(...ids: readonly number[]): Promise<void> {
    for (const id of ids) await this.start(id);
  }

  /** The broker dies: its session ends, and with it its registration. */
  async kill(id: number): Promise<void> {
    const member = this.member(id);
    this.members.delete(id);
    await member.controller.stop();
    await member.session.close();
  }

  member(id: number): Member<S> {
    const member = this.members.get(id);
    if (!member) throw new Error(`broker ${String(id)} is not running`);
    return member;
  }

  /** The broker that acts as controller. */
  get active(): Member<S> {
    const active = [...this.members.values()].filter(({ controller }) => controller.isActive);
    if (active.length !== 1 || !active[0]) throw new Error(`${String(active.length)} controllers`);
    return active[0];
  }

  async createTopic(
    name: string,
    replicas: readonly (readonly number[])[],
    config: Record<string, string> = {},
  ): Promise<void> {
    const topicId = this.#random.bytes(16).toString('base64url');
    await (await this.admin()).topics.create({ name, topicId, replicas, config });
  }

  async state(topic: string, partition = 0): Promise<PartitionState | undefined> {
    const states = await (await this.admin()).partitions.states([{ topic, partition }]);
    return states.get(partitionKey(topic, partition));
  }

  /** Throws what a controller would have stopped its broker for. */
  assertNoBug(): void {
    if (this.fatal.length > 0) throw new Error('a controller met a bug', { cause: this.fatal[0] });
  }

  async stop(): Promise<void> {
    for (const id of [...this.members.keys()]) await this.kill(id);
    await this.#admin?.session.close();
  }

  async #openStore(log: RecordingLog): Promise<KafkaZooKeeper> {
    return new KafkaZooKeeper(await this.#options.openSession(), {
      clock: this.#options.clock,
      log,
    });
  }
}

/** A cluster on a ZooKeeper in memory, with a clock that only moves when told to. */
export class MemoryControllerCluster extends ControllerCluster<MemorySession> {
  readonly zookeeper: MemoryZooKeeper;
  readonly clock: ManualClock;

  constructor(properties: Record<string, string> = {}) {
    const zookeeper = new MemoryZooKeeper();
    const clock = new ManualClock();
    super({ openSession: () => zookeeper.session(), clock, properties });
    this.zookeeper = zookeeper;
    this.clock = clock;
  }

  override async startAll(...ids: readonly number[]): Promise<void> {
    await super.startAll(...ids);
    await settled();
  }

  /** Creates a topic and waits until the controller has dealt with it. */
  override async createTopic(
    name: string,
    replicas: readonly (readonly number[])[],
    config: Record<string, string> = {},
  ): Promise<void> {
    await super.createTopic(name, replicas, config);
    await settled();
  }

  override async kill(id: number): Promise<void> {
    await super.kill(id);
    await settled();
  }

  /** Nobody is controller any more, `gone` are dead, and `returned` are back before the next controller looks. */
  async loseController(returned: readonly number[], gone: readonly number[] = []): Promise<void> {
    const dead = gone.map((id) => this.member(id));
    for (const { id, controller } of dead) {
      this.members.delete(id);
      await controller.stop();
    }
    this.zookeeper.apply([{ type: 'delete', path: '/controller', version: ANY_VERSION }], 0n);
    for (const id of returned) this.registerAnew(id);
    for (const { session } of dead) await session.close();
    await settled();
  }

  /** The broker's registration goes and comes back in one transaction: no watch tells before it is over. */
  registerAnew(id: number): void {
    const path = `/brokers/ids/${String(id)}`;
    const data = Buffer.from(this.zookeeper.text(path) ?? '');
    this.zookeeper.apply(
      [
        { type: 'delete', path, version: ANY_VERSION },
        { type: 'create', path, data, mode: 'ephemeral' },
      ],
      this.member(id).session.sessionId,
    );
  }
}

export function registrationOf(id: number): BrokerRegistration {
  const endpoint = {
    name: 'PLAINTEXT',
    host: `broker-${String(id)}`,
    securityProtocol: 'PLAINTEXT',
  };
  return { id, rack: null, endpoints: [{ ...endpoint, port: FIRST_BROKER_PORT + id }] };
}
