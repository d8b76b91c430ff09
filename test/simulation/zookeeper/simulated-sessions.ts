/** A world with nothing in it but an ensemble and machines that have sessions with it, for tests. */
import { silentLog } from '../../../src/platform/silent-log';
import { closeStaleSession, connectZooKeeper } from '../../../src/zookeeper/connect';
import type { ZooKeeperOptions } from '../../../src/zookeeper/connect';
import type { SessionCredentials, ZooKeeperSession } from '../../../src/zookeeper/session';
import { World } from '../kernel/world';
import { MachineClock } from '../machine/clock';
import { Machine } from '../machine/machine';
import { Wire } from '../network/wire';
import { SimulatedEnsemble } from './ensemble';

export const SESSION_TIMEOUT_MS = 6_000;
const PATIENCE_MS = 120_000;

export class SimulatedSessions {
  readonly world: World;
  readonly wire: Wire;
  readonly ensemble: SimulatedEnsemble;

  constructor(seed = '1', servers = 3) {
    this.world = new World(seed);
    this.wire = new Wire(this.world);
    this.ensemble = new SimulatedEnsemble(this.world, this.wire, { servers });
  }

  machine(name: string): Machine {
    return new Machine(this.world, name);
  }

  /** `hosts`: the servers that the client knows; all unless given. */
  options(machine: Machine, hosts = this.ensemble.hosts, chroot = ''): ZooKeeperOptions {
    return {
      connect: hosts.map((host) => `${host}:2181`).join(',') + chroot,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      connectionTimeoutMs: 20_000,
      platform: { clock: new MachineClock(machine), random: machine.random, log: silentLog },
      createClient: this.ensemble.clientsOf(machine),
    };
  }

  /** A session of the product, of a machine of its own or of `machine`. */
  open(
    on: Machine | string,
    hosts?: readonly string[],
    chroot?: string,
  ): Promise<ZooKeeperSession> {
    const machine = typeof on === 'string' ? this.machine(on) : on;
    return this.until(connectZooKeeper(this.options(machine, hosts, chroot)));
  }

  closeStale(machine: Machine, credentials: SessionCredentials): Promise<'closed' | 'unknown'> {
    return this.until(closeStaleSession(this.options(machine), credentials));
  }

  /** Lets time pass until `promise` is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await this.passUntil(() => isSettled);
    return promise;
  }

  async pass(ms: number): Promise<void> {
    await this.world.runUntil(this.world.nowMs + ms);
  }

  async passUntil(isDone: () => boolean): Promise<void> {
    await this.world.runUntil(this.world.nowMs + PATIENCE_MS, isDone);
    if (!isDone()) throw new Error('it has not come about');
  }
}
