/** Clients of before message format 2: Produce v0 to v2 brings message sets, Fetch v0 to v3 asks for them. */
import { crc32 } from '../../src/base/crc32';
import { errorName } from '../../src/protocol/errors';
import { ProduceRequest, ProduceResponse } from '../../src/protocol/messages/00-produce';
import { FetchRequest, FetchResponse } from '../../src/protocol/messages/01-fetch';
import type { CompressionCodec } from '../../src/protocol/records/batch';
import { compressionCodecOf, magicOf } from '../../src/protocol/records/batch';
import type { RecordToBuild } from '../../src/protocol/records/builder';
import { compress } from '../../src/protocol/records/compression';
import { messageCodecOf, writeMessage } from '../../src/protocol/records/message';
import type { LegacyMagic, MessageToWrite } from '../../src/protocol/records/message';
import { buildMessageSet } from '../../src/protocol/records/message-set';
import { batches, readRecords } from '../../src/protocol/records/reader';
import { aBatch, Brokers } from '../builders/broker-client';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start();
}, 60_000);
afterAll(() => brokers.stop());

const OLD_CODECS = ['none', 'gzip', 'snappy', 'lz4'] as const;
const NOW = Date.now();
let topics = 0;

async function aTopic(configs: Record<string, string> = {}): Promise<string> {
  const name = `formats-${String(topics++)}`;
  await brokers.createTopic(name, { configs });
  return name;
}

async function produce(topic: string, records: Buffer, version: number) {
  const answer = await brokers.ask(ProduceRequest, ProduceResponse, version, {
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
  });
  const result = answer.responses[0]?.partitionResponses[0];
  if (!result) throw new Error('no answer for the partition');
  return { ...result, error: errorName(result.errorCode) };
}

interface Ask {
  readonly version: number;
  readonly offset?: number;
  readonly partitionMaxBytes?: number;
}

async function fetch(topic: string, { version, offset = 0, partitionMaxBytes = 1 << 20 }: Ask) {
  const answer = await brokers.ask(FetchRequest, FetchResponse, version, {
    maxWaitMs: 0,
    minBytes: 1,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes }] }],
  });
  const partition = answer.responses[0]?.partitions[0];
  if (!partition) throw new Error('no answer for the partition');
  const bytes = partition.records ?? Buffer.alloc(0);
  const found = Array.from(batches(bytes), ({ position, size }) =>
    bytes.subarray(position, position + size),
  );
  return {
    error: errorName(partition.errorCode),
    highWatermark: partition.highWatermark,
    bytes,
    batches: found,
    magics: [...new Set(found.map((batch) => magicOf(batch, 0)))],
    records: found.flatMap((batch) =>
      Array.from(readRecords(batch), ({ offset: at, timestamp, key, value }) => ({
        offset: at,
        timestamp,
        key: key?.toString() ?? null,
        value: value?.toString() ?? null,
      })),
    ),
  };
}

/** As a client goes on from answer to answer. */
async function fetchAll(topic: string, version: number, from = 0) {
  const first = await fetch(topic, { version, offset: from });
  const all = [first];
  for (let next = first; next.records.length > 0; all.push(next)) {
    const offset = (next.records.at(-1)?.offset ?? 0) + 1;
    if (offset >= first.highWatermark) break;
    next = await fetch(topic, { version, offset });
  }
  return {
    magics: [...new Set(all.flatMap(({ magics }) => magics))],
    batches: all.flatMap((answer) => answer.batches),
    records: all.flatMap(({ records }) => records),
  };
}

/** Some records, one of them without a key and one without a value. */
const CONTENT = [
  { key: 'k', value: 'one' },
  { key: null, value: 'two' },
  { key: 'k', value: null },
];

const bytesOf = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));

function messages() {
  return CONTENT.map(({ key, value }, index) => ({
    key: bytesOf(key),
    value: bytesOf(value),
    timestamp: NOW + index,
    offset: index,
  }));
}

function expected(firstOffset: number, timestampOf: (index: number) => number) {
  return CONTENT.map((content, index) => ({
    offset: firstOffset + index,
    timestamp: timestampOf(index),
    ...content,
  }));
}

describe.each([0, 1, 2])('Produce v%i', (version) => {
  test.each(OLD_CODECS)('stores message sets of %s as batches', async (codec) => {
    const topic = await aTopic();
    await produce(topic, aBatch(), version);
    const magic = version < 2 ? 0 : 1;
    const answer = await produce(topic, buildMessageSet(messages(), { magic, codec }), version);
    expect(answer).toMatchObject({ error: 'NONE', baseOffset: 1, logAppendTimeMs: -1 });
    const stored = await fetch(topic, { version: 4, offset: 1 });
    expect(stored.magics).toEqual([2]);
    expect(stored.batches.map((batch) => compressionCodecOf(batch, 0))).toEqual([codec]);
    expect(stored.records).toEqual(expected(1, (index) => (magic === 0 ? -1 : NOW + index)));
  });

  test('tells the time of the append where the topic wants it', async () => {
    const topic = await aTopic({ 'message.timestamp.type': 'LogAppendTime' });
    const form = { magic: version < 2 ? 0 : 1, codec: 'gzip' } as const;
    const answer = await produce(topic, buildMessageSet(messages(), form), version);
    const { records } = await fetch(topic, { version: 4 });
    expect(answer.error).toBe('NONE');
    expect(records[0]?.timestamp).toBeGreaterThanOrEqual(NOW);
    expect(answer.logAppendTimeMs).toBe(version < 2 ? -1 : records[0]?.timestamp);
  });

  test.each`
    records                                | error               | offset | because
    ${Buffer.alloc(0)}                     | ${'NONE'}           | ${-1}  | ${'nothing is asked, and nothing done'}
    ${aBatch().subarray(0, 60)}            | ${'NONE'}           | ${-1}  | ${'there is no whole batch'}
    ${aBatch({ codec: 'zstd' })}           | ${'NONE'}           | ${0}   | ${'nobody looks at the codec of a batch'}
    ${Buffer.concat([aBatch(), aBatch()])} | ${'INVALID_RECORD'} | ${-1}  | ${'only old messages come in sets'}
  `('$error and offset $offset because $because', async ({ records, error, offset }) => {
    const topic = await aTopic();
    const answer = await produce(topic, records as Buffer, version);
    expect(answer).toMatchObject({ error, baseOffset: offset });
  });
});

/** A message that may be wrong in any way. */
function message(changes: Partial<MessageToWrite> = {}): Buffer {
  const fields: MessageToWrite = {
    magic: 1,
    offset: 0,
    timestamp: NOW,
    isLogAppendTime: false,
    codec: 'none',
    key: Buffer.from('k'),
    value: Buffer.from('value'),
    ...changes,
  };
  const size = 34 + (fields.key?.length ?? 0) + (fields.value?.length ?? 0);
  const buffer = Buffer.alloc(size);
  return buffer.subarray(0, writeMessage(buffer, 0, fields));
}

function wrapper(inner: Buffer, changes: Partial<MessageToWrite> = {}): Buffer {
  return message({ codec: 'gzip', key: null, value: compress('gzip', inner), ...changes });
}

function damaged(bytes: Buffer): Buffer {
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes;
}

function withMagic(magic: number): Buffer {
  const bytes = message();
  bytes.writeInt8(magic, 16);
  bytes.writeUInt32BE(crc32(bytes.subarray(16)), 12);
  return bytes;
}

const compacted = { 'cleanup.policy': 'compact' };
const small = { 'max.message.bytes': '120' };
const smallSegment = { 'segment.bytes': '200' };
const appendTimes = { 'message.timestamp.type': 'LogAppendTime' };
const recent = { 'message.timestamp.before.max.ms': '60000' };
const twenty = (): Buffer => Buffer.concat(Array.from({ length: 20 }, () => message()));

test.each`
  because                                         | records                                                    | configs         | error
  ${'all is well'}                                | ${Buffer.concat([message(), message({ offset: 9 })])}      | ${{}}           | ${'NONE'}
  ${'a checksum is wrong'}                        | ${damaged(message())}                                      | ${{}}           | ${'CORRUPT_MESSAGE'}
  ${'the second checksum is wrong'}               | ${Buffer.concat([message(), damaged(message())])}          | ${{}}           | ${'CORRUPT_MESSAGE'}
  ${'an inner checksum is wrong'}                 | ${wrapper(damaged(message()))}                             | ${{}}           | ${'CORRUPT_MESSAGE'}
  ${'an inner length is none'}                    | ${wrapper(Buffer.alloc(40))}                               | ${{}}           | ${'CORRUPT_MESSAGE'}
  ${'the magic is of no format'}                  | ${withMagic(3)}                                            | ${{}}           | ${'CORRUPT_MESSAGE'}
  ${'a message is larger than max.message.bytes'} | ${message({ value: Buffer.alloc(200) })}                   | ${small}        | ${'MESSAGE_TOO_LARGE'}
  ${'the batch is larger than max.message.bytes'} | ${twenty()}                                                | ${small}        | ${'MESSAGE_TOO_LARGE'}
  ${'the batch is larger than a segment'}         | ${twenty()}                                                | ${smallSegment} | ${'RECORD_LIST_TOO_LARGE'}
  ${'two wrappers come together'}                 | ${Buffer.concat([wrapper(message()), wrapper(message())])} | ${{}}           | ${'INVALID_RECORD'}
  ${'a wrapper comes with a plain message'}       | ${Buffer.concat([message(), wrapper(message())])}          | ${{}}           | ${'INVALID_RECORD'}
  ${'a wrapper holds nothing'}                    | ${wrapper(Buffer.alloc(0))}                                | ${{}}           | ${'INVALID_RECORD'}
  ${'a wrapper lies in a wrapper'}                | ${wrapper(wrapper(message()))}                             | ${{}}           | ${'INVALID_RECORD'}
  ${'a wrapper has no value'}                     | ${message({ codec: 'gzip', value: null })}                 | ${{}}           | ${'INVALID_RECORD'}
  ${'zstd came later'}                            | ${message({ codec: 'zstd' })}                              | ${{}}           | ${'INVALID_RECORD'}
  ${'a wrapper lies below its messages'}          | ${wrapper(message({ offset: 5 }), { offset: 4 })}          | ${{}}           | ${'INVALID_RECORD'}
  ${'old librdkafka gives wrappers offset 0'}     | ${wrapper(message({ offset: 5 }))}                         | ${{}}           | ${'NONE'}
  ${'formats are mixed'}                          | ${Buffer.concat([message(), message({ magic: 0 })])}       | ${{}}           | ${'INVALID_RECORD'}
  ${'a batch of today follows'}                   | ${Buffer.concat([message(), aBatch()])}                    | ${{}}           | ${'INVALID_RECORD'}
  ${'an inner message is of another format'}      | ${wrapper(message({ magic: 0 }))}                          | ${{}}           | ${'INVALID_RECORD'}
  ${'a compacted topic needs keys'}               | ${message({ key: null })}                                  | ${compacted}    | ${'INVALID_RECORD'}
  ${'inner messages need keys too'}               | ${wrapper(message({ key: null }))}                         | ${compacted}    | ${'INVALID_RECORD'}
  ${'a message is too old'}                       | ${message({ timestamp: NOW - 90_000 })}                    | ${recent}       | ${'INVALID_TIMESTAMP'}
  ${'an inner message is too old'}                | ${wrapper(message({ timestamp: NOW - 90_000 }))}           | ${recent}       | ${'INVALID_TIMESTAMP'}
  ${'no time is within all limits'}               | ${message({ magic: 0 })}                                   | ${recent}       | ${'NONE'}
  ${'only a broker gives append times'}           | ${message({ isLogAppendTime: true })}                      | ${appendTimes}  | ${'INVALID_TIMESTAMP'}
  ${'a CreateTime topic takes them as its own'}   | ${message({ isLogAppendTime: true })}                      | ${{}}           | ${'NONE'}
`('Produce v2 with $error because $because', async ({ records, configs, error }) => {
  const topic = await aTopic(configs as Record<string, string>);
  expect((await produce(topic, records as Buffer, 2)).error).toBe(error);
});

const HEADERS = [{ key: 'h', value: Buffer.from('lost') }];

function recordsOf(count: number): RecordToBuild[] {
  return Array.from({ length: count }, (_, index) => {
    const { key, value } = CONTENT[index % CONTENT.length] ?? { key: null, value: null };
    return { key: bytesOf(key), value: bytesOf(value), headers: HEADERS, timestamp: NOW + index };
  });
}

const MAGIC_OF: readonly LegacyMagic[] = [0, 0, 1, 1];

describe.each([0, 1, 2, 3])('Fetch v%i', (version) => {
  const magic = MAGIC_OF[version] ?? 0;

  test.each(OLD_CODECS)('reads batches of %s as message sets of the codec', async (codec) => {
    const topic = await aTopic();
    await brokers.produce(topic, { records: recordsOf(3), codec });
    await brokers.produce(topic, { records: recordsOf(3), codec });
    const answer = await fetchAll(topic, version);
    expect(answer.magics).toEqual([magic]);
    const codecs = answer.batches.map((batch): CompressionCodec | undefined =>
      messageCodecOf(batch, 0),
    );
    const count = codec === 'none' ? 6 : 2;
    expect(codecs).toEqual(Array.from({ length: count }, () => codec));
    const timestampOf = (index: number): number => (magic === 0 ? -1 : NOW + index);
    expect(answer.records).toEqual([...expected(0, timestampOf), ...expected(3, timestampOf)]);
  });

  test.each`
    codec     | offsets            | because
    ${'none'} | ${[1, 2, 3, 4]}    | ${'each record is a message of its own'}
    ${'gzip'} | ${[0, 1, 2, 3, 4]} | ${'a wrapper comes whole'}
  `('from inside a batch of $codec: $offsets because $because', async ({ codec, offsets }) => {
    const topic = await aTopic();
    await brokers.produce(topic, { records: recordsOf(3), codec: codec as CompressionCodec });
    await brokers.produce(topic, { records: recordsOf(2), codec: codec as CompressionCodec });
    const { records } = await fetchAll(topic, version, 1);
    expect(records.map(({ offset }) => offset)).toEqual(offsets);
  });

  test('gives the time of the append', async () => {
    const topic = await aTopic({ 'message.timestamp.type': 'LogAppendTime' });
    for (const codec of OLD_CODECS) await brokers.produce(topic, { records: recordsOf(2), codec });
    const { records } = await fetch(topic, { version: 4 });
    const times = (await fetchAll(topic, version)).records.map(({ timestamp }) => timestamp);
    expect(times).toEqual(records.map(({ timestamp }) => (magic === 0 ? -1 : timestamp)));
  });

  test.each`
    configs                                         | codec     | error
    ${{ 'message.downconversion.enable': 'false' }} | ${'none'} | ${'UNSUPPORTED_VERSION'}
    ${{}}                                           | ${'zstd'} | ${'UNSUPPORTED_COMPRESSION_TYPE'}
    ${{ 'compression.type': 'zstd' }}               | ${'none'} | ${'UNSUPPORTED_COMPRESSION_TYPE'}
  `('$configs, records of $codec: $error', async ({ configs, codec, error }) => {
    const topic = await aTopic(configs as Record<string, string>);
    await brokers.produce(topic, { codec: codec as CompressionCodec });
    expect(await fetch(topic, { version })).toMatchObject({ error, records: [] });
  });

  test('stops before what cannot be converted', async () => {
    const topic = await aTopic();
    await brokers.produce(topic, { records: recordsOf(2) });
    await brokers.produce(topic, { records: recordsOf(2), codec: 'zstd' });
    const answer = await fetch(topic, { version });
    expect(answer.error).toBe('NONE');
    expect(answer.records.map(({ offset }) => offset)).toEqual([0, 1]);
    const next = await fetch(topic, { version, offset: 2 });
    expect(next.error).toBe('UNSUPPORTED_COMPRESSION_TYPE');
  });

  test('of a batch larger than the limit', async () => {
    const topic = await aTopic();
    await brokers.produce(topic, { records: recordsOf(30) });
    const answer = await fetch(topic, { version, partitionMaxBytes: 300 });
    expect(answer.error).toBe('NONE');
    // Before v3 a client had to ask for as much as the largest message.
    expect(answer.records).toHaveLength(version < 3 ? 0 : 30);
    expect(version < 3 && answer.bytes.length > 0).toBe(false);
  });

  test('of what grows: as many messages as there is room for', async () => {
    const topic = await aTopic();
    for (let i = 0; i < 10; i++) await brokers.produce(topic, { records: recordsOf(50) });
    const stored = await fetch(topic, { version: 4 });
    const answer = await fetch(topic, { version });
    expect(answer.bytes.length).toBeLessThanOrEqual(stored.bytes.length);
    expect(answer.records.length).toBeGreaterThanOrEqual(50);
    const { records } = await fetchAll(topic, version);
    expect(records.map(({ offset }) => offset)).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });
});

test.each([4, 9, 10])('Fetch v%i of a topic of zstd', async (version) => {
  const topic = await aTopic({ 'compression.type': 'zstd' });
  await brokers.produce(topic);
  const answer = await fetch(topic, { version });
  expect(answer.error).toBe(version < 10 ? 'UNSUPPORTED_COMPRESSION_TYPE' : 'NONE');
});
