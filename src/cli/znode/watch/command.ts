/** `odradek znode watch`: a sentence for each change, until Ctrl-C. */
import { deferred } from '../../../base/deferred';
import type { Log } from '../../../platform/ports';
import type { ZooKeeperOptions } from '../../arguments';
import { printItem } from '../../output';
import { decodeZnode, timeText } from '../decode';
import { normalise } from '../paths';
import { openSession } from '../session';
import type { Change } from './change';
import { Teller } from './teller';
import { Watcher } from './watcher';

export interface WatchOptions extends ZooKeeperOptions {
  readonly recursive: boolean;
  readonly time: boolean;
}

/** Long enough never to fire: a timer that is pending keeps the process alive while there is no connection. */
const KEEP_ALIVE_MS = 2 ** 30;

function notice(text: string): void {
  process.stderr.write(`odradek: ${text}\n`);
}

/** What the session tells of itself, for people: that it was away, and that it is back. */
function noticeLog(): Log {
  let wasLost = false;
  const log: Log = {
    ...{ trace: () => undefined, debug: () => undefined },
    info: (message) => {
      if (wasLost) notice(`${message} again; what changed meanwhile is told once for each znode`);
      wasLost = false;
    },
    warn: (message) => {
      wasLost = true;
      notice(message);
    },
    ...{ error: notice, fatal: notice },
    isEnabled: (level) => level !== 'debug' && level !== 'trace',
    ...{ with: () => log, area: () => log },
  };
  return log;
}

function side(path: string, znode: Change['before']): unknown {
  return znode ? decodeZnode(path, znode.data).value : null;
}

/** A change without a sentence is part of the one before it, and told to programs only. */
function tell(change: Change, sentence: string | undefined, options: WatchOptions): void {
  if (sentence === undefined && options.output === 'table') return;
  const time = timeText(Date.now());
  const { kind, path, before, after, hidden } = change;
  const value = {
    ...{ time, path, kind, sentence: sentence ?? null, hidden },
    version: after?.stat.version ?? null,
    before: side(path, before),
    after: side(path, after),
  };
  printItem(value, options, () => (options.time ? `${time} ${sentence ?? ''}` : (sentence ?? '')));
}

function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

export async function watch(typed: string | undefined, options: WatchOptions): Promise<void> {
  const root = normalise(typed ?? '/');
  const told = untilTold();
  const failure = deferred<never>();
  const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS);
  const session = await openSession(options, noticeLog());
  const teller = new Teller(session);
  const watcher = new Watcher(session, {
    root,
    depth: options.recursive ? Infinity : 1,
    onChange: async (change) => tell(change, await teller.tell(change), options),
    onUnreadable: (path) => notice(`${path} may not be read`),
    onFailure: (error) => failure.reject(error),
  });
  try {
    await teller.start();
    const count = await watcher.start();
    notice(
      count === 0 ? `${root} is not there yet; waiting` : `watching ${String(count)} znode(s)`,
    );
    await Promise.race([told, failure.promise]);
  } finally {
    watcher.stop();
    clearInterval(keepAlive);
    await session.close();
  }
}
