/** The server's results as the product's session gives them. Bytes are copied: a real client gets its own. */
import { assert } from '../../../src/base/assert';
import { OPEN_ACL } from '../../../src/zookeeper-server/access';
import type { ErrorName } from '../../../src/zookeeper-server/errors';
import type { CreateRequest, WriteOperation } from '../../../src/zookeeper-server/request';
import type { Result } from '../../../src/zookeeper-server/response';
import type { Stat as ServerStat } from '../../../src/zookeeper-server/znode';
import { MultiError, ZOOKEEPER_ERRORS } from '../../../src/zookeeper/errors';
import type { ZooKeeperErrorCode } from '../../../src/zookeeper/errors';
import type { CreateMode, Operation, OperationResult, Stat } from '../../../src/zookeeper/session';

const FLAGS: Readonly<Record<CreateMode, number>> = {
  persistent: 0,
  ephemeral: 1,
  'persistent-sequential': 2,
};

/** The result if it is of that kind; anything else is a mistake of the simulation. */
export function resultOf<T extends Result['type']>(
  result: Result,
  type: T,
): Extract<Result, { type: T }> {
  assert(result.type === type, `an answer ${result.type} where ${type} was expected`);
  return result as Extract<Result, { type: T }>;
}

export function codeOf(name: ErrorName): ZooKeeperErrorCode {
  return name in ZOOKEEPER_ERRORS ? (name as ZooKeeperErrorCode) : 'SYSTEM_ERROR';
}

export function toStat({ ctime, mtime, ...stat }: ServerStat): Stat {
  const { czxid, mzxid, version, cversion, ephemeralOwner, numChildren } = stat;
  const times = { ctimeMs: ctime, mtimeMs: mtime };
  return { czxid, mzxid, ...times, version, cversion, ephemeralOwner, numChildren };
}

export function copyOf(data: Buffer | null): Buffer | null {
  return data && Buffer.from(data);
}

export function createRequest(path: string, data: Buffer | null, mode: CreateMode): CreateRequest {
  const flags = FLAGS[mode];
  return { type: 'create', path, data: copyOf(data), acl: OPEN_ACL, flags, withStat: false };
}

/** An operation of a multi, on the full path. */
export function toServerOperation(operation: Operation, path: string): WriteOperation {
  switch (operation.type) {
    case 'check':
    case 'delete':
      return { type: operation.type, path, version: operation.version };
    case 'set':
      return {
        type: 'setData',
        path,
        data: copyOf(operation.data),
        version: operation.version,
      };
    case 'create':
      return createRequest(path, operation.data, operation.mode);
  }
}

/** Throws a `MultiError` for the operation that was refused, if one was. `relative` takes the chroot off a path. */
export function toOperationResults(
  operations: readonly Operation[],
  result: Result,
  relative: (path: string) => string,
): OperationResult[] {
  const answers = resultOf(result, 'operations').operations;
  return operations.map((operation, index): OperationResult => {
    const answer = answers[index];
    assert(answer !== undefined, 'a multi answers each of its operations');
    if ('error' in answer) throw refusalOf(operations, answers);
    if (operation.type === 'create') {
      return { type: 'create', path: relative(resultOf(answer.result, 'path').path) };
    }
    if (operation.type !== 'set') return { type: operation.type };
    return { type: 'set', stat: toStat(resultOf(answer.result, 'stat').stat) };
  });
}

/** The operations before the one that was refused say OK. */
function refusalOf(
  operations: readonly Operation[],
  answers: readonly ({ readonly error: ErrorName } | object)[],
): MultiError {
  const errors = answers.map((answer) => ('error' in answer ? answer.error : 'OK'));
  const index = errors.findIndex((name) => name !== 'OK');
  return new MultiError(codeOf(errors[index] ?? 'OK'), index, operations[index]?.path ?? '/');
}
