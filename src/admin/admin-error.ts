/** What brokers refuse, and what a cluster cannot do, in words for whoever asked. */
import { ERRORS, errorName } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';

export class AdminError extends Error {
  override readonly name = 'AdminError';
  /** What a broker answered; `undefined` where none did. */
  readonly errorName: ErrorName | undefined;
  constructor(message: string, options: ErrorOptions & { errorName?: ErrorName } = {}) {
    super(message, options);
    this.errorName = options.errorName;
  }
}

/** `what` was refused with `code`; the broker's own words, where it sent any, go before the protocol's. */
export function refusal(what: string, code: number, message?: string | null): AdminError {
  const name = errorName(code);
  const words = message ?? '';
  const why = words === '' ? ERRORS[name].message : words;
  return new AdminError(`${what}: ${name} (${why})`, { errorName: name });
}

/** Throws a `refusal` unless `code` is NONE. */
export function refuseUnlessNone(what: string, code: number, message?: string | null): void {
  if (code !== ERRORS.NONE.code) throw refusal(what, code, message);
}
