import type { Clock } from '../platform/ports';

export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.callAfter(delayMs, resolve));
}
