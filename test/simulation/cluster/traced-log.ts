import { LOG_RANKS } from '../../../src/platform/log-areas';
import type { LogArea, LogLevel } from '../../../src/platform/log-areas';
import { LogBase } from '../../../src/platform/log-base';
import type { Log, LogFields } from '../../../src/platform/ports';
import type { World } from '../kernel/world';

/** What must be found at a glance. */
const LOUD: ReadonlySet<LogLevel> = new Set(['warn', 'error', 'fatal']);
/** A line for each request would push all others out of the last lines, and costs a quarter of a run. */
const LEVELS: Partial<Readonly<Record<LogArea, LogLevel>>> = { request: 'info' };

class TracedLog extends LogBase {
  constructor(
    private readonly world: World,
    private readonly where: string,
    private readonly fixed: LogFields,
    private readonly level: LogLevel = 'trace',
  ) {
    super();
  }

  override write(level: LogLevel, message: string, fields?: LogFields): void {
    if (!this.isEnabled(level)) return;
    const shown = LOUD.has(level) ? level.toUpperCase() : level;
    this.world.note(this.where, `${shown} ${message}`, { ...this.fixed, ...fields });
  }

  override isEnabled(level: LogLevel): boolean {
    return LOG_RANKS[level] <= LOG_RANKS[this.level];
  }

  override with(fields: LogFields): Log {
    return new TracedLog(this.world, this.where, { ...this.fixed, ...fields }, this.level);
  }

  override area(area: LogArea): Log {
    return new TracedLog(this.world, this.where, { ...this.fixed, area }, LEVELS[area]);
  }
}

/** A log whose lines go to the trace. */
export function tracedLog(world: World, where: string): Log {
  return new TracedLog(world, where, {});
}
