/**
 * Bundles src/ and test/simulation/ into the one file that the worker processes run: it starts in a tenth of the time
 * that hundreds of files take, and a planted bug is patched in on the way.
 *
 * It lies in node_modules/.cache, where `require` still finds the packages that stay outside, and where no linter, no
 * test runner and no published package (as dist/ is) would find it.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type Patch, patched } from '../mutants/patch';

export interface BundleOptions {
  /** The modules that together are the `Simulation`, from the root. */
  readonly simulation: readonly string[];
  readonly patches: readonly Patch[];
  /** Names the file; letters, digits and dashes. */
  readonly name: string;
}

/** Bundles of one run, beside those of other runs; to be removed at its end. */
export class BundleFolder {
  readonly #path: string;

  /** `root`: of the repository. */
  constructor(private readonly root: string) {
    const parent = join(root, 'node_modules', '.cache', 'odradek-simulation');
    this.#path = join(parent, String(process.pid));
    mkdirSync(this.#path, { recursive: true });
  }

  /** Gives the path of the bundle. Throws when a patch does not apply. */
  async bundle({ simulation, patches, name }: BundleOptions): Promise<string> {
    const outfile = join(this.#path, `${name}.cjs`);
    const contents = [
      `import { serve } from './test/simulation/runner/worker';`,
      ...simulation.map((module, i) => `import * as part${String(i)} from './${module}';`),
      `serve({ ${simulation.map((_, i) => `...part${String(i)}`).join(', ')} });`,
    ].join('\n');
    await build({
      absWorkingDir: this.root,
      stdin: { contents, resolveDir: this.root, sourcefile: 'worker-entry.ts', loader: 'ts' },
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      packages: 'external',
      sourcemap: 'linked',
      sourcesContent: false,
      outfile,
      logLevel: 'silent',
      plugins: patches.length > 0 ? [patching(this.root, patches)] : [],
    });
    return outfile;
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

function patching(root: string, patches: readonly Patch[]): Plugin {
  const byPath = new Map<string, Patch[]>();
  for (const patch of patches) {
    const path = join(root, patch.file);
    byPath.set(path, [...(byPath.get(path) ?? []), patch]);
  }
  return {
    name: 'patching',
    setup: ({ onLoad, onEnd }) => {
      const applied = new Set<string>();
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const here = byPath.get(path);
        if (!here) return undefined;
        applied.add(path);
        return { contents: here.reduce(patched, readFileSync(path, 'utf8')), loader: 'ts' };
      });
      onEnd(() => {
        const unused = [...byPath.keys()].filter((path) => !applied.has(path));
        return { errors: unused.map((path) => ({ text: `nothing imports ${path}` })) };
      });
    },
  };
}
