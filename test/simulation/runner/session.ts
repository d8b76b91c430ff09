/** What all ways of running share: where bundles and processes come from, and where lines go. */
import type { Patch } from '../mutants/patch';
import { BundleFolder } from './bundle';
import { WorkerPool } from './worker-pool';

export interface SessionOptions {
  /** The root of the repository. */
  readonly root: string;
  /** The modules that together are the `Simulation`, from the root. */
  readonly simulation: readonly string[];
  readonly workers: number;
  /** Real time after which a run counts as hanging. */
  readonly limitMs: number;
  readonly print: (text: string) => void;
}

export class Session {
  readonly #bundles: BundleFolder;
  readonly #pools = new Set<WorkerPool>();

  constructor(private readonly options: SessionOptions) {
    this.#bundles = new BundleFolder(options.root);
  }

  get print(): (text: string) => void {
    return this.options.print;
  }

  /** Processes that run the product with `patches`. Rejects when these do not apply, or the bundle cannot be made. */
  async pool(name: string, patches: readonly Patch[]): Promise<WorkerPool> {
    const { simulation, workers: size, limitMs } = this.options;
    const script = await this.#bundles.bundle({ simulation, patches, name });
    const pool = new WorkerPool({ script, size, limitMs });
    this.#pools.add(pool);
    return pool;
  }

  close(): void {
    for (const pool of this.#pools) pool.close();
    this.#bundles.remove();
  }
}
