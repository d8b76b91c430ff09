/**
 * A machine: what runs on it happens while it lives and is not held. Everything that is to happen on it goes through
 * `after`, so that a crash takes along what was to come, and a pause holds it up.
 */
import type { Cancel } from '../../../src/platform/ports';
import type { SeededRandom } from '../kernel/seeded-random';
import type { World } from '../kernel/world';

/** `killed`: the process ends and the operating system goes on. `powerCut`: nothing of the machine is left running. */
export type Death = 'killed' | 'powerCut';

export class Machine {
  readonly random: SeededRandom;
  /** Counts the processes that ran here, one after another; what belongs to an earlier one does not happen any more. */
  #life = 0;
  #isAlive = true;
  #isPaused = false;
  #held: (() => void)[] = [];
  readonly #deathHooks = new Set<(death: Death) => void>();
  #isPowered = true;

  constructor(
    readonly world: World,
    /** Its name in the network, and in the trace. */
    readonly name: string,
  ) {
    this.random = world.random.fork(name);
  }

  get life(): number {
    return this.#life;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Whether its operating system runs, and so answers for a process that is dead or held. */
  get isPowered(): boolean {
    return this.#isPowered;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Runs `task` once in this process, `delayMs` from now; never if the process dies before. */
  after(delayMs: number, task: () => void): Cancel {
    const life = this.#life;
    let isCancelled = false;
    const run = (): void => {
      if (isCancelled || life !== this.#life || !this.#isAlive) return;
      if (this.#isPaused) this.#held.push(run);
      else task();
    };
    const cancel = this.world.after(delayMs, run);
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  /** Runs `task` at once if the process is not held; for what reaches it from outside, between two of its own tasks. */
  interrupt(task: () => void): void {
    if (!this.#isAlive) return;
    if (this.#isPaused) this.#held.push(task);
    else task();
  }

  /**
   * The process ends at once: nothing of it happens any more. A power cut may also come after the process has ended.
   */
  die(death: Death): void {
    const isPowerLost = death === 'powerCut' && this.#isPowered;
    if (isPowerLost) this.#isPowered = false;
    if (!this.#isAlive && !isPowerLost) return;
    this.#isAlive = false;
    this.#isPaused = false;
    this.#held = [];
    const hooks = [...this.#deathHooks];
    this.#deathHooks.clear();
    for (const hook of hooks) hook(death);
  }

  /** A new process can run here. */
  boot(): void {
    this.#life += 1;
    this.#isAlive = true;
    this.#isPowered = true;
  }

  /** Runs outside of the process, when it dies: the operating system closes what the process had open. */
  onDeath(hook: (death: Death) => void): () => void {
    this.#deathHooks.add(hook);
    return () => this.#deathHooks.delete(hook);
  }

  /** As SIGSTOP: what is due waits. */
  pause(): void {
    if (this.#isAlive) this.#isPaused = true;
  }

  /** As SIGCONT: what has waited happens, in the order in which it was due. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    for (const task of this.#held.splice(0)) this.after(0, task);
  }
}
