import { FileError } from '../../../src/platform/ports';
import type { DiskOperation } from './latency';

/** Operations that fail from now on. */
export interface DiskFault {
  /** `EIO` unless given. */
  readonly code?: string;
  /** All unless given. */
  readonly operations?: readonly DiskOperation[];
  /** Only at and below this path. */
  readonly pathPrefix?: string;
  /** Only on such paths. */
  readonly isMeant?: (path: string) => boolean;
  /** How many operations fail, until the fault is over by itself; until healed unless given. */
  readonly times?: number;
}

interface Rule {
  readonly fault: DiskFault;
  timesLeft: number;
}

/** Which operations fail. */
export class DiskFaults {
  #rules: Rule[] = [];

  get areAny(): boolean {
    return this.#rules.length > 0;
  }

  add(fault: DiskFault): void {
    this.#rules.push({ fault, timesLeft: fault.times ?? Number.POSITIVE_INFINITY });
  }

  heal(): void {
    this.#rules = [];
  }

  /** How this operation is to fail. */
  failureOf(kind: DiskOperation, path: string, operation: string): FileError | undefined {
    if (this.#rules.length === 0) return undefined;
    const rule = this.#rules.find(({ fault }) => isMeant(fault, kind, path));
    if (!rule) return undefined;
    rule.timesLeft -= 1;
    if (rule.timesLeft <= 0) this.#rules = this.#rules.filter((each) => each !== rule);
    return new FileError(path, rule.fault.code ?? 'EIO', operation);
  }
}

function isMeant(fault: DiskFault, kind: DiskOperation, path: string): boolean {
  const { operations, pathPrefix, isMeant: isMeantPath } = fault;
  if (operations && !operations.includes(kind)) return false;
  if (isMeantPath && !isMeantPath(path)) return false;
  return pathPrefix === undefined || isAtOrBelow(path, pathPrefix);
}

function isAtOrBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}
