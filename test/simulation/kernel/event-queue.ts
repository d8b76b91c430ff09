/** Something that happens at a moment of simulated time. */
export interface SimulatedEvent {
  readonly dueMs: number;
  /** Events of the same moment happen in the order in which they were added. */
  readonly order: number;
  /** `undefined` once cancelled. */
  task: (() => void) | undefined;
}

/** A binary heap of events, the earliest on top. */
export class EventQueue {
  readonly #heap: SimulatedEvent[] = [];
  #order = 0;

  add(dueMs: number, task: () => void): SimulatedEvent {
    const event: SimulatedEvent = { dueMs, order: this.#order++, task };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  /** The next event, if it is due by `deadlineMs`; it is taken out. */
  take(deadlineMs: number): SimulatedEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (!first || first.dueMs > deadlineMs) return undefined;
      const last = this.#heap.pop() as SimulatedEvent;
      if (first !== last) {
        this.#heap[0] = last;
        this.#sink();
      }
      if (first.task) return first;
    }
  }

  #rise(start: number): void {
    const heap = this.#heap;
    const event = heap[start] as SimulatedEvent;
    let place = start;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = heap[above] as SimulatedEvent;
      if (isBefore(other, event)) break;
      heap[place] = other;
      place = above;
    }
    heap[place] = event;
  }

  #sink(): void {
    const heap = this.#heap;
    const event = heap[0] as SimulatedEvent;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      const right = heap[below + 1];
      if (right && isBefore(right, heap[below] as SimulatedEvent)) below += 1;
      const other = heap[below] as SimulatedEvent;
      if (isBefore(event, other)) break;
      heap[place] = other;
      place = below;
    }
    heap[place] = event;
  }
}

function isBefore(a: SimulatedEvent, b: SimulatedEvent): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
