/** What is wrong with the ensemble for the time being, beside its network. */
import type { SeededRandom } from '../kernel/seeded-random';

/** Once in so many things that reach a server, it is held up a little, up to so many milliseconds. */
const HELD_UP_ONE_IN = 8;
const HELD_UP_MS = 20;

export class Faults {
  /** By the name of a server: how long it takes to get at what the leader sends, milliseconds. */
  readonly #lags = new Map<string, number>();
  /** By the name of a client's machine: replies that it will not get. */
  readonly #lostReplies = new Map<string, number>();
  /** By the name of a client's machine: sessions that its processes have had. */
  readonly #sessions = new Map<string, Set<bigint>>();

  constructor(private readonly random: SeededRandom) {}

  lagMs(server: string): number {
    const lagMs = this.#lags.get(server) ?? 0;
    return this.random.oneIn(HELD_UP_ONE_IN) ? lagMs + this.random.below(HELD_UP_MS) : lagMs;
  }

  /** Each of `servers` lags by up to `maxMs`, one more than another. */
  lag(servers: readonly string[], maxMs: number): void {
    for (const server of servers) this.#lags.set(server, this.random.between(0, maxMs));
  }

  loseReplies(machine: string, count: number): void {
    this.#lostReplies.set(machine, count);
  }

  /** Whether a reply to this machine is one of those to lose; it counts as lost then. */
  losesReplyTo(machine: string): boolean {
    const left = this.#lostReplies.get(machine) ?? 0;
    if (left > 0) this.#lostReplies.set(machine, left - 1);
    return left > 0;
  }

  noteSession(machine: string, sessionId: bigint): void {
    const sessions = this.#sessions.get(machine) ?? new Set();
    this.#sessions.set(machine, sessions.add(sessionId));
  }

  /** All sessions that a machine has had, those that have ended too. */
  sessionsOf(machine: string): readonly bigint[] {
    return [...(this.#sessions.get(machine) ?? [])];
  }
}
