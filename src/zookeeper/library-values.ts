/** node-zookeeper-client's values (Buffers for 64-bit numbers, numeric codes) as ours. */

import { assert } from '../base/assert';
import { MultiError, ZooKeeperError, zooKeeperErrorCode } from './errors';
import type { Operation, OperationResult, Stat } from './session';

export interface LibraryStat {
  readonly czxid: Buffer;
  readonly mzxid: Buffer;
  readonly ctime: Buffer;
  readonly mtime: Buffer;
  readonly version: number;
  readonly cversion: number;
  readonly ephemeralOwner: Buffer;
  readonly numChildren: number;
}

/** One result of a multi as the library gives it; `err` for a refused one. */
export interface TransactionResult {
  readonly path?: string;
  readonly stat?: LibraryStat;
  readonly err?: number;
}

/** In a refused multi the operations before the culprit carry 0, those after it RUNTIME_INCONSISTENCY. */
export function throwFirstRefusal(
  operations: readonly Operation[],
  results: readonly TransactionResult[],
): void {
  const index = results.findIndex((result) => (result.err ?? 0) !== 0);
  if (index === -1) return;
  const code = zooKeeperErrorCode(results[index]?.err ?? 0) ?? 'SYSTEM_ERROR';
  throw new MultiError(code, index, operations[index]?.path ?? '/');
}

export function toResult(
  operation: Operation,
  result: TransactionResult | undefined,
): OperationResult {
  if (operation.type === 'create') return { type: 'create', path: result?.path ?? operation.path };
  if (operation.type !== 'set') return { type: operation.type };
  assert(result?.stat !== undefined, 'a set answers with a stat');
  return { type: 'set', stat: toStat(result.stat) };
}

export function toStat(stat: LibraryStat): Stat {
  return {
    czxid: toNumber(stat.czxid),
    mzxid: toNumber(stat.mzxid),
    ctimeMs: toNumber(stat.ctime),
    mtimeMs: toNumber(stat.mtime),
    version: stat.version,
    cversion: stat.cversion,
    ephemeralOwner: stat.ephemeralOwner.readBigUInt64BE(),
    numChildren: stat.numChildren,
  };
}

function toNumber(long: Buffer): number {
  const value = Number(long.readBigInt64BE());
  assert(Number.isSafeInteger(value), 'a transaction id or time of ZooKeeper is below 2^53');
  return value;
}

export function idBuffer(id: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(id);
  return buffer;
}

export function toError(error: unknown, operation: string, path: string): ZooKeeperError {
  const code = error instanceof Error && 'code' in error ? Number(error.code) : NaN;
  return new ZooKeeperError(zooKeeperErrorCode(code) ?? 'SYSTEM_ERROR', operation, path, {
    cause: error,
  });
}

export function sizeOf(path: string, data: Buffer | null): number {
  return path.length + (data?.length ?? 0) + 64;
}
