import type { PartitionStateData } from '../../../src/zookeeper/types';
import type { TopicPartition } from '../history';
import type { Checker, CheckerContext } from './checker';
import type { Commit } from './committed-state';
import { nameOf, stateText } from './named';

/**
 * `/controller_epoch` only rises, and a partition's state is written by the controller of the present epoch alone:
 * whoever wins moves `/controller_epoch` in the multi that makes `/controller`, and every write of a controller checks
 * the znode's version in its own multi (KAFKA-6082). So whatever a deposed controller still tries fails, however late
 * it comes. No exception is known; Kafka's tools do not write partition states.
 */
export class ControllerEpochs implements Checker {
  readonly name = 'controller-epoch';
  #highest = -1;

  constructor(private readonly context: CheckerContext) {}

  onCommit(commit: Commit): void {
    if (commit.kind === 'controllerEpoch') this.#checkEpoch(commit.after);
    else if (commit.kind === 'partitionState' && commit.after)
      this.#checkWriter(commit.id, commit.after);
  }

  #checkEpoch(epoch: number | undefined): void {
    if (epoch === undefined || epoch <= this.#highest) {
      const now = epoch === undefined ? 'was deleted' : `became ${String(epoch)}`;
      this.context.fail(this, `/controller_epoch was ${String(this.#highest)} and ${now}`);
    } else this.#highest = epoch;
  }

  #checkWriter(id: TopicPartition, state: PartitionStateData): void {
    if (state.controllerEpoch === this.#highest) return;
    this.context.fail(
      this,
      `the state of ${nameOf(id)} was written by another controller than that of ` +
        `epoch ${String(this.#highest)}: ${stateText(state)}`,
    );
  }
}
