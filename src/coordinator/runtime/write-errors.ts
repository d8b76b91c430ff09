/** What a client hears if the coordinator's own append fails (Kafka's `GroupMetadataManager`). */

import type { ErrorName } from '../../protocol/errors';

const OF_ANY_WRITE: Partial<Record<ErrorName, ErrorName>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'COORDINATOR_NOT_AVAILABLE',
  NOT_ENOUGH_REPLICAS: 'COORDINATOR_NOT_AVAILABLE',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'COORDINATOR_NOT_AVAILABLE',
  NOT_LEADER_OR_FOLLOWER: 'NOT_COORDINATOR',
  KAFKA_STORAGE_ERROR: 'NOT_COORDINATOR',
};

const OF_GROUP_WRITE: Partial<Record<ErrorName, ErrorName>> = {
  ...OF_ANY_WRITE,
  REQUEST_TIMED_OUT: 'REBALANCE_IN_PROGRESS',
  MESSAGE_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
  RECORD_LIST_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
  INVALID_FETCH_SIZE: 'UNKNOWN_SERVER_ERROR',
};

const OF_OFFSET_WRITE: Partial<Record<ErrorName, ErrorName>> = {
  ...OF_ANY_WRITE,
  // Transaction verification may fail with it; a client retries on this one without a new look-up.
  NETWORK_EXCEPTION: 'COORDINATOR_LOAD_IN_PROGRESS',
  MESSAGE_TOO_LARGE: 'INVALID_COMMIT_OFFSET_SIZE',
  RECORD_LIST_TOO_LARGE: 'INVALID_COMMIT_OFFSET_SIZE',
  INVALID_FETCH_SIZE: 'INVALID_COMMIT_OFFSET_SIZE',
};

export function groupWriteError(error: ErrorName): ErrorName {
  return OF_GROUP_WRITE[error] ?? error;
}

export function offsetWriteError(error: ErrorName): ErrorName {
  return OF_OFFSET_WRITE[error] ?? error;
}
