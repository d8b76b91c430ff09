import { LogBase } from './log-base';
import type { Log } from './ports';

class SilentLog extends LogBase {
  override write(): void {
    // Nobody reads it.
  }

  override isEnabled(): boolean {
    return false;
  }

  override with(): Log {
    return this;
  }

  override area(): Log {
    return this;
  }
}

/** A log that nobody reads: the default of the library, where the test's own output matters. */
export const silentLog: Log = new SilentLog();
