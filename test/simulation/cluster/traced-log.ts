import type { LogArea, LogLevel } from '../../../src/platform/log-areas';
import { LogBase } from '../../../src/platform/log-base';
import type { Log, LogFields } from '../../../src/platform/ports';
import type { World } from '../kernel/world';

/** What must be found at a glance. */
const LOUD: ReadonlySet<LogLevel> = new Set(['warn', 'error', 'fatal']);

class TracedLog extends LogBase {
  constructor(
    private readonly world: World,
    private readonly where: string,
    private readonly fixed: LogFields,
  ) {
    super();
  }

  override write(level: LogLevel, message: string, fields?: LogFields): void {
    const shown = LOUD.has(level) ? level.toUpperCase() : level;
    this.world.note(this.where, `${shown} ${message}`, { ...this.fixed, ...fields });
  }

  override isEnabled(): boolean {
    return true;
  }

  override with(fields: LogFields): Log {
    return new TracedLog(this.world, this.where, { ...this.fixed, ...fields });
  }

  override area(area: LogArea): Log {
    return this.with({ area });
  }
}

/** A log whose lines go to the trace. */
export function tracedLog(world: World, where: string): Log {
  return new TracedLog(world, where, {});
}
