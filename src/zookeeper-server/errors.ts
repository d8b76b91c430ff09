/** Error codes of the ZooKeeper protocol (org.apache.zookeeper.KeeperException.Code) that this server answers. */
export const ERROR_CODES = {
  OK: 0,
  RUNTIME_INCONSISTENCY: -2,
  UNIMPLEMENTED: -6,
  BAD_ARGUMENTS: -8,
  NO_NODE: -101,
  NO_AUTH: -102,
  BAD_VERSION: -103,
  NO_CHILDREN_FOR_EPHEMERALS: -108,
  NODE_EXISTS: -110,
  NOT_EMPTY: -111,
  SESSION_EXPIRED: -112,
  INVALID_ACL: -114,
  AUTH_FAILED: -115,
  NO_WATCHER: -121,
} as const satisfies Record<string, number>;

export type ErrorName = keyof typeof ERROR_CODES;

/** A request that is answered with an error code; the connection goes on. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly errorName: ErrorName,
    detail: string,
  ) {
    super(`${errorName}: ${detail}`);
  }
}

/** Why the server cannot start or go on, in words for its operator. */
export class ZooKeeperServerError extends Error {
  override readonly name = 'ZooKeeperServerError';
}
