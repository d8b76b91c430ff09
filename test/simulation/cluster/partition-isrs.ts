import { partitionState } from '../../../src/zookeeper/znodes';
import type { Tree } from '../../../src/zookeeper-server/tree';

const TOPICS = '/brokers/topics';

/** The ISR of every partition that has a state. */
export function partitionIsrs(tree: Tree): (readonly number[])[] {
  const isrs: (readonly number[])[] = [];
  for (const topic of tree.get(TOPICS)?.children ?? []) {
    const partitions = `${TOPICS}/${topic}/partitions`;
    for (const partition of tree.get(partitions)?.children ?? []) {
      const path = `${partitions}/${partition}/state`;
      const data = tree.get(path)?.data;
      if (data) isrs.push(partitionState.decode(data, path).isr);
    }
  }
  return isrs;
}
