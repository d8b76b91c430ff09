/** A group whose members come and go: they leave, crash without leaving, are held for a while, and come again. */
import type { SeededRandom } from '../../kernel/seeded-random';
import { Machine } from '../../machine/machine';
import type { WorkloadPlan } from '../../plan';
import { Client } from '../client';
import { WorkloadOptions } from '../options';
import type { Workload, WorkloadContext } from '../workload';
import { Member } from './member';
import { SentAssignments, groupSettings } from './settings';
import type { GroupSettings } from './settings';

const START_WITHIN_MS = 2_000;
/** How long a member stays away, and how long it is held: shorter and longer than its session. */
const AWAY_MS = [500, 8_000] as const;
const HELD_MS = [500, 8_000] as const;

interface Seat {
  readonly machine: Machine;
  readonly instanceId: string | null;
  member: Member | undefined;
}

export class Group implements Workload {
  readonly hosts: readonly string[];
  readonly #options: WorkloadOptions;
  readonly #settings: GroupSettings;
  readonly #seats: readonly Seat[];
  readonly #sent = new SentAssignments();
  readonly #random: SeededRandom;
  readonly #churnMs: number;
  #isStopped = false;

  constructor(
    plan: WorkloadPlan,
    private readonly context: WorkloadContext,
  ) {
    const group = `g${String(plan.id)}`;
    this.#options = new WorkloadOptions(plan);
    const topics = this.#options.topics(context);
    this.#settings = groupSettings(this.#options, { group, topics });
    this.#churnMs = this.#options.number('churnMs', 5_000);
    this.#random = context.world.random.fork(group);
    const members = this.#options.number('members', 3);
    this.#seats = Array.from({ length: members }, (_, index) => {
      const name = `${group}m${String(index + 1)}`;
      const machine = new Machine(context.world, name);
      return { machine, instanceId: this.#settings.isStatic ? name : null, member: undefined };
    });
    this.hosts = this.#seats.map(({ machine }) => machine.name);
    for (const seat of this.#seats)
      context.world.after(this.#random.below(START_WITHIN_MS), () => this.#begin(seat));
    this.#churn();
  }

  get isIdle(): boolean {
    return (
      this.#isStopped &&
      this.#seats.every(({ member, machine }) => !machine.isAlive || member?.isIdle !== false)
    );
  }

  stop(): void {
    this.#isStopped = true;
    for (const { machine, member } of this.#seats) {
      machine.resume();
      member?.stop();
    }
  }

  #begin(seat: Seat): void {
    if (this.#isStopped || seat.member) return;
    if (!seat.machine.isAlive) seat.machine.boot();
    const client = new Client(this.context, seat.machine.name, seat.machine);
    seat.member = new Member(client, {
      settings: this.#settings,
      options: this.#options,
      sent: this.#sent,
      instanceId: seat.instanceId,
    });
  }

  #churn(): void {
    const { world } = this.context;
    if (this.#churnMs === 0) return;
    world.after(this.#random.between(1, 2 * this.#churnMs), () => {
      if (this.#isStopped) return;
      const seat = this.#random.pick(this.#seats);
      const act = this.#random.pick([this.#goAway, this.#crash, this.#hold]);
      const { member, machine } = seat;
      // One that was thrown out for good comes again.
      if (member?.isIdle) this.#comeBack(seat, member);
      else if (member && machine.isAlive && !machine.isPaused) act.call(this, seat, member);
      this.#churn();
    });
  }

  #goAway(seat: Seat, member: Member): void {
    const { world } = this.context;
    world.note(seat.machine.name, 'leaves its group');
    member.stop();
    world.after(this.#random.between(...AWAY_MS), () => this.#comeBack(seat, member));
  }

  /** A member that has not been able to leave in peace until now is not waited for. */
  #comeBack(seat: Seat, member: Member): void {
    if (seat.member !== member || this.#isStopped) return;
    if (!member.isIdle && seat.machine.isAlive) {
      member.died();
      seat.machine.die('killed');
    }
    seat.member = undefined;
    this.#begin(seat);
  }

  #crash(seat: Seat, member: Member): void {
    const { world } = this.context;
    world.note(seat.machine.name, 'crashes');
    member.died();
    seat.machine.die(this.#random.pick(['killed', 'powerCut']));
    world.after(this.#random.between(...AWAY_MS), () => this.#comeBack(seat, member));
  }

  #hold(seat: Seat): void {
    const { world } = this.context;
    world.note(seat.machine.name, 'is held');
    seat.machine.pause();
    world.after(this.#random.between(...HELD_MS), () => seat.machine.resume());
  }
}
