/**
 * The controller's one queue: events run one after another, each to its end, so that no event sees another's
 * half-done work. Watches are one-shot and brokers have one request out, which bounds what can wait here.
 * Kafka's `ControllerEventManager`.
 */

export interface ControllerEvent {
  /** For logs. */
  readonly name: string;
  run(): Promise<void> | void;
  /** Called instead of `run` when the event is dropped: whoever waits for an answer gets one. */
  preempt?(): void;
}

/** Hears of events that run; times are of its own clock. */
export interface EventObserver {
  nowMs(): number;
  /** Returns what to call when the event has ended. */
  begin(name: string, putMs: number): () => void;
}

interface QueuedEvent {
  readonly event: ControllerEvent;
  readonly putMs: number;
}

export class EventQueue {
  #events: QueuedEvent[] = [];
  #isClosed = false;
  #draining: Promise<void> | undefined;
  readonly #onFailure: (event: ControllerEvent, error: unknown) => Promise<void>;
  readonly #observer: EventObserver | undefined;

  /** `onFailure` deals with what an event threw, before the next event runs. */
  constructor(
    onFailure: (event: ControllerEvent, error: unknown) => Promise<void>,
    observer?: EventObserver,
  ) {
    this.#onFailure = onFailure;
    this.#observer = observer;
  }

  /** Events that wait. */
  get size(): number {
    return this.#events.length;
  }

  put(event: ControllerEvent): void {
    if (this.#isClosed) {
      event.preempt?.();
      return;
    }
    this.#events.push({ event, putMs: this.#observer?.nowMs() ?? 0 });
    this.#draining ??= this.#drain();
  }

  /** Drops all that waits, and runs `event` next. The event that is running goes on to its end. */
  clearAndPut(event: ControllerEvent): void {
    this.#clear();
    this.put(event);
  }

  /** Drops all that waits, takes nothing more, and resolves once the running event has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#clear();
    await this.#draining;
  }

  #clear(): void {
    const dropped = this.#events;
    this.#events = [];
    for (const { event } of dropped) event.preempt?.();
  }

  async #drain(): Promise<void> {
    // Whoever puts an event, a watch handler say, is done before the event runs.
    await Promise.resolve();
    for (let next = this.#events.shift(); next; next = this.#events.shift()) {
      const { event, putMs } = next;
      const ended = this.#observer?.begin(event.name, putMs);
      try {
        await event.run();
      } catch (error) {
        await this.#onFailure(event, error);
      }
      ended?.();
    }
    this.#draining = undefined;
  }
}
