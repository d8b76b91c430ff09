/**
 * One broker of a simulated cluster: a machine with clock, disk and network, and on it the `Broker` that production
 * runs. A supervisor starts the process again when it has ended by itself, as an operator's does.
 */
import { Broker } from '../../../src/broker/broker';
import { FileError, NetworkError } from '../../../src/platform/ports';
import type { Log, Platform } from '../../../src/platform/ports';
import { ZooKeeperError } from '../../../src/zookeeper/errors';
import { SimulatedDisk } from '../disk/disk';
import { Violation } from '../kernel/world';
import type { World } from '../kernel/world';
import { MachineClock } from '../machine/clock';
import { Machine } from '../machine/machine';
import type { Death } from '../machine/machine';
import type { SimulatedNetwork } from '../network/network';
import type { SimulatedEnsemble } from '../zookeeper/ensemble';
import { partitionIsrs } from './partition-isrs';
import { tracedLog } from './traced-log';

export interface BrokerSurroundings {
  readonly world: World;
  readonly network: SimulatedNetwork;
  readonly ensemble: SimulatedEnsemble;
  readonly properties: Readonly<Record<string, string>>;
}

/** How long the supervisor waits before it starts a process again. */
const RESTART_DELAY_MS = 500;
const LOOK_AGAIN_MS = 500;
const MOST_LOOKS = 40;
export const BROKER_PORT = 9092;
export const LOG_DIRECTORY = '/data';

/** The name of the machine that broker `id` runs on. */
export function brokerHost(id: number): string {
  return `broker${String(id)}`;
}

export class SimulatedBroker {
  readonly machine: Machine;
  readonly clock: MachineClock;
  readonly disk: SimulatedDisk;
  #broker: Broker | undefined;
  /** An operator has stopped it, or its machine is out of order: the supervisor leaves it alone. */
  #isHeldDown = false;
  #isStarting = false;
  #isDamaged = false;
  #hasJoined = false;

  constructor(
    readonly id: number,
    private readonly surroundings: BrokerSurroundings,
  ) {
    const { world, network } = surroundings;
    this.machine = new Machine(world, brokerHost(id));
    this.clock = new MachineClock(this.machine);
    this.disk = new SimulatedDisk(this.machine, this.clock);
    network.of(this.machine);
  }

  /** The running broker; `undefined` while it starts and while its process is dead. */
  get broker(): Broker | undefined {
    return this.machine.isAlive ? this.#broker : undefined;
  }

  get life(): number {
    return this.machine.life;
  }

  /** Its disk has lied, and was not replaced since. */
  get mayBeDamaged(): boolean {
    return this.#isDamaged;
  }

  noteDamage(): void {
    this.#isDamaged = true;
  }

  leads(topic: string, partition: number): boolean {
    const hosted = this.broker?.parts?.services.replicas.partition(topic, partition);
    return hosted?.kind === 'online' && hosted.partition.isLeader;
  }

  /**
   * Puts an empty disk into the machine, as an operator does who sees that a disk lies: once other brokers are in sync
   * without this one, so that nothing is lost. Where they cannot be, the broker goes on with what it has; so it does when
   * that takes too long, as for a topic that cannot be deleted before the broker is back.
   */
  replaceDisk(looksLeft = MOST_LOOKS): void {
    this.crash('killed');
    const { world, ensemble } = this.surroundings;
    const isrs = partitionIsrs(ensemble.tree);
    const isAlone = isrs.some((isr) => isr.length === 1 && isr[0] === this.id);
    if (isAlone || looksLeft === 0) {
      world.note(this.machine.name, 'its disk cannot be replaced');
      this.start();
    } else if (isrs.some((isr) => isr.includes(this.id))) {
      world.after(LOOK_AGAIN_MS, () => this.replaceDisk(looksLeft - 1));
    } else {
      world.note(this.machine.name, 'its disk is replaced');
      this.disk.erase();
      this.#isDamaged = false;
      this.start();
    }
  }

  peek(path: string): Buffer | undefined {
    return this.disk.peek(path);
  }

  /** It was started at least once. */
  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  get isServing(): boolean {
    return this.broker !== undefined && !this.machine.isPaused;
  }

  /** Starts the process, on a new boot of the machine if it is down. */
  start(): void {
    this.#isHeldDown = false;
    this.#hasJoined = true;
    if (this.#broker && this.machine.isAlive) return;
    if (this.#isStarting && this.machine.isAlive) return;
    if (!this.machine.isAlive) this.machine.boot();
    this.#isStarting = true;
    this.surroundings.world.note(this.machine.name, 'process starts');
    const { life } = this.machine;
    const isCurrent = (): boolean => life === this.machine.life && this.machine.isAlive;
    Broker.start({
      platform: this.#platform(),
      properties: this.surroundings.properties,
      createZooKeeperClient: this.surroundings.ensemble.clientsOf(this.machine),
      onFatal: (error) => {
        if (isCurrent()) this.#ended(error);
      },
    }).then(
      (broker) => {
        if (!isCurrent()) return;
        this.#broker = broker;
        this.#isStarting = false;
      },
      (error: unknown) => {
        if (isCurrent()) this.#ended(error);
      },
    );
  }

  /** The process or the machine ends without warning. It stays down until `start`. */
  crash(death: Death): void {
    this.#isHeldDown = true;
    this.#die(death);
  }

  /** The process ends without warning, and its supervisor starts it again. */
  crashAndRestart(death: Death, afterMs: number): void {
    this.crash(death);
    this.surroundings.world.after(afterMs, () => this.start());
  }

  /** Ends in good order, then runs `onStopped`. Does nothing to a broker that is not running. */
  stop(onStopped: () => void): void {
    const broker = this.broker;
    if (!broker) return;
    this.#isHeldDown = true;
    const { life } = this.machine;
    void broker.stop().then(
      () => {
        if (life !== this.machine.life || !this.machine.isAlive) return;
        this.#die('killed');
        onStopped();
      },
      (error: unknown) => this.surroundings.world.fail(unexpected(this.machine.name, error)),
    );
  }

  #die(death: Death): void {
    if (!this.machine.isAlive) return;
    this.surroundings.world.note(this.machine.name, `process ends: ${death}`);
    this.#broker = undefined;
    this.#isStarting = false;
    this.machine.die(death);
  }

  /** The process has ended by itself. */
  #ended(error: unknown): void {
    const { world } = this.surroundings;
    world.note(this.machine.name, 'process has given up', { error });
    if (!this.#isExpected(error)) {
      world.fail(unexpected(this.machine.name, error));
      return;
    }
    this.#die('killed');
    if (this.#isHeldDown) return;
    world.after(RESTART_DELAY_MS, () => {
      if (!this.#isHeldDown) this.start();
    });
  }

  /** What surroundings can do to a broker. All else is a bug. */
  #isExpected(error: unknown): boolean {
    if (error instanceof FileError || error instanceof NetworkError) return true;
    if (error instanceof ZooKeeperError) return true;
    return this.disk.wasFaulty;
  }

  #platform(): Platform {
    const { network } = this.surroundings;
    return {
      clock: this.clock,
      random: this.machine.random,
      files: this.disk.files,
      network: network.of(this.machine),
      log: this.#log(),
      process: {
        usage: () => ({
          startedMs: 0,
          nodeVersion: '',
          cpuUserSeconds: 0,
          cpuSystemSeconds: 0,
          residentBytes: 0,
          heapTotalBytes: 0,
          heapUsedBytes: 0,
          externalBytes: 0,
        }),
        loopTime: () => ({ idleMs: 0, activeMs: 0 }),
        diskTraffic: () => undefined,
        openFileDescriptors: () => undefined,
        watchLoopDelay: () => ({
          read: () => ({ p50Seconds: 0, p90Seconds: 0, p99Seconds: 0, maxSeconds: 0 }),
          stop: () => undefined,
        }),
      },
    };
  }

  #log(): Log {
    return tracedLog(this.surroundings.world, this.machine.name);
  }
}

function unexpected(where: string, error: unknown): Violation {
  const { name, message, stack } = error as Error;
  return new Violation('crash', `${where}: ${name}: ${message}\n${stack ?? ''}`, { cause: error });
}
