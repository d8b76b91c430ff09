/** How measurements end early: Ctrl-C ends them in order, with what was measured until then. */
import { EXIT_CODES, endWith } from '../exit-codes';

/** Long enough never to fire: a pending timer keeps the process alive while it waits to try again. */
const KEEP_ALIVE_MS = 2 ** 30;

/**
 * Runs `work`; at the first SIGINT or SIGTERM calls `stop`, and the process will end with 130. A second one ends
 * the process at once.
 */
export async function interruptible<T>(stop: () => void, work: () => Promise<T>): Promise<T> {
  const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS);
  let isInterrupted = false;
  const onSignal = (): void => {
    if (isInterrupted) process.exit(EXIT_CODES.interrupted.code);
    isInterrupted = true;
    endWith('interrupted');
    stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await work();
  } finally {
    clearInterval(keepAlive);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
