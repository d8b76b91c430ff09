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
    const path = features.path();
    const found = await readIfExists(this.#context.session, path);
    if (!found) return undefined;
    const decoded = decodeOrWarn(this.#context.log, () => features.decode(found.data, path));
    return decoded && { ...decoded, epoch: found.stat.version };
  }

  /** Creates or overwrites `/feature`; resolves with its new epoch (znode version). */
  writeFeatures(finalized: Omit<FinalizedFeatures, 'epoch'>): Promise<number> {
    return setOrCreate(this.#context.session, features.path(), features.encode(finalized));
  }

  /** Registers and arms: `handler` runs on any change of `/feature`; reading it arms again only while it exists, so watch anew. */
  async watchFeatures(handler: () => void): Promise<void> {
    this.#context.session.watchData(features.path(), handler);
    await this.#context.session.exists(features.path());
  }

  unwatchFeatures(): void {
    this.#context.session.unwatchData(features.path());
  }
}
