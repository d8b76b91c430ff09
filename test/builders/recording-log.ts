import { LogBase } from '../../src/platform/log-base';
import type { Log, LogFields } from '../../src/platform/ports';

/** Keeps log lines for tests that read them; prints nothing. */
export class RecordingLog extends LogBase {
  readonly lines: { level: string; message: string; fields: LogFields }[] = [];

  override write(level: string, message: string, fields: LogFields = {}): void {
    this.lines.push({ level, message, fields });
  }

  override isEnabled(): boolean {
    return true;
  }

  override with(): Log {
    return this;
  }

  override area(): Log {
    return this;
  }
}
