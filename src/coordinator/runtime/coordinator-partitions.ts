/**
 * Which partitions of an internal topic this broker coordinates, and what it holds for each. A
 * partition is loading, then active, as one object of one leader epoch: a load that was overtaken by
 * a newer election, or by a resignation, ends in nothing and can leave nothing half done (KAFKA-9307).
 * A load that fails is tried again; until then the partition says that it is loading.
 */

import { AssertionError } from '../../base/assert';
import type { Clock, Log } from '../../platform/ports';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;

export interface PartitionsOptions<State> {
  readonly clock: Clock;
  readonly log: Log;
  /** Reads the partition's log. `isCurrent` turns false when the result is no longer wanted. */
  load(partition: number, isCurrent: () => boolean): Promise<State>;
  /** The state is the partition's from now on. */
  activate(state: State, partition: number): void;
  /** The state is not the partition's any more; the broker may not lead it. */
  unload(state: State, partition: number): void;
}

interface Tenure<State> {
  leaderEpoch: number;
  /** `undefined` while loading. */
  state: State | undefined;
  /** What came while it was loading and needs the state. */
  readonly waiting: ((state: State) => void)[];
  /** Settles when the load has ended, one way or another. */
  loaded: Promise<void>;
}

export type Lookup<State> =
  | { readonly error: 'COORDINATOR_LOAD_IN_PROGRESS' | 'NOT_COORDINATOR'; readonly state?: never }
  | { readonly error: 'NONE'; readonly state: State };

export class CoordinatorPartitions<State> {
  readonly #options: PartitionsOptions<State>;
  readonly #tenures = new Map<number, Tenure<State>>();
  /** The newest leader epoch heard of; kept after a resignation, so that late news are known as such. */
  readonly #leaderEpochs = new Map<number, number>();

  constructor(options: PartitionsOptions<State>) {
    this.#options = options;
  }

  get isLoading(): boolean {
    for (const tenure of this.#tenures.values()) if (tenure.state === undefined) return true;
    return false;
  }

  find(partition: number): Lookup<State> {
    const tenure = this.#tenures.get(partition);
    if (!tenure) return { error: 'NOT_COORDINATOR' };
    if (tenure.state === undefined) return { error: 'COORDINATOR_LOAD_IN_PROGRESS' };
    return { error: 'NONE', state: tenure.state };
  }

  /** The states of all active partitions. */
  *active(): Generator<State> {
    for (const { state } of this.#tenures.values()) if (state !== undefined) yield state;
  }

  /** Runs `action` on the partition's state: now, or once loaded; never if the partition goes before that. */
  whenActive(partition: number, action: (state: State) => void): void {
    const tenure = this.#tenures.get(partition);
    if (!tenure) return;
    if (tenure.state === undefined) tenure.waiting.push(action);
    else action(tenure.state);
  }

  /** As `whenActive`, on every partition. */
  whenEachActive(action: (state: State) => void): void {
    for (const partition of this.#tenures.keys()) this.whenActive(partition, action);
  }

  /**
   * This broker leads the partition in `leaderEpoch`. Must be called in the same turn as the change
   * of leadership. Settles when the partition is loaded or the load was overtaken.
   */
  elected(partition: number, leaderEpoch: number): Promise<void> {
    if (leaderEpoch < (this.#leaderEpochs.get(partition) ?? leaderEpoch)) {
      return Promise.resolve();
    }
    const current = this.#tenures.get(partition);
    this.#leaderEpochs.set(partition, leaderEpoch);
    if (current) {
      // One epoch further nobody else can have led in between: what is in memory is still the truth.
      const isContinued = leaderEpoch <= current.leaderEpoch + 1;
      current.leaderEpoch = leaderEpoch;
      if (isContinued) return current.loaded;
      this.#end(partition, current);
    }
    const loaded = Promise.resolve();
    const tenure: Tenure<State> = { leaderEpoch, state: undefined, waiting: [], loaded };
    this.#tenures.set(partition, tenure);
    tenure.loaded = this.#load(partition, tenure);
    return tenure.loaded;
  }

  /** This broker does not lead the partition any more, as of `leaderEpoch` if that is known. */
  resigned(partition: number, leaderEpoch?: number): void {
    const known = this.#leaderEpochs.get(partition);
    if (leaderEpoch !== undefined) {
      if (known !== undefined && leaderEpoch < known) return;
      this.#leaderEpochs.set(partition, leaderEpoch);
    }
    const tenure = this.#tenures.get(partition);
    if (tenure) this.#end(partition, tenure);
  }

  resignAll(): void {
    for (const [partition, tenure] of this.#tenures) this.#end(partition, tenure);
  }

  #end(partition: number, tenure: Tenure<State>): void {
    this.#tenures.delete(partition);
    if (tenure.state !== undefined) this.#options.unload(tenure.state, partition);
  }

  async #load(partition: number, tenure: Tenure<State>): Promise<void> {
    const isCurrent = (): boolean => this.#tenures.get(partition) === tenure;
    for (let attempt = 0; isCurrent(); attempt++) {
      const result = await this.#tryLoad(partition, isCurrent);
      if (!isCurrent()) return;
      if (result) {
        this.#activate(partition, tenure, result.state);
        return;
      }
      await this.#delay(Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS));
    }
  }

  async #tryLoad(
    partition: number,
    isCurrent: () => boolean,
  ): Promise<{ state: State } | undefined> {
    try {
      return { state: await this.#options.load(partition, isCurrent) };
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      if (isCurrent()) {
        this.#options.log.error('cannot load partition, will try again', { partition, error });
      }
      return undefined;
    }
  }

  #activate(partition: number, tenure: Tenure<State>, state: State): void {
    tenure.state = state;
    this.#options.activate(state, partition);
    for (const action of tenure.waiting.splice(0)) action(state);
  }

  #delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.callAfter(delayMs, resolve);
    });
  }
}
