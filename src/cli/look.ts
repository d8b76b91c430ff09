/** A look at the cluster that is meant, by its brokers, its ZooKeeper or both. */
import { keepingAlive, requirePlainText } from './admin';
import type { PlaceOptions } from './arguments';
import type { Picture } from './inspect/picture';

/** `watchMs`: how long moves of partitions are watched. Changes nothing. */
export async function lookAt(options: PlaceOptions, watchMs: number): Promise<Picture> {
  requirePlainText(options.properties);
  const { inspect } = require('./inspect/inspect') as typeof import('./inspect/inspect');
  const { nodePlatform } = require('../platform/node') as typeof import('../platform/node');
  const { zookeeper, bootstrapServer } = options;
  return keepingAlive(() =>
    inspect({
      platform: nodePlatform(),
      bootstrap: bootstrapServer,
      zookeeperConnect: zookeeper,
      watchMs,
    }),
  );
}
