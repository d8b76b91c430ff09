/** Finds the leaders of a topic anew, one question at a time, until every partition has one. */
import type { Cancel, Clock } from '../../platform/ports';
import type { ClusterView, PartitionPlace } from './cluster-view';

export interface LeaderLookupOptions {
  readonly clock: Clock;
  readonly view: Pick<ClusterView, 'topic'>;
  readonly topic: string;
  readonly retryBackoffMs: number;
  /** What is known now; `undefined` if nobody answered. True if every partition has a leader. */
  apply(places: readonly PartitionPlace[] | undefined): boolean;
  /** The back-off is over: what waited may be sent. */
  onSettled(): void;
}

export class LeaderLookup {
  #isRunning = false;
  /** Asked for while one runs: its answer may be older than what made the new one needed. */
  #isWantedAgain = false;
  #isClosed = false;
  #cancel: Cancel = () => undefined;

  constructor(private readonly options: LeaderLookupOptions) {}

  start(): void {
    if (this.#isClosed) return;
    this.#isWantedAgain = this.#isRunning;
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { view, topic } = this.options;
    view.topic(topic).then(
      (places) => this.#take(places),
      () => this.#take(undefined),
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #take(places: readonly PartitionPlace[] | undefined): void {
    if (this.#isClosed) return;
    const { options } = this;
    const areAllLed = options.apply(places);
    this.#cancel = options.clock.callAfter(options.retryBackoffMs, () => {
      this.#isRunning = false;
      if (!areAllLed || this.#isWantedAgain) this.start();
      options.onSettled();
    });
  }
}
