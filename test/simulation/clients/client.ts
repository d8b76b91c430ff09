/** What each simulated client has: a machine of its own, with its clock, its network and its generator. */
import type { Clock, Network } from '../../../src/platform/ports';
import type { HistoryEvent } from '../history';
import type { SeededRandom } from '../kernel/seeded-random';
import { Violation, crashOf } from '../kernel/world';
import { MachineClock } from '../machine/clock';
import { Machine } from '../machine/machine';
import type { WorkloadContext } from './workload';

/** An event without what every event has. */
type Told<E> = E extends HistoryEvent ? Omit<E, 'atMs' | 'client'> : never;

/** What would push everything else out of the trace. */
const FREQUENT: ReadonlySet<HistoryEvent['kind']> = new Set([
  'sent',
  'acked',
  'consumed',
  'fetched',
  'committed',
  'offsetRead',
]);

export class Client {
  readonly machine: Machine;
  readonly clock: Clock;
  readonly network: Network;
  readonly random: SeededRandom;

  /** `machine`: where the process before this one ran, if it is to run there again. */
  constructor(
    readonly context: WorkloadContext,
    readonly name: string,
    machine = new Machine(context.world, name),
  ) {
    this.machine = machine;
    this.clock = new MachineClock(this.machine);
    this.network = context.network.of(this.machine);
    this.random = machine.random.fork(`client-${String(machine.life)}`);
  }

  get nowMs(): number {
    return this.context.world.nowMs;
  }

  /** Never settles if the client dies before. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.machine.after(ms, resolve));
  }

  /** A little more or less than `ms`, so that clients do not march in step. */
  around(ms: number): number {
    return (ms * this.random.between(500, 1_500)) / 1_000;
  }

  /** Writes it down in the history; what is rare also comes into the trace. */
  tell(event: Told<HistoryEvent>): void {
    const { kind, ...details } = event;
    if (!FREQUENT.has(kind)) this.context.world.note(this.name, kind, details);
    this.context.history.add({ atMs: this.nowMs, client: this.name, ...event });
  }

  /** A broker has done what none may do. */
  accuse(broker: string, what: string): void {
    const message = `${broker} to ${this.name}: ${what}`;
    this.context.world.fail(new Violation('protocol', message));
  }

  /** Runs what nobody awaits; a mistake in it ends the run. */
  start(task: () => Promise<void>): void {
    task().catch((error: unknown) => this.context.world.fail(crashOf(error)));
  }
}
