/**
 * One run: a cluster comes up, clients work, faults befall it, faults end, the cluster heals, the clients go. What
 * must hold is checked all along and at the end.
 */
import { startWorkload } from './clients';
import type { Workload } from './clients/workload';
import { SimulatedCluster } from './cluster/cluster';
import { Checkers } from './checkers';
import { clusterView } from './cluster-view';
import { scheduleFaults } from './faults';
import { SPARE_BROKER } from './faults/broker-faults';
import { History } from './history';
import { Trace } from './kernel/trace';
import { Violation, World } from './kernel/world';
import type { Plan, RunResult } from './plan';
import { createTopics } from './setup';
import type { TopicPlan } from './setup';

export interface RunOptions {
  /** Gets each line of the trace as it comes. */
  readonly sink?: (line: string) => void;
}

const SETUP_LIMIT_MS = 60_000;
/** From the end of the last fault until everything must be well. */
const HEAL_LIMIT_MS = 90_000;
const CALM_LIMIT_MS = 60_000;

export const TOPICS: readonly TopicPlan[] = [
  { name: 'orders', partitions: 3, configs: {} },
  { name: 'events', partitions: 1, configs: { 'segment.bytes': '4096' } },
];

/** Never rejects: whatever goes wrong is the result's violation. */
export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
  const startedMs = performance.now();
  const world = new World(`run-${String(plan.seed)}`, new Trace(400, options.sink));
  const run = new Run(world, plan);
  let violation: Violation | undefined;
  try {
    await run.toTheEnd();
  } catch (error) {
    violation = error instanceof Violation ? error : new Violation('simulator', describe(error));
  }
  return {
    plan,
    violation: violation && { invariant: violation.invariant, message: violation.message },
    digest: world.trace.digest,
    lastLines: world.trace.lines(),
    simulatedMs: world.nowMs,
    realMs: performance.now() - startedMs,
    events: world.events,
    counts: run.counts(),
  };
}

class Run {
  readonly #history = new History();
  readonly #cluster: SimulatedCluster;
  readonly #checkers: Checkers;
  #workloads: Workload[] = [];

  constructor(
    private readonly world: World,
    private readonly plan: Plan,
  ) {
    const hasSpare = plan.faults.some(({ kind }) => kind === SPARE_BROKER);
    this.#cluster = new SimulatedCluster(world, { ...plan, hasSpare });
    this.#checkers = new Checkers({
      world,
      plan,
      history: this.#history,
      cluster: clusterView({ brokers: () => this.#cluster.brokers, recordOf: recordIn }),
    });
    this.#cluster.ensemble.onCommit((change) => this.#checkers.onCommit(change));
    world.addCheck(() => this.#checkers.afterEvent());
  }

  async toTheEnd(): Promise<void> {
    await this.#setUp();
    const endFaults = this.#begin();
    await this.world.runUntil(this.world.nowMs + this.plan.durationMs);
    this.world.note('run', 'faults end');
    endFaults();
    this.#cluster.startAll();
    await this.#until(HEAL_LIMIT_MS, 'liveness', () => this.#whatIsNotWell());
    this.world.note('run', 'clients stop');
    for (const workload of this.#workloads) workload.stop();
    await this.#until(CALM_LIMIT_MS, 'idleness', () => this.#whoIsNotIdle());
    this.#checkers.atEnd();
    await this.world.runUntil(this.world.nowMs);
  }

  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { kind } of this.#history.events) counts[kind] = (counts[kind] ?? 0) + 1;
    for (const { kind } of this.plan.faults) {
      const name = `fault ${kind}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  async #setUp(): Promise<void> {
    this.#cluster.startAll();
    let isDone = false;
    createTopics(this.#cluster, TOPICS).then(
      () => (isDone = true),
      (error: unknown) => this.world.fail(new Violation('simulator', describe(error))),
    );
    await this.#until(SETUP_LIMIT_MS, 'liveness', () => {
      if (!isDone) return 'the topics have not been made';
      return this.#cluster.areAllServing ? undefined : 'a broker has not started';
    });
  }

  #begin(): () => void {
    const { world, plan } = this;
    world.note('run', 'clients begin');
    const clientHosts: string[] = [];
    this.#workloads = plan.workloads.map((workload) =>
      startWorkload(workload, {
        world,
        network: this.#cluster.network,
        history: this.#history,
        bootstrap: this.#cluster.bootstrap,
        topics: TOPICS.map(({ name }) => name),
      }),
    );
    clientHosts.push(...this.#workloads.flatMap(({ hosts }) => hosts));
    return scheduleFaults(plan.faults, {
      world,
      network: this.#cluster.network,
      ensemble: this.#cluster.ensemble,
      brokers: this.#cluster.brokers,
      spare: this.#cluster.spare,
      history: this.#history,
      clientHosts: () => clientHosts,
      zookeeperHosts: this.#cluster.zookeeperHosts,
    });
  }

  #whatIsNotWell(): string | undefined {
    if (!this.#cluster.areAllServing) return 'a broker is down';
    return this.#checkers.whatIsNotWell();
  }

  #whoIsNotIdle(): string | undefined {
    const busy = this.#workloads.filter(({ isIdle }) => !isIdle);
    if (busy.length > 0) return `${String(busy.length)} clients do not end`;
    return this.#checkers.whatIsNotIdle();
  }

  /** Lets time pass until nothing is left to be said; a violation once the limit is reached. */
  async #until(limitMs: number, invariant: string, what: () => string | undefined): Promise<void> {
    const deadlineMs = this.world.nowMs + limitMs;
    let answer: string | undefined = 'nothing was looked at';
    let nextLookMs = 0;
    await this.world.runUntil(deadlineMs, () => {
      if (this.world.nowMs < nextLookMs) return false;
      nextLookMs = this.world.nowMs + LOOK_EVERY_MS;
      answer = what();
      return answer === undefined;
    });
    if (answer !== undefined) {
      const seconds = String(limitMs / 1_000);
      throw new Violation(invariant, `after ${seconds} s without faults: ${answer}`);
    }
  }
}

/** To look costs time; to look seldom makes runs longer. */
const LOOK_EVERY_MS = 250;

const recordIn = (value: Buffer): string | undefined => value.toString('latin1');

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
