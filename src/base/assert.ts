/** A broken invariant. The broker that meets one stops: a wrong replica is worse than a dead one. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** States what must be true here; anything else is a bug, never a fault or a client's mistake. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Returns `value` when it is present; its absence is a bug. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new AssertionError(`missing: ${what}`);
  return value;
}

/** For the end of an exhaustive `switch`. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
