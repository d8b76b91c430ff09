/** A server's connection to the leader: what one has the other do, in order, later. */
import type { World } from '../kernel/world';
import { Pipe } from '../network/pipe';
import type { Wire } from '../network/wire';

type Task = () => void;

interface Ends {
  readonly leader: string;
  readonly server: string;
  /** How long the server takes to get at the next thing that has arrived, milliseconds. */
  readonly lagMs: () => number;
}

export class Link {
  readonly #toLeader: Pipe<Task>;
  readonly #toServer: Pipe<{ readonly task: Task; readonly isUrgent: boolean }>;
  #isClosed = false;
  #lastDueMs = 0;
  /** Things that have arrived and are not done. */
  #undone = 0;

  constructor(
    private readonly world: World,
    wire: Wire,
    private readonly ends: Ends,
  ) {
    const { leader, server } = ends;
    this.#toLeader = new Pipe(world, wire, { from: server, to: leader }, (task: Task) => task());
    this.#toServer = new Pipe(world, wire, { from: leader, to: server }, ({ task, isUrgent }) => {
      if (isUrgent) task();
      else this.#whenDone(task);
    });
  }

  askLeader(task: Task): void {
    this.#toLeader.send(task);
  }

  tellServer(task: Task): void {
    this.#toServer.send({ task, isUrgent: false });
  }

  /** The same at once when it arrives, before what has arrived and is not done. */
  tellServerAtOnce(task: Task): void {
    this.#toServer.send({ task, isUrgent: true });
  }

  close(): void {
    this.#isClosed = true;
    this.#toLeader.close();
    this.#toServer.close();
  }

  /** A server works off what has arrived in its own time, each thing after the one before. */
  #whenDone(task: Task): void {
    const { nowMs } = this.world;
    const lagMs = this.ends.lagMs();
    if (this.#undone === 0 && lagMs === 0) {
      task();
      return;
    }
    this.#undone += 1;
    this.#lastDueMs = Math.max(this.#lastDueMs, nowMs + lagMs);
    this.world.at(this.#lastDueMs, () => {
      this.#undone -= 1;
      if (!this.#isClosed) task();
    });
  }
}
