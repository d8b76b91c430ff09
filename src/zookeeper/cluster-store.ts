import { isZooKeeperError } from './errors';
import {
  type StoreContext,
  createRecursive,
  decodeOrWarn,
  ignoring,
  pipelined,
  readIfExists,
  setOrCreate,
} from './operations';
import { ANY_VERSION } from './session';
import type { FinalizedFeatures } from './types';
import { PERSISTENT_ROOTS, brokerSequence, clusterId, features } from './znodes';

const NO_BYTES = Buffer.alloc(0);

/** What belongs to the cluster as a whole. */
export class ClusterStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Creates the persistent nodes every broker expects (Kafka's `createTopLevelPaths`). */
  async ensureRoots(): Promise<void> {
    const { session } = this.#context;
    const found = await pipelined(PERSISTENT_ROOTS, (path) => session.exists(path));
    for (const path of PERSISTENT_ROOTS.filter((_, i) => !found[i])) {
      await ignoring('NODE_EXISTS', createRecursive(session, path, null));
    }
  }

  /** The cluster's id; the first broker ever writes `proposed`. Throws `ZnodeFormatError`. */
  async getOrCreateClusterId(proposed: string): Promise<string> {
    const { session } = this.#context;
    const path = clusterId.path();
    const found = await readIfExists(session, path);
    if (found) return clusterId.decode(found.data, path);
    await ignoring('NODE_EXISTS', createRecursive(session, path, clusterId.encode(proposed)));
    return clusterId.decode((await session.getData(path)).data, path);
  }

  /** A broker id nobody had, above `reservedMax` (`reserved.broker.max.id`). */
  async generateBrokerId(reservedMax: number): Promise<number> {
    const { session } = this.#context;
    const path = brokerSequence.path();
    for (;;) {
      try {
        return (await session.setData(path, NO_BYTES, ANY_VERSION)).version + reservedMax;
      } catch (error) {
        if (!isZooKeeperError(error, 'NO_NODE')) throw error;
        await ignoring('NODE_EXISTS', createRecursive(session, path, null));
      }
    }
  }

  /** `undefined` if there is none, or none that can be read. */
  async features(): Promise<FinalizedFeatures | undefined> {
    const { session, log } = this.#context;
    const path = features.path();
    for (;;) {
      const found = await readIfExists(session, path);
      if (found) {
        const decoded = decodeOrWarn(log, () => features.decode(found.data, path));
        return decoded && { ...decoded, epoch: found.stat.version };
      }
      // A watch on a node that is not there yet is set by `exists` only.
      if (!(await session.exists(path))) return undefined;
    }
  }

  /** Creates or overwrites `/feature`; resolves with its new epoch (znode version). */
  writeFeatures(finalized: Omit<FinalizedFeatures, 'epoch'>): Promise<number> {
    return setOrCreate(this.#context.session, features.path(), features.encode(finalized));
  }

  /** `handler` runs when `/feature` is created, changed or deleted; armed by `features`. */
  watchFeatures(handler: () => void): void {
    this.#context.session.watchData(features.path(), handler);
  }

  unwatchFeatures(): void {
    this.#context.session.unwatchData(features.path());
  }
}
