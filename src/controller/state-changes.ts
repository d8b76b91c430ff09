/**
 * The controller's lines of the state-change log (Kafka's `state.change.logger`), one for each partition or replica that
 * changes. Thousands may change at once: what is not written is not put together either.
 */
import type { Log } from '../platform/ports';
import type { PartitionStateData } from '../zookeeper/types';
import type { PartitionContext, Replica } from './state/context';
import { leadershipChange } from './state/leadership-change';

export class StateChanges {
  readonly #log: Log;
  readonly #prefix: string;

  constructor(log: Log, controllerEpoch: number) {
    this.#log = log.area('state-change');
    this.#prefix = `controller epoch ${String(controllerEpoch)}`;
  }

  /** Leader, ISR or leader epoch of the partition are others in ZooKeeper now: what operators look for after a fail-over. */
  noteLeadership(
    partition: PartitionContext,
    before: PartitionStateData | undefined,
    after: PartitionStateData,
  ): void {
    if (!this.#log.isEnabled('info')) return;
    this.#log.info(`${this.#prefix}, ${partition.key}, ${leadershipChange(before, after)}`);
  }

  /** A partition, or a replica, has moved between the states of its state machine. */
  noteTransition(of: PartitionContext | Replica, from: string, to: string): void {
    if (!this.#log.isEnabled('trace')) return;
    this.#log.trace(`${this.#prefix}, ${nameOf(of)}, ${from} → ${to}`);
  }

  noteFailure(
    of: PartitionContext | Replica,
    why: string,
    fields: { path?: string; error?: string } = {},
  ): void {
    this.#log.error(`${this.#prefix}, ${nameOf(of)}, state change failed: ${why}`, fields);
  }
}

function nameOf(of: PartitionContext | Replica): string {
  return 'broker' in of ? `replica ${String(of.broker)} of ${of.partition.key}` : of.key;
}
