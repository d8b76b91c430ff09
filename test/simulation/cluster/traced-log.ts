import type { Log, LogFields } from '../../../src/platform/ports';
import type { World } from '../kernel/world';

/** A log whose lines go to the trace. */
export function tracedLog(world: World, where: string, fixed: LogFields = {}): Log {
  const line =
    (level: string) =>
    (message: string, fields?: LogFields): void =>
      world.note(where, `${level} ${message}`, { ...fixed, ...fields });
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('WARN'),
    error: line('ERROR'),
    with: (fields) => tracedLog(world, where, { ...fixed, ...fields }),
  };
}
