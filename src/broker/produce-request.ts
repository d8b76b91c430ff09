/**
 * The part of Produce that is about one partition: checks that depend on the request's version, the
 * append, and the answer (`org.apache.kafka.common.requests.ProduceRequest.validateRecords`).
 */
import { errorCode, ProtocolError } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type { ProduceResponse } from '../protocol/messages/00-produce';
import { batchSizeAt, compressionCodecOf, HEADER_SIZE, magicOf } from '../protocol/records/batch';
import { hasBatchAt } from '../protocol/records/reader';
import type { InputOf } from '../protocol/schema';
import type { Partition } from '../replication/partition';
import type { AppendResult } from '../storage/types';
import { InvalidBatchError, InvalidRecordsError } from '../storage/types';
import type { RequestContext } from './handler';
import { currentLeader, requirePartition } from './hosted-partition';
import { isInternalTopic } from './topic-name';
import type { Traffic } from './traffic';

type PartitionAnswer = InputOf<
  typeof ProduceResponse
>['responses'][number]['partitionResponses'][number];

const MAGIC_V2 = 2;
const FIRST_VERSION_WITH_BATCHES = 3;
const FIRST_VERSION_WITH_ZSTD = 7;
const FIRST_VERSION_WITH_LEADER = 10;
/** The client id of tools that repair internal topics; nobody else may write there. */
const ADMIN_CLIENT_ID = '__admin_client';

/** One partition's append: what came of it, or why it was refused. */
export type Append =
  | { readonly partition: Partition; readonly result: AppendResult }
  | { readonly refusal: ProtocolError; readonly logStartOffset: number };

/** Refusals that do not tell where the log starts (`kafka.server.ReplicaManager.appendToLocalLog`). */
const WITHOUT_LOG_START: ReadonlySet<ErrorName> = new Set([
  'CORRUPT_MESSAGE',
  'KAFKA_STORAGE_ERROR',
  'MESSAGE_TOO_LARGE',
  'NOT_LEADER_OR_FOLLOWER',
  'RECORD_LIST_TOO_LARGE',
]);

export function appendPartition(
  context: RequestContext,
  target: { readonly topic: string; readonly index: number; readonly records: Buffer | null },
  requiredAcks: number,
): Append {
  const { topic, index, records } = target;
  const { traffic } = context.broker.metrics;
  let partition: Partition | undefined;
  let isHosted = false;
  try {
    if (isInternalTopic(topic) && context.clientId !== ADMIN_CLIENT_ID) {
      throw new ProtocolError(
        'INVALID_TOPIC_EXCEPTION',
        `Cannot append to internal topic ${topic}`,
      );
    }
    const found = requirePartition(context.broker, topic, index);
    isHosted = true;
    traffic.noteProduce(topic);
    const batch = requireBatches(records, context.apiVersion);
    partition = found;
    const result = found.appendRecordsAsLeader(batch, { requiredAcks, origin: 'client' });
    if (result.sizeBytes > 0) noteAppend(traffic, topic, result, magicOf(batch, 0));
    return { partition: found, result };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    if (isHosted) noteRefusal(traffic, topic, error, records?.length ?? 0);
    return { refusal: error, logStartOffset: logStartFor(error, partition) };
  }
}

/** `partition` is where the append was tried, if it was. */
function logStartFor({ errorName }: ProtocolError, partition: Partition | undefined): number {
  return WITHOUT_LOG_START.has(errorName) ? -1 : (partition?.log?.logStartOffset ?? -1);
}

function noteAppend(traffic: Traffic, topic: string, result: AppendResult, magic: number): void {
  const records = result.lastOffset - result.firstOffset + 1;
  traffic.noteAppended(topic, records, result.sizeBytes);
  if (magic < MAGIC_V2) traffic.noteProduceConversions(topic, records);
}

/** What a producer has to expect is no failure of the broker (`ReplicaManager.appendToLocalLog`). */
function noteRefusal(
  traffic: Traffic,
  topic: string,
  error: ProtocolError,
  sizeBytes: number,
): void {
  const { errorName } = error;
  if (errorName === 'MESSAGE_TOO_LARGE' || errorName === 'RECORD_LIST_TOO_LARGE') {
    traffic.noteRejected(topic, sizeBytes);
  }
  if (!WITHOUT_LOG_START.has(errorName)) traffic.noteFailedProduce(topic);
  if (errorName === 'CORRUPT_MESSAGE') traffic.noteFlaw('checksum');
  else if (error instanceof InvalidBatchError || error instanceof InvalidRecordsError) {
    if (error.flaw) traffic.noteFlaw(error.flaw);
  }
}

/**
 * Requests of before message format 2 may bring batches of any format, which the log checks. Later ones bring
 * exactly one of format 2; a piece of another after it counts as none.
 */
function requireBatches(records: Buffer | null, apiVersion: number): Buffer {
  if (!records) throw new ProtocolError('INVALID_RECORD', 'No records for the partition');
  if (apiVersion < FIRST_VERSION_WITH_BATCHES) return records;
  if (!hasBatchAt(records, 0)) throw refusal(apiVersion, 'must have at least one record batch');
  if (magicOf(records, 0) !== MAGIC_V2) {
    const rule = 'are only allowed to contain record batches with magic version 2';
    throw new InvalidBatchError('magic', ruleText(apiVersion, rule));
  }
  const size = batchSizeAt(records, 0);
  if (size < HEADER_SIZE) throw new ProtocolError('CORRUPT_MESSAGE', 'A batch without a header');
  if (apiVersion < FIRST_VERSION_WITH_ZSTD && compressionCodecOf(records, 0) === 'zstd') {
    throw new ProtocolError('UNSUPPORTED_COMPRESSION_TYPE');
  }
  if (size < records.length && hasBatchAt(records, size)) {
    throw refusal(apiVersion, 'are only allowed to contain exactly one record batch');
  }
  return records;
}

function refusal(apiVersion: number, rule: string): ProtocolError {
  return new ProtocolError('INVALID_RECORD', ruleText(apiVersion, rule));
}

function ruleText(apiVersion: number, rule: string): string {
  return `Produce requests with version ${String(apiVersion)} ${rule} per partition`;
}

/** `error` is how the append ended after it was taken: NONE, or why it may not count. */
export function answerOf(
  context: RequestContext,
  target: { readonly topic: string; readonly index: number },
  append: Append,
  error: ErrorName,
): PartitionAnswer {
  if ('refusal' in append) return refusalAnswer(context, target, append);
  if (error !== 'NONE') {
    return refusalAnswer(context, target, {
      refusal: new ProtocolError(error),
      logStartOffset: -1,
    });
  }
  const { firstOffset, logAppendTimeMs, logStartOffset } = append.result;
  return {
    index: target.index,
    errorCode: errorCode('NONE'),
    baseOffset: firstOffset,
    logAppendTimeMs,
    logStartOffset,
    recordErrors: [],
  };
}

function refusalAnswer(
  { broker, apiVersion }: RequestContext,
  { topic, index }: { readonly topic: string; readonly index: number },
  { refusal, logStartOffset }: { refusal: ProtocolError; logStartOffset: number },
): PartitionAnswer {
  const sendsLeader =
    apiVersion >= FIRST_VERSION_WITH_LEADER && refusal.errorName === 'NOT_LEADER_OR_FOLLOWER';
  return {
    index,
    errorCode: errorCode(refusal.errorName),
    baseOffset: -1,
    logStartOffset,
    recordErrors:
      refusal instanceof InvalidRecordsError
        ? refusal.recordErrors.map(({ batchIndex, message }) => ({
            batchIndex,
            batchIndexErrorMessage: message,
          }))
        : [],
    errorMessage: refusal.message,
    ...(sendsLeader ? { currentLeader: currentLeader(broker, topic, index) } : {}),
  };
}
