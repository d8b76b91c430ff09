/**
 * What must hold in every run, one file an invariant. A new one is a class that is a `Checker`, in the list below, with
 * a comment that says why the protocol guarantees it and which exceptions there are.
 */
import { Violation } from '../kernel/world';
import { AckedRecords } from './acked-records';
import { ActingLeaders } from './acting-leaders';
import { CheckerContext } from './checker';
import type { Checked, Checker } from './checker';
import type { ZnodeChange } from './committed-state';
import { ConsumedRecords } from './consumed-records';
import { ControllerEpochs } from './controller-epochs';
import { GroupGenerations } from './group-generations';
import { GroupOffsets } from './group-offsets';
import { GroupOwnership } from './group-ownership';
import { whatIsNotIdle } from './idleness';
import { Liveness } from './liveness';
import { LogShape } from './log-shape';
import { PartitionStates } from './partition-states';
import { ProducerOrder } from './producer-order';
import { ReplicaAgreement } from './replica-agreement';
import { ToldStates } from './told-states';
import { Watermarks } from './watermarks';
import { WrittenRecords } from './written-records';

const CHECKERS: readonly (new (context: CheckerContext) => Checker)[] = [
  ControllerEpochs,
  PartitionStates,
  ActingLeaders,
  ToldStates,
  LogShape,
  WrittenRecords,
  ProducerOrder,
  ReplicaAgreement,
  AckedRecords,
  ConsumedRecords,
  Watermarks,
  GroupOwnership,
  GroupGenerations,
  GroupOffsets,
];

/** Between two looks at the logs, of simulated time. */
const LOOK_EVERY_MS = 1_000;

export class Checkers {
  readonly #context: CheckerContext;
  readonly #checkers: readonly Checker[];
  readonly #liveness: Liveness;
  #nextLookMs = 0;

  constructor(private readonly checked: Checked) {
    this.#context = new CheckerContext(checked);
    this.#checkers = CHECKERS.map((checker) => new checker(this.#context));
    this.#liveness = new Liveness(this.#context);
    checked.history.onEvent((event) => {
      this.#context.records.note(event);
      if (event.kind === 'admin' && event.action === 'deleteRecords')
        this.#context.committed.settings.noteDeletedRecords(event.topic);
      this.#liveness.onHistoryEvent(event);
      for (const checker of this.#checkers) checker.onHistoryEvent?.(event);
    });
  }

  /** For `SimulatedEnsemble.onCommit`: every change, from the first one on. */
  onCommit(change: ZnodeChange): void {
    try {
      const commit = this.#context.committed.apply(change);
      if (!commit) return;
      for (const checker of this.#checkers) checker.onCommit?.(commit);
    } catch (cause) {
      const { message } = cause as Error;
      this.checked.world.fail(new Violation('znode-format', message, { cause }));
    }
  }

  /** For `World.addCheck`: looks at the logs when it is time to. */
  afterEvent(): void {
    if (this.checked.world.nowMs < this.#nextLookMs) return;
    this.#nextLookMs = this.checked.world.nowMs + LOOK_EVERY_MS;
    for (const checker of this.#checkers) checker.nowAndThen?.();
  }

  /** To be asked once faults have ended, until it says nothing more; within a bound, or the cluster does not heal. */
  whatIsNotWell(): string | undefined {
    return this.#liveness.whatIsNotWell();
  }

  /** To be asked once clients have gone, until it says nothing more; within a bound, or a broker keeps what it should not. */
  whatIsNotIdle(): string | undefined {
    return whatIsNotIdle(this.#context);
  }

  /** When faults are over, the cluster has healed and clients have gone. */
  atEnd(): void {
    for (const checker of this.#checkers) checker.atEnd?.();
  }
}
