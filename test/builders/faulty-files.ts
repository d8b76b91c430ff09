/** The machine's file system with operations that fail when a test says so. */
import { nodePlatform } from '../../src/platform/node';
import { FileError } from '../../src/platform/ports';
import type { Files, OpenFile } from '../../src/platform/ports';

/** Decides whether an operation (`writeSync`, `renameSync`, `sync`, …) on a path fails. */
export type Fault = (operation: string, path: string) => boolean;

/** What an operation gives whose own operations may fail: a file, or a lock (`release`). */
type Handle = OpenFile | NonNullable<ReturnType<Files['lockSync']>>;

export class FaultyFiles {
  fault: Fault = () => false;
  /** Every operation so far, as `operation path`. */
  readonly operations: string[] = [];
  readonly files: Files = this.#wrap(nodePlatform().files, (args) => String(args[0]));

  #wrap<T extends object>(target: T, pathOf: (args: unknown[]) => string): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const path = pathOf(args);
          this.#check(String(name), path);
          const result: unknown = Reflect.apply(value, target, args);
          const isHandle = name === 'openSync' || (name === 'lockSync' && result !== undefined);
          return isHandle ? this.#wrap(result as Handle, () => path) : result;
        };
      },
    });
  }

  #check(operation: string, path: string): void {
    this.operations.push(`${operation} ${path}`);
    if (this.fault(operation, path)) throw new FileError(path, 'EIO', operation);
  }
}
