/**
 * AddPartitionsToTxn (24), versions 0 to 5. Registers partitions in a transaction. Versions 0-3 are
 * for clients, 4 and later for brokers.
 * Since v2 PRODUCER_FENCED · v3 flexible · v4 transactions, errorCode, resultsByTransaction,
 * several transactions, verifyOnly (KIP-890) · v5 TRANSACTION_ABORTABLE.
 */
import type { Fields, MessageSpec, TypeOf } from '../schema';

const AddPartitionsToTxnTopic = {
  name: { type: 'string' },
  partitions: { type: 'array', of: 'int32' },
} as const satisfies Fields;

export const AddPartitionsToTxnRequest = {
  apiKey: 24,
  versions: [0, 5],
  flexibleSince: 3,
  fields: {
    transactions: {
      type: 'array',
      since: 4,
      of: {
        transactionalId: { type: 'string' },
        producerId: { type: 'int64' },
        producerEpoch: { type: 'int16' },
        verifyOnly: { type: 'bool', default: false },
        topics: { type: 'array', of: AddPartitionsToTxnTopic },
      },
    },
    v3AndBelowTransactionalId: { type: 'string', until: 3 },
    v3AndBelowProducerId: { type: 'int64', until: 3 },
    v3AndBelowProducerEpoch: { type: 'int16', until: 3 },
    v3AndBelowTopics: { type: 'array', of: AddPartitionsToTxnTopic, until: 3 },
  },
} as const satisfies MessageSpec;
export type AddPartitionsToTxnRequest = TypeOf<typeof AddPartitionsToTxnRequest>;

const AddPartitionsToTxnPartitionResult = {
  partitionIndex: { type: 'int32' },
  partitionErrorCode: { type: 'int16' },
} as const satisfies Fields;

const AddPartitionsToTxnTopicResult = {
  name: { type: 'string' },
  resultsByPartition: { type: 'array', of: AddPartitionsToTxnPartitionResult },
} as const satisfies Fields;

export const AddPartitionsToTxnResponse = {
  apiKey: 24,
  versions: [0, 5],
  flexibleSince: 3,
  fields: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16', since: 4, ignorable: true },
    resultsByTransaction: {
      type: 'array',
      since: 4,
      of: {
        transactionalId: { type: 'string' },
        topicResults: { type: 'array', of: AddPartitionsToTxnTopicResult },
      },
    },
    resultsByTopicV3AndBelow: { type: 'array', of: AddPartitionsToTxnTopicResult, until: 3 },
  },
} as const satisfies MessageSpec;
export type AddPartitionsToTxnResponse = TypeOf<typeof AddPartitionsToTxnResponse>;
