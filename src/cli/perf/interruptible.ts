/** How measurements end early: Ctrl-C ends them in order, with what was measured until then. */

/** Long enough never to fire: a pending timer keeps the process alive while it waits to try again. */
const KEEP_ALIVE_MS = 2 ** 30;
/** As shells tell that a command was ended by SIGINT. */
const EXIT_CODE_OF_INTERRUPT = 130;

/**
 * Runs `work`; at the first SIGINT or SIGTERM calls `stop`, and the process will end with 130. A second one ends
 * the process at once.
 */
export async function interruptible<T>(stop: () => void, work: () => Promise<T>): Promise<T> {
  const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS);
  let isInterrupted = false;
  const onSignal = (): void => {
    if (isInterrupted) process.exit(EXIT_CODE_OF_INTERRUPT);
    isInterrupted = true;
    process.exitCode = EXIT_CODE_OF_INTERRUPT;
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
