/**
 * The operations that a client is told it may carry out: all of them, since nothing is forbidden without an
 * authorizer. Bits are codes of `org.apache.kafka.common.acl.AclOperation`.
 */

const OPERATION = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const;

function bitsOf(...operations: readonly (keyof typeof OPERATION)[]): number {
  return operations.reduce((bits, operation) => bits | (1 << OPERATION[operation]), 0);
}

/** In place of the bits where the client did not ask for them. */
export const NOT_REQUESTED = -(2 ** 31);

export const ALL_TOPIC_OPERATIONS = bitsOf(
  'read',
  'write',
  'create',
  'delete',
  'alter',
  'describe',
  'describeConfigs',
  'alterConfigs',
);

export const ALL_CLUSTER_OPERATIONS = bitsOf(
  'create',
  'alter',
  'describe',
  'clusterAction',
  'describeConfigs',
  'alterConfigs',
  'idempotentWrite',
);

export const ALL_GROUP_OPERATIONS = bitsOf('read', 'delete', 'describe');
