/** What can go wrong with ZooKeeper, by name; the numbers are ZooKeeper's `KeeperException.Code`. */

export const ZOOKEEPER_ERRORS = {
  SYSTEM_ERROR: -1,
  RUNTIME_INCONSISTENCY: -2,
  DATA_INCONSISTENCY: -3,
  CONNECTION_LOSS: -4,
  MARSHALLING_ERROR: -5,
  UNIMPLEMENTED: -6,
  OPERATION_TIMEOUT: -7,
  BAD_ARGUMENTS: -8,
  API_ERROR: -100,
  NO_NODE: -101,
  NO_AUTH: -102,
  BAD_VERSION: -103,
  NO_CHILDREN_FOR_EPHEMERALS: -108,
  NODE_EXISTS: -110,
  NOT_EMPTY: -111,
  SESSION_EXPIRED: -112,
  INVALID_CALLBACK: -113,
  INVALID_ACL: -114,
  AUTH_FAILED: -115,
  SESSION_MOVED: -118,
  NOT_READ_ONLY: -119,
  QUOTA_EXCEEDED: -125,
  THROTTLED_OP: -127,
} as const;

export type ZooKeeperErrorCode = keyof typeof ZOOKEEPER_ERRORS;

const NAMES = new Map<number, ZooKeeperErrorCode>(
  Object.entries(ZOOKEEPER_ERRORS).map(([name, code]) => [code, name as ZooKeeperErrorCode]),
);

/** The name of a numeric code; `undefined` for 0 (no error), SYSTEM_ERROR for a code nobody knows. */
export function zooKeeperErrorCode(code: number): ZooKeeperErrorCode | undefined {
  return code === 0 ? undefined : (NAMES.get(code) ?? 'SYSTEM_ERROR');
}

/**
 * A failed ZooKeeper operation.
 *
 * `maybeDone`: an earlier attempt of the same request was lost with its connection, so that this
 * answer may be about the request's own effect: NODE_EXISTS may name the node it created, BAD_VERSION
 * the version it wrote, NO_NODE the node it deleted. Whoever cares reads back.
 */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError';
  readonly maybeDone: boolean;
  constructor(
    readonly code: ZooKeeperErrorCode,
    readonly operation: string,
    readonly path: string,
    options: ErrorOptions & { maybeDone?: boolean } = {},
  ) {
    super(`${operation} ${path}: ${code}`, options);
    this.maybeDone = options.maybeDone ?? false;
  }
}

/** True for a `ZooKeeperError` with that code. */
export function isZooKeeperError(
  error: unknown,
  code: ZooKeeperErrorCode,
): error is ZooKeeperError {
  return error instanceof ZooKeeperError && error.code === code;
}

/** A fenced write was refused: `/controller_epoch` has moved on, so somebody else is controller (Kafka's ControllerMovedException). */
export class ControllerMovedError extends Error {
  override readonly name = 'ControllerMovedError';
  constructor(expectedEpochZkVersion: number) {
    super(
      `the controller epoch is no longer at znode version ${String(expectedEpochZkVersion)}: another broker is controller`,
    );
  }
}

/** A znode that does not hold what belongs there. */
export class ZnodeFormatError extends Error {
  override readonly name = 'ZnodeFormatError';
  constructor(
    readonly path: string,
    why: string,
    options?: ErrorOptions,
  ) {
    super(`znode ${path}: ${why}`, options);
  }
}

/** A KRaft controller owns the cluster's metadata (migration): ZooKeeper brokers may not write settings. */
export class MigrationInProgressError extends Error {
  override readonly name = 'MigrationInProgressError';
  constructor() {
    super('a KRaft controller owns the metadata of this cluster: settings cannot be written');
  }
}

/** A refused multi: `index` is the operation that failed, whose code this error carries; nothing was done. */
export class MultiError extends ZooKeeperError {
  constructor(
    code: ZooKeeperErrorCode,
    readonly index: number,
    path: string,
    options: ErrorOptions & { maybeDone?: boolean } = {},
  ) {
    super(code, 'multi', path, options);
  }
}
