/** What old clients are told that message-formats.test.ts cannot bring about, and that no memory is kept. */
import { BrokerMetrics } from '../../src/broker/broker-metrics';
import { MetricsRegistry } from '../../src/metrics/registry';
import { convertForClient } from '../../src/broker/down-conversion';
import { FetchPartition } from '../../src/broker/fetch-partition';
import { refusedFetch } from '../../src/broker/fetch-request';
import type { FetchResult } from '../../src/broker/fetch-request';
import type { RequestContext } from '../../src/broker/handler';
import type { ErrorName } from '../../src/protocol/errors';
import { buildBatch } from '../../src/protocol/records/builder';
import { batches, readRecords } from '../../src/protocol/records/reader';
import { ZERO_UUID } from '../../src/protocol/schema';
import { ManualClock } from '../builders/manual-clock';

function contextOf(apiVersion: number, settings: object = {}): RequestContext {
  const resolved = { 'message.downconversion.enable': true, ...settings };
  const broker = {
    topicConfigs: { resolve: () => resolved },
    platform: { clock: new ManualClock() },
    metrics: new BrokerMetrics(new MetricsRegistry()),
  };
  return { apiVersion, broker } as unknown as RequestContext;
}

const request = new FetchPartition(
  { partition: 0, topicId: ZERO_UUID, topic: 'topic' },
  {
    fetchOffset: 0,
    maxBytes: 1_000_000,
    currentLeaderEpoch: -1,
    lastFetchedEpoch: -1,
    logStartOffset: -1,
  },
);

function failed(error: ErrorName): FetchResult {
  return refusedFetch(request, error);
}

/** A read of these batches, and how often it was given back. */
function aRead(read: readonly Buffer[]) {
  const release = jest.fn();
  const sizeBytes = read.reduce((sum, { length }) => sum + length, 0);
  const position = {} as NonNullable<FetchResult['position']>;
  const data = { buffers: [Buffer.concat(read)], sizeBytes, release };
  const fixed = { request, partition: undefined, error: 'NONE' as const, aborted: null };
  const result: FetchResult = { ...fixed, isAtRest: false, position, data };
  return { result, release };
}

function aBatch(baseOffset: number, codec: 'none' | 'zstd' = 'none', count = 1): Buffer {
  const record = { key: null, value: Buffer.from('value'), timestamp: 1 };
  return buildBatch({ records: Array.from({ length: count }, () => record), baseOffset, codec });
}

const marker = buildBatch({
  records: [{ key: Buffer.alloc(4), value: Buffer.alloc(6), timestamp: 1 }],
  isControl: true,
  isTransactional: true,
  producerId: 1,
  producerEpoch: 0,
});

test.each`
  version | error                    | told                        | because
  ${3}    | ${'OFFSET_OUT_OF_RANGE'} | ${'OFFSET_OUT_OF_RANGE'}    | ${'errors stay'}
  ${5}    | ${'KAFKA_STORAGE_ERROR'} | ${'NOT_LEADER_OR_FOLLOWER'} | ${'it came with v6'}
  ${6}    | ${'KAFKA_STORAGE_ERROR'} | ${'KAFKA_STORAGE_ERROR'}    | ${'the client knows it'}
`('v$version: $error is told as $told because $because', async ({ version, error, told }) => {
  const results = [failed(error as ErrorName)];
  const [answer] = await convertForClient(contextOf(version as number), results, false);
  expect(answer?.error).toBe(told);
});

test.each`
  version | settings                                      | isFollower | error                             | offsets   | because
  ${3}    | ${{}}                                         | ${false}   | ${'NONE'}                         | ${[0, 1]} | ${'it is converted'}
  ${4}    | ${{ 'message.downconversion.enable': false }} | ${false}   | ${'NONE'}                         | ${[0, 1]} | ${'there is nothing to convert'}
  ${3}    | ${{ 'message.downconversion.enable': false }} | ${false}   | ${'UNSUPPORTED_VERSION'}          | ${[]}     | ${'the topic forbids it'}
  ${3}    | ${{ 'message.downconversion.enable': false }} | ${true}    | ${'NONE'}                         | ${[0, 1]} | ${'replication goes on'}
  ${9}    | ${{ 'compression.type': 'zstd' }}             | ${false}   | ${'UNSUPPORTED_COMPRESSION_TYPE'} | ${[]}     | ${'the client knows no zstd'}
  ${10}   | ${{ 'compression.type': 'zstd' }}             | ${false}   | ${'NONE'}                         | ${[0, 1]} | ${'the client knows zstd'}
`('v$version of $settings: $error because $because', async (row) => {
  const { result, release } = aRead([aBatch(0), aBatch(1)]);
  const context = contextOf(row.version as number, row.settings as object);
  const [answer] = await convertForClient(context, [result], row.isFollower as boolean);
  expect(answer?.error).toBe(row.error);
  expect(offsetsOf(answer)).toEqual(row.offsets);
  answer?.data?.release();
  expect(release).toHaveBeenCalledTimes(1);
});

function offsetsOf(result: FetchResult | undefined): number[] {
  const bytes = Buffer.concat(result?.data?.buffers ?? []);
  return Array.from(batches(bytes), ({ position, size }) =>
    Array.from(readRecords(bytes.subarray(position, position + size)), ({ offset }) => offset),
  ).flat();
}

test.each`
  read                           | error                             | hex                           | because
  ${[marker]}                    | ${'NONE'}                         | ${'ffffffffffffffff0000003d'} | ${'the client must learn that there is something'}
  ${[marker, aBatch(1, 'zstd')]} | ${'UNSUPPORTED_COMPRESSION_TYPE'} | ${''}                         | ${'a marker is nothing to send before it'}
`('markers only: $error because $because', async ({ read, error, hex }) => {
  const { result, release } = aRead(read as Buffer[]);
  const [answer] = await convertForClient(contextOf(2), [result], false);
  expect(answer?.error).toBe(error);
  expect(Buffer.concat(answer?.data?.buffers ?? []).toString('hex')).toBe(hex);
  expect(release).toHaveBeenCalledTimes(1);
});

test('a damaged batch is told as such, and no memory is kept', async () => {
  const batch = aBatch(0);
  batch.writeUInt8(99, 61);
  const { result, release } = aRead([batch]);
  const [answer] = await convertForClient(contextOf(2), [result], false);
  expect(answer).toMatchObject({ error: 'CORRUPT_MESSAGE', data: undefined });
  expect(release).toHaveBeenCalledTimes(1);
});

test('no more is sent than was read, but one batch at least', async () => {
  const many = await convertForClient(
    contextOf(2),
    [aRead([aBatch(0, 'none', 50), aBatch(50, 'none', 50)]).result],
    false,
  );
  expect(offsetsOf(many[0])).toHaveLength(50);
});
