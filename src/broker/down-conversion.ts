/**
 * Fetch of before version 4: batches are converted to the message format that its clients read, magic 0 or 1
 * (`kafka.server.KafkaApis.maybeConvertFetchedData`, `LazyDownConversionRecords`). Partition after partition, so
 * that no more is held than one fetch may return, and giving way to everything else every few milliseconds.
 */
import { ProtocolError } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import { magicOf, recordCountOf } from '../protocol/records/batch';
import { isLegacyMagic } from '../protocol/records/message';
import { downConvert } from '../protocol/records/down-convert';
import type { DownConversion } from '../protocol/records/down-convert';
import { batches } from '../protocol/records/reader';
import type { LogRead } from '../storage/types';
import { breatherOf } from './breather';
import { refusedFetch } from './fetch-request';
import type { FetchResult } from './fetch-request';
import type { RequestContext } from './handler';

const FIRST_VERSION_WITH_BATCHES = 4;
const FIRST_VERSION_WITH_ZSTD = 10;
const FIRST_VERSION_WITH_TIMESTAMPS = 2;
const FIRST_VERSION_WITH_STORAGE_ERROR = 6;

/**
 * What a client that takes no batch gets where records exist and none of them has a counterpart in its format: the
 * start of a batch that is larger than the answer, by which it learns that it cannot go on with this size.
 */
const OVERFLOW = Buffer.from('ffffffffffffffff0000003d', 'hex');

/** The results as clients of this version may get them. Takes over the data of those that it changes. */
export async function convertForClient(
  context: RequestContext,
  results: readonly FetchResult[],
  isFollower: boolean,
): Promise<readonly FetchResult[]> {
  if (context.apiVersion >= FIRST_VERSION_WITH_ZSTD) return results;
  const converted: FetchResult[] = [];
  for (const result of results) {
    const refusal = refusalFor(context, result, isFollower);
    if (refusal !== 'NONE') converted.push(refused(result, refusal));
    else if (context.apiVersion >= FIRST_VERSION_WITH_BATCHES) converted.push(result);
    else converted.push(await convertResult(context, result));
  }
  return converted;
}

/** What a client of this version is told in place of the result, if it may not have it. */
function refusalFor(
  { broker, apiVersion }: RequestContext,
  { request, position, error }: FetchResult,
  isFollower: boolean,
): ErrorName {
  // Who does not know the error of a failed disk yet is told to look for the leader again (KIP-112).
  const isUnknown = apiVersion < FIRST_VERSION_WITH_STORAGE_ERROR;
  if (isUnknown && error === 'KAFKA_STORAGE_ERROR') return 'NOT_LEADER_OR_FOLLOWER';
  if (!position || request.topic === undefined) return 'NONE';
  const settings = broker.topicConfigs.resolve(request.topic);
  if (settings['compression.type'] === 'zstd') return 'UNSUPPORTED_COMPRESSION_TYPE';
  const isRefused =
    apiVersion < FIRST_VERSION_WITH_BATCHES &&
    !isFollower &&
    !settings['message.downconversion.enable'];
  return isRefused ? 'UNSUPPORTED_VERSION' : 'NONE';
}

function refused({ request, data }: FetchResult, error: ErrorName): FetchResult {
  data?.release();
  return refusedFetch(request, error);
}

async function convertResult(context: RequestContext, result: FetchResult): Promise<FetchResult> {
  const { data, request } = result;
  if (!data || data.sizeBytes === 0) return result;
  const toMagic = context.apiVersion < FIRST_VERSION_WITH_TIMESTAMPS ? 0 : 1;
  try {
    const { buffers, recordCount } = await convertRead(data, {
      toMagic,
      firstOffset: request.start.fetchOffset,
      breathe: breatherOf(context.broker.platform.clock),
    });
    data.release();
    if (request.topic !== undefined) {
      context.broker.metrics.traffic.noteFetchConversions(request.topic, recordCount);
    }
    return { ...result, data: heldElsewhere(buffers) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // Whatever else is wrong with what is stored, to the client it is damage.
    const isUnsupported = error.errorName === 'UNSUPPORTED_COMPRESSION_TYPE';
    return refused(result, isUnsupported ? error.errorName : 'CORRUPT_MESSAGE');
  }
}

/** What a conversion gave lies in memory of its own. */
function heldElsewhere(buffers: readonly Buffer[]): LogRead {
  const sizeBytes = buffers.reduce((sum, { length }) => sum + length, 0);
  return { buffers, sizeBytes, release: () => undefined };
}

interface ConvertedRead {
  readonly buffers: Buffer[];
  /** Of the batches that were converted; one for a message of an old format, whatever it wraps. */
  readonly recordCount: number;
}

/**
 * As many batches as take no more room than before, but one at least. One that cannot be converted ends the
 * answer, unless it is the first: the client meets it again when it reads on from there.
 */
async function convertRead(data: LogRead, conversion: DownConversion): Promise<ConvertedRead> {
  const converted: Buffer[] = [];
  let recordCount = 0;
  let sizeBytes = 0;
  for (const buffer of data.buffers) {
    for (const { position, size } of batches(buffer)) {
      const batch = buffer.subarray(position, position + size);
      const next = await convertNext(batch, conversion, converted.length === 0);
      if (next === 'end') return { buffers: converted, recordCount };
      if (!next) continue;
      if (converted.length > 0 && sizeBytes + next.length > data.sizeBytes) {
        return { buffers: converted, recordCount };
      }
      converted.push(next);
      sizeBytes += next.length;
      recordCount += isLegacyMagic(magicOf(batch, 0)) ? 1 : recordCountOf(batch, 0);
    }
  }
  return { buffers: converted.length > 0 ? converted : [OVERFLOW], recordCount };
}

async function convertNext(
  batch: Buffer,
  conversion: DownConversion,
  isFirst: boolean,
): Promise<Buffer | undefined | 'end'> {
  try {
    return await downConvert(batch, conversion);
  } catch (error) {
    if (error instanceof ProtocolError && !isFirst) return 'end';
    throw error;
  }
}
