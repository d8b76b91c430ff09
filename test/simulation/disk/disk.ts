import type { Clock, Files } from '../../../src/platform/ports';
import { DeviceFiles } from '../../builders/device-files';
import type { SeededRandom } from '../kernel/seeded-random';
import type { Death, Machine } from '../machine/machine';
import { DiskFaults } from './faults';
import type { DiskFault } from './faults';
import { DiskAccess, SimulatedFiles } from './files';
import { DiskLatency } from './latency';
import type { Slowness } from './latency';

/**
 * The disk of a simulated machine, under its file system and page cache (see `DeviceFiles` for what that model takes
 * for granted). It outlives the machine's processes: a killed one leaves what it has written, a power cut what was
 * synced and, as chance has it, some of the rest. What runs in the background takes simulated time; what answers at
 * once takes none. One fault is left out on purpose: after a sync that failed, the next one still brings everything
 * to the device, where Linux may have forgotten what it could not write.
 */
export class SimulatedDisk {
  readonly #device: DeviceFiles;
  readonly #random: SeededRandom;
  readonly #faults = new DiskFaults();
  readonly #latency: DiskLatency;
  #faultyLife: number | undefined;
  /** Of the machine's latest life that asked for them. */
  #files: { readonly life: number; readonly files: SimulatedFiles } | undefined;

  /** `directories` are there from the start, as those that an operator has made. */
  constructor(
    private readonly machine: Machine,
    clock: Pick<Clock, 'nowMs'>,
    directories: readonly string[] = [],
  ) {
    this.#random = machine.random.fork('disk');
    this.#latency = new DiskLatency(this.#random.fork('latency'));
    this.#device = new DeviceFiles(directories, () => clock.nowMs());
    this.#device.onSync = () => undefined;
    machine.onDeath(this.#onDeath);
  }

  /** For the process that runs on the machine now; what it has open ends with it. */
  get files(): Files {
    const { life } = this.machine;
    if (this.#files?.life !== life) {
      const access = new DiskAccess(this.machine, this.#random, this.#faults, this.#latency);
      this.#files = { life, files: new SimulatedFiles(access, this.#device.files) };
    }
    return this.#files.files;
  }

  /** The content of a file as processes see it, whatever faults the disk has; `undefined` if there is none. */
  peek(path: string): Buffer | undefined {
    return this.#device.files.readFileSync(path);
  }

  /** Whether operations of the machine's present process can have failed. */
  get wasFaulty(): boolean {
    const isFull = Number.isFinite(this.#device.space.limitBytes);
    return isFull || this.#faults.areAny || this.#faultyLife === this.machine.life;
  }

  /** Operations at and below `pathPrefix` fail with `code`, until healed. */
  failIo(code = 'EIO', pathPrefix = '/'): void {
    this.fail({ code, pathPrefix });
  }

  /** Operations fail as `fault` says: writes only, the next sync of a log, … */
  fail(fault: DiskFault): void {
    this.#faultyLife = this.machine.life;
    this.#faults.add(fault);
  }

  /** All operations work again. */
  healIo(): void {
    this.#faults.heal();
  }

  /** There is room for `freeBytes` more; what grows beyond fails with `ENOSPC`. What is removed gives room back. */
  fill(freeBytes: number): void {
    const { space } = this.#device;
    this.#faultyLife = this.machine.life;
    space.limitBytes = space.usedBytes + freeBytes;
  }

  unfill(): void {
    this.#device.space.limitBytes = Number.POSITIVE_INFINITY;
  }

  /** What runs in the background takes longer; no slowness makes it as fast as ever. */
  slow(slowness: Slowness = {}): void {
    this.#latency.slowness = slowness;
  }

  /**
   * Turns a bit over, in the page cache and on the device, in one of the files of the kind that is meant. Tells which
   * one; `undefined` if there is no such file, or nothing in it.
   */
  flipBit(
    isMeant: (path: string) => boolean,
    random: SeededRandom = this.#random,
  ): string | undefined {
    const paths = this.#device.paths().filter((path) => isMeant(path) && this.#sizeOf(path) > 0);
    if (paths.length === 0) return undefined;
    const path = random.pick(paths);
    const position = random.below(this.#sizeOf(path));
    const bit = random.below(8);
    this.#device.flipBit(path, position, bit);
    return `${path} byte ${String(position)} bit ${String(bit)}`;
  }

  /** An empty disk takes its place. The machine's process must be dead. */
  erase(): void {
    for (const { name } of this.#device.files.listSync('/')) {
      this.#device.files.removeSync(`/${name}`);
      this.#device.files.syncDirectorySync('/');
    }
  }

  #sizeOf(path: string): number {
    return this.#device.files.statSync(path)?.size ?? 0;
  }

  readonly #onDeath = (death: Death): void => {
    if (death === 'killed') this.#device.endProcess();
    else {
      const { renamings, cut } = this.#device.cutPower((limit) => this.#random.below(limit));
      const { world, name } = this.machine;
      world.note(name, 'what was not synced is lost', { renamings, cut: cut.slice(0, 10) });
    }
    this.machine.onDeath(this.#onDeath); // A machine calls each hook once.
  };
}
