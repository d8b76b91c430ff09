/** How commands that serve begin and end. */
import { EXIT_CODES } from './exit-codes';

export interface Service<T> {
  start(): Promise<T>;
  /** Called once it serves. */
  announce(running: T): void;
  /**
   * Called when it is told to stop before it serves; after it the process ends with 0. Without it the start is
   * waited for, and followed by `stop`.
   */
  giveUp?(why: string): void;
  /** `why`: the signal that tells it to, or that the process that started it has ended. */
  stop(running: T, why: string): Promise<void>;
  /** Called before a second signal ends the process at once. */
  onImpatience?(signal: string): void;
}

/** Long enough never to fire: a timer that is pending keeps the process alive. */
const KEEP_ALIVE_MS = 2 ** 30;

/** As shells tell of a process that a signal has ended. */
const CODES_OF_SIGNALS = { SIGINT: EXIT_CODES.interrupted.code, SIGTERM: 143 } as const;

/**
 * Lets Ctrl-C and `docker stop` end the first process of a container: Linux keeps from that one every signal that
 * it does not handle. A command that ends in an order of its own listens too, and is left to it.
 */
export function beMortalAsFirstProcess(): void {
  if (process.pid !== 1) return;
  for (const [signal, code] of Object.entries(CODES_OF_SIGNALS)) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
  }
}

/**
 * Serves until SIGINT or SIGTERM (or, started by another process, until that one ends), then stops in
 * order. A second signal ends the process at once, should stopping hang.
 */
export async function serve<T>(service: Service<T>): Promise<void> {
  // Other commands end with the reader of their output; who serves has others to serve.
  process.stdout.removeAllListeners('error').on('error', () => undefined);
  const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS);
  let isToldToStop = false;
  const toldToStop = new Promise<string>((resolve) => {
    const stop = (why: string): void => {
      isToldToStop = true;
      resolve(why);
    };
    const onSignal = (name: NodeJS.Signals): void => {
      if (isToldToStop) {
        service.onImpatience?.(name);
        process.exit(EXIT_CODES.interrupted.code);
      }
      stop(name);
    };
    process.on('SIGTERM', onSignal);
    // A terminal's Ctrl-C reaches all processes: one that another one started waits for what that one decides.
    process.on('SIGINT', process.connected ? () => undefined : onSignal);
    process.once('disconnect', () => stop('the process that started it has ended'));
  });
  let isStarting = true;
  if (service.giveUp)
    void toldToStop.then((why) => {
      if (!isStarting) return;
      service.giveUp?.(why);
      process.exit(0);
    });
  try {
    const running = await service.start();
    isStarting = false;
    service.announce(running);
    const why = await toldToStop;
    await service.stop(running, why);
  } finally {
    clearInterval(keepAlive);
  }
}
