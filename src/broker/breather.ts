/** Lets long work on the event loop give way: it has a slice of time, and then everything else has a turn. */
import type { Clock } from '../platform/ports';

/** How long one piece of work may keep everything else waiting. */
const MAX_SLICE_MS = 5;

/** Asked between two steps; where the slice is over, what to wait for before the next one. */
export type Breather = () => Promise<void> | undefined;

/** The first slice begins now. */
export function breatherOf(clock: Clock): Breather {
  let startMs = clock.monotonicMs();
  return () => {
    if (clock.monotonicMs() - startMs < MAX_SLICE_MS) return undefined;
    return new Promise((resolve) => {
      clock.callAtEndOfTick(() => {
        startMs = clock.monotonicMs();
        resolve();
      });
    });
  };
}
