/** How the sentence about one kind of znode is made. */
import { ZnodeFormatError } from '../../../zookeeper/errors';
import type { Change } from './change';

/** A change with both sides decoded; `before` is absent for what is new, `after` for what is gone. */
export interface Told<T> {
  readonly kind: 'created' | 'changed' | 'deleted' | 'recreated';
  readonly path: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** `undefined` where the data is not what belongs there: it is then told as it is. */
export type Tale = (
  change: Change,
  variables: Readonly<Record<string, string>>,
) => string | undefined;

type Decode<T> = (data: Buffer | null, path: string) => T;

/** `undefined` for what the change has not, `damaged` for what cannot be read. */
function decoded<T>(
  decode: Decode<T>,
  path: string,
  side: Change['before'],
): T | undefined | 'damaged' {
  if (!side) return undefined;
  try {
    return decode(side.data, path);
  } catch (error) {
    if (error instanceof ZnodeFormatError) return 'damaged';
    throw error;
  }
}

export function tale<T extends object | number>(
  decode: Decode<T>,
  tell: (told: Told<T>) => string,
): Tale {
  return ({ kind, path, before: old, after: now }, variables) => {
    if (kind === 'passed' || kind === 'unseen') return undefined;
    const before = decoded(decode, path, old);
    const after = decoded(decode, path, now);
    if (before === 'damaged' || after === 'damaged') return undefined;
    return tell({ kind, path, variables, before, after });
  };
}

/** For znodes whose name says all. */
export function plainTale(tell: (told: Omit<Told<object>, 'before' | 'after'>) => string): Tale {
  return ({ kind, path }, variables) =>
    kind === 'passed' || kind === 'unseen' ? undefined : tell({ kind, path, variables });
}

/** `leader 1 → 2`; nothing where both are the same. */
export function difference(name: string, before: unknown, after: unknown): string[] {
  const [old, now] = [String(before), String(after)];
  return old === now ? [] : [`${name} ${old} → ${now}`];
}

export function list(values: readonly (string | number)[]): string {
  return values.length === 0 ? 'none' : values.join(',');
}
