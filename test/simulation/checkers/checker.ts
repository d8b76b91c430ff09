/** What a checker is, and what it gets to judge by. */
import type { History, HistoryEvent } from '../history';
import { Violation } from '../kernel/world';
import type { World } from '../kernel/world';
import type { Plan } from '../plan';
import type { ClusterUnderTest } from './cluster-under-test';
import { CommittedLogs } from './committed-log';
import { CommittedState } from './committed-state';
import type { Commit } from './committed-state';
import { RecordBook } from './record-book';

/**
 * One invariant. It is told of everything as it happens, and says what is broken by `CheckerContext.fail`. What costs
 * more than a look belongs into `nowAndThen` or to the end.
 */
export interface Checker {
  /** The name of the violations that it finds. */
  readonly name: string;
  onHistoryEvent?(event: HistoryEvent): void;
  /** A change that the ensemble has committed, in its order; the committed state has it already. */
  onCommit?(commit: Commit): void;
  /** Runs every simulated second or so. */
  nowAndThen?(): void;
  /** Runs once, when faults are over, the cluster has healed and clients have gone. */
  atEnd?(): void;
}

/** What a run gives to its checkers. */
export interface Checked {
  readonly world: Pick<World, 'nowMs' | 'fail'>;
  readonly history: Pick<History, 'onEvent'>;
  readonly cluster: ClusterUnderTest;
  readonly plan: Pick<Plan, 'settings'>;
}

/** What checkers have in common. */
export class CheckerContext {
  readonly world: Checked['world'];
  readonly cluster: ClusterUnderTest;
  readonly committed: CommittedState;
  readonly logs = new CommittedLogs();
  readonly records = new RecordBook();

  constructor({ world, cluster, plan }: Checked) {
    this.world = world;
    this.cluster = cluster;
    this.committed = new CommittedState(() => world.nowMs, plan.settings);
  }

  /** Ends the run. */
  fail(checker: Checker, message: string): void {
    this.world.fail(new Violation(checker.name, message));
  }
}
