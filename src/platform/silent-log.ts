import type { Log } from './ports';

/** A log that nobody reads: the default of the library, where the test's own output matters. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLog,
};
