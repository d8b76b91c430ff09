import type { BrokerView } from './cluster-under-test';
import type { Checker, CheckerContext } from './checker';
import { nameOf } from './named';

/** By topic id and partition: the highest partition epoch that a broker has been told of. */
type Told = Map<string, number>;

/**
 * What a broker is told of a partition never becomes older: a controller tells each broker of its changes in their
 * order, the next controller begins from what ZooKeeper has after its election, and a broker refuses the word of a
 * controller whose epoch is over (`StaleControllerEpoch`), however late it comes. A process begins without knowledge, and
 * a topic that was made anew begins anew.
 */
export class ToldStates implements Checker {
  readonly name = 'told-state';
  /** By broker and its process. */
  readonly #told = new Map<string, Told>();

  constructor(private readonly context: CheckerContext) {}

  nowAndThen(): void {
    for (const broker of this.context.cluster.brokers()) if (broker.isAlive) this.#look(broker);
  }

  atEnd(): void {
    this.nowAndThen();
  }

  #look(broker: BrokerView): void {
    const told = this.#toldTo(broker);
    for (const [topic, { partitions }] of this.context.committed.topics) {
      for (const partition of partitions.keys()) {
        const believed = broker.metadataOf(topic, partition);
        if (!believed) continue;
        const key = `${believed.topicId ?? topic}/${String(partition)}`;
        const before = told.get(key) ?? -1;
        if (believed.partitionEpoch < before) {
          this.context.fail(
            this,
            `broker ${String(broker.id)} believes in partition epoch ${String(believed.partitionEpoch)} of ` +
              `${nameOf({ topic, partition })}, after it was told of ${String(before)}`,
          );
        }
        told.set(key, believed.partitionEpoch);
      }
    }
  }

  #toldTo({ id, life }: BrokerView): Told {
    const process = `${String(id)}/${String(life)}`;
    const told = this.#told.get(process) ?? new Map<string, number>();
    this.#told.set(process, told);
    return told;
  }
}
