/** Small compositions of session operations that the areas of the store share. */

import type { Clock, Log } from '../platform/ports';
import {
  ControllerMovedError,
  MultiError,
  ZnodeFormatError,
  type ZooKeeperErrorCode,
  isZooKeeperError,
} from './errors';
import {
  ANY_VERSION,
  type Operation,
  type OperationResult,
  type ZnodeData,
  type ZooKeeperSession,
} from './session';
import type { ControllerFence } from './types';
import { controllerEpoch } from './znodes';

/** What every area of the store works with. */
export interface StoreContext {
  readonly session: ZooKeeperSession;
  readonly clock: Clock;
  readonly log: Log;
}

/** Enough to keep the session's pipeline full while answers are handled. */
const PIPELINE_DEPTH = 64;

/** Runs `task` for all items, some at a time; results are in the order of the items. */
export async function pipelined<T, R>(
  items: readonly T[],
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array<R>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await task(items[i] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PIPELINE_DEPTH, items.length) }, work));
  return results;
}

/** Slices of at most `size` items. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

export async function readIfExists(
  session: ZooKeeperSession,
  path: string,
): Promise<ZnodeData | undefined> {
  try {
    return await session.getData(path);
  } catch (error) {
    if (isZooKeeperError(error, 'NO_NODE')) return undefined;
    throw error;
  }
}

/** Names of the children; none if the node is missing. */
export async function childrenIfExists(
  session: ZooKeeperSession,
  path: string,
): Promise<readonly string[]> {
  try {
    return (await session.getChildren(path)).children;
  } catch (error) {
    if (isZooKeeperError(error, 'NO_NODE')) return [];
    throw error;
  }
}

/** Creates a persistent node, and its parents (without data) where they are missing. Rejects with NODE_EXISTS. */
export async function createRecursive(
  session: ZooKeeperSession,
  path: string,
  data: Buffer | null,
): Promise<void> {
  try {
    await session.create(path, data);
  } catch (error) {
    if (!isZooKeeperError(error, 'NO_NODE')) throw error;
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (parent === '') throw error;
    await ignoring('NODE_EXISTS', createRecursive(session, parent, null));
    await session.create(path, data);
  }
}

/** Sets the node's data whatever its version; creates the node, with parents, if it is missing. Resolves with its version. */
export async function setOrCreate(
  session: ZooKeeperSession,
  path: string,
  data: Buffer,
): Promise<number> {
  for (;;) {
    try {
      return (await session.setData(path, data, ANY_VERSION)).version;
    } catch (error) {
      if (!isZooKeeperError(error, 'NO_NODE')) throw error;
    }
    try {
      await createRecursive(session, path, data);
      return 0;
    } catch (error) {
      if (!isZooKeeperError(error, 'NODE_EXISTS')) throw error;
    }
  }
}

/** Awaits `work`; a failure with that code counts as done. */
export async function ignoring(code: ZooKeeperErrorCode, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isZooKeeperError(error, code)) throw error;
  }
}

/**
 * A multi that takes effect only while the fence holds (Kafka's `controllerZkVersionCheck`). Rejects with
 * `ControllerMovedError`, or with a `MultiError` whose index counts `operations`.
 */
export async function fenced(
  session: ZooKeeperSession,
  fence: ControllerFence,
  operations: readonly Operation[],
): Promise<OperationResult[]> {
  const path = controllerEpoch.path();
  const check: Operation = { type: 'check', path, version: fence.epochZkVersion };
  try {
    return (await session.multi([check, ...operations])).slice(1);
  } catch (error) {
    if (!(error instanceof MultiError)) throw error;
    if (error.index === 0) throw new ControllerMovedError(fence.epochZkVersion);
    throw new MultiError(error.code, error.index - 1, error.path, {
      cause: error,
      maybeDone: error.maybeDone,
    });
  }
}

/** Deletes nodes whatever their versions; missing ones are fine. */
export async function fencedDelete(
  session: ZooKeeperSession,
  fence: ControllerFence,
  paths: readonly string[],
): Promise<void> {
  await pipelined(paths, (path) =>
    ignoring('NO_NODE', fenced(session, fence, [{ type: 'delete', path, version: ANY_VERSION }])),
  );
}

/** Reads a value; a malformed one is logged and left out. */
export function decodeOrWarn<T>(log: Log, decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ZnodeFormatError)) throw error;
    log.warn('ignoring an unreadable znode', { path: error.path, why: error.message });
    return undefined;
  }
}
