/** Message sets of before 0.11, appended: what becomes of them, and which are refused. */
import { crc32 } from '../../src/base/crc32';
import type { ErrorName } from '../../src/protocol/errors';
import { ProtocolError } from '../../src/protocol/errors';
import { compressionCodecOf, isCrcValid, magicOf } from '../../src/protocol/records/batch';
import { compress } from '../../src/protocol/records/compression';
import { writeMessage } from '../../src/protocol/records/message';
import type { LegacyMagic, MessageToWrite } from '../../src/protocol/records/message';
import { buildMessageSet } from '../../src/protocol/records/message-set';
import type { MessageSetForm } from '../../src/protocol/records/message-set';
import { readRecords } from '../../src/protocol/records/reader';
import type { Log } from '../../src/storage/log';
import type { LogConfig } from '../../src/storage/types';
import { SOME_TIME, StorageFixture, aBatch, append } from '../builders/storage';

let fixture: StorageFixture;

beforeEach(() => {
  fixture = new StorageFixture();
});
afterEach(() => fixture.end());

async function aLog(config: Partial<LogConfig> = {}): Promise<Log> {
  const manager = await fixture.start();
  const creation = { topicId: undefined, isNew: true, config: fixture.config(config) };
  return manager.getOrCreate({ topic: 'topic', partition: 0 }, creation);
}

const KEY = Buffer.from('k');

/** Messages of the given values; each a millisecond after the one before. */
function aSet(
  values: readonly string[],
  form: Partial<MessageSetForm> & { key?: Buffer | null; timestamp?: number } = {},
): Buffer {
  const { key = KEY, timestamp = SOME_TIME, magic = 1, codec = 'none', ...others } = form;
  const messages = values.map((value, index) => ({
    key,
    value: Buffer.from(value),
    timestamp: timestamp + index,
    offset: index,
  }));
  return buildMessageSet(messages, { magic, codec, ...others });
}

/** The one batch that the log holds from `offset` on. */
async function stored(log: Log, offset: number): Promise<Buffer> {
  const options = { offset, maxBytes: 1 << 20, upTo: 1000, minOneBatch: true };
  const read = await log.read(options);
  const copy = Buffer.concat(read.buffers);
  read.release();
  return copy;
}

const MAGICS = [0, 1] as const;
const CODECS = ['none', 'gzip', 'snappy', 'lz4'] as const;
const FORMS = MAGICS.flatMap((magic) => CODECS.map((codec) => ({ magic, codec })));

test.each(FORMS)('a set of magic $magic and $codec becomes one batch', async (form) => {
  const log = await aLog();
  append(fixture, log, aBatch(['before']));
  const result = log.appendAsLeader(aSet(['a', 'b', 'c'], form), {
    leaderEpoch: 4,
    origin: 'client',
  });
  fixture.clock.endTick();
  expect(result).toMatchObject({ firstOffset: 1, lastOffset: 3, logAppendTimeMs: -1 });
  const batch = await stored(log, 1);
  expect([magicOf(batch, 0), compressionCodecOf(batch, 0)]).toEqual([2, form.codec]);
  expect(isCrcValid(batch, 0)).toBe(true);
  const records = Array.from(readRecords(batch), ({ offset, timestamp, key, value }) => ({
    offset,
    timestamp,
    text: `${String(key)}=${String(value)}`,
  }));
  expect(records).toEqual(
    ['a', 'b', 'c'].map((value, index) => ({
      offset: 1 + index,
      timestamp: form.magic === 0 ? -1 : SOME_TIME + index,
      text: `k=${value}`,
    })),
  );
});

test('on a topic of LogAppendTime the messages get the broker’s time', async () => {
  const log = await aLog({ 'message.timestamp.type': 'LogAppendTime' });
  const result = log.appendAsLeader(aSet(['a'], { magic: 0 }), {
    leaderEpoch: 0,
    origin: 'client',
  });
  fixture.clock.endTick();
  expect(result.logAppendTimeMs).toBe(SOME_TIME);
  const [record] = [...readRecords(await stored(log, 0))];
  expect(record?.timestamp).toBe(SOME_TIME);
});

test.each`
  sent      | type              | codec     | because
  ${'gzip'} | ${'producer'}     | ${'gzip'} | ${'the producer has chosen'}
  ${'gzip'} | ${'uncompressed'} | ${'none'} | ${'the topic has'}
  ${'none'} | ${'zstd'}         | ${'zstd'} | ${'a codec that the producer cannot know'}
`('$sent on $type is stored as $codec: $because', async ({ sent, type, codec }) => {
  const log = await aLog({ 'compression.type': type as string });
  append(fixture, log, aSet(['a', 'b'], { codec: sent as MessageSetForm['codec'] }));
  expect(compressionCodecOf(await stored(log, 0), 0)).toBe(codec);
});

test('an incomplete last message is left out', async () => {
  const log = await aLog();
  const set = aSet(['a', 'b']);
  append(fixture, log, set.subarray(0, set.length - 1));
  expect(log.logEndOffset).toBe(1);
});

/** A message that may be wrong in any way. */
function message(changes: Partial<MessageToWrite> = {}): Buffer {
  const fields: MessageToWrite = {
    magic: 1,
    offset: 0,
    timestamp: SOME_TIME,
    isLogAppendTime: false,
    codec: 'none',
    key: KEY,
    value: Buffer.from('value'),
    ...changes,
  };
  const buffer = Buffer.alloc(34 + KEY.length + (fields.value?.length ?? 0));
  return buffer.subarray(0, writeMessage(buffer, 0, fields));
}

function wrapper(inner: Buffer, magic: LegacyMagic = 1): Buffer {
  return message({ magic, codec: 'gzip', key: null, value: compress('gzip', inner) });
}

function damaged(bytes: Buffer): Buffer {
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes;
}

const keyless = (): Buffer => message({ key: null });
const compacted = { 'cleanup.policy': ['compact'] };
const appendTimes = { 'message.timestamp.type': 'LogAppendTime' };
const recent = { 'message.timestamp.before.max.ms': 1000 };

test.each`
  because                                         | set                                                        | config                         | error
  ${'a checksum is wrong'}                        | ${damaged(message())}                                      | ${{}}                          | ${'CORRUPT_MESSAGE'}
  ${'the second checksum is wrong'}               | ${Buffer.concat([message(), damaged(message())])}          | ${{}}                          | ${'CORRUPT_MESSAGE'}
  ${'an inner checksum is wrong'}                 | ${wrapper(damaged(message()))}                             | ${{}}                          | ${'CORRUPT_MESSAGE'}
  ${'a length is none'}                           | ${Buffer.alloc(40)}                                        | ${{}}                          | ${'CORRUPT_MESSAGE'}
  ${'a message is larger than max.message.bytes'} | ${message({ value: Buffer.alloc(100) })}                   | ${{ 'max.message.bytes': 99 }} | ${'MESSAGE_TOO_LARGE'}
  ${'the batch is larger than max.message.bytes'} | ${aSet(Array.from({ length: 20 }, () => 'x'))}             | ${{ 'max.message.bytes': 99 }} | ${'MESSAGE_TOO_LARGE'}
  ${'the batch is larger than a segment'}         | ${aSet(Array.from({ length: 20 }, () => 'x'))}             | ${{ 'segment.bytes': 99 }}     | ${'RECORD_LIST_TOO_LARGE'}
  ${'two wrappers come together'}                 | ${Buffer.concat([wrapper(message()), wrapper(message())])} | ${{}}                          | ${'INVALID_RECORD'}
  ${'a wrapper comes with a plain message'}       | ${Buffer.concat([message(), wrapper(message())])}          | ${{}}                          | ${'INVALID_RECORD'}
  ${'formats are mixed'}                          | ${Buffer.concat([message(), message({ magic: 0 })])}       | ${{}}                          | ${'INVALID_RECORD'}
  ${'a batch of today follows'}                   | ${Buffer.concat([message(), aBatch(['a'])])}               | ${{}}                          | ${'INVALID_RECORD'}
  ${'an inner message is of another format'}      | ${wrapper(message({ magic: 0 }))}                          | ${{}}                          | ${'INVALID_RECORD'}
  ${'the codec is unknown'}                       | ${withCodec(5)}                                            | ${{}}                          | ${'INVALID_RECORD'}
  ${'zstd came later'}                            | ${withCodec(4)}                                            | ${{}}                          | ${'INVALID_RECORD'}
  ${'a compacted topic needs keys'}               | ${keyless()}                                               | ${compacted}                   | ${'INVALID_RECORD'}
  ${'inner messages need keys too'}               | ${wrapper(keyless())}                                      | ${compacted}                   | ${'INVALID_RECORD'}
  ${'a message is too old'}                       | ${message({ timestamp: SOME_TIME - 1001 })}                | ${recent}                      | ${'INVALID_TIMESTAMP'}
  ${'an inner message is too old'}                | ${wrapper(message({ timestamp: SOME_TIME - 1001 }))}       | ${recent}                      | ${'INVALID_TIMESTAMP'}
  ${'a time is negative'}                         | ${message({ timestamp: -2 })}                              | ${{}}                          | ${'INVALID_TIMESTAMP'}
  ${'only a broker gives append times'}           | ${aSet(['a'], { logAppendTimeMs: 5 })}                     | ${appendTimes}                 | ${'INVALID_TIMESTAMP'}
`(
  '$error: $because',
  async (row: { set: Buffer; config: Partial<LogConfig>; error: ErrorName }) => {
    const log = await aLog(row.config);
    const run = (): unknown => log.appendAsLeader(row.set, { leaderEpoch: 0, origin: 'client' });
    expect(run).toThrow(expect.objectContaining({ errorName: row.error }));
    expect(run).toThrow(ProtocolError);
    expect(log.logEndOffset).toBe(0);
  },
);

/** A message whose attributes name this codec, with a checksum that fits. */
function withCodec(number: number): Buffer {
  const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
  if (number < names.length) return message({ codec: names[number] ?? 'none' });
  const bytes = message();
  bytes.writeUInt8(number, 17);
  bytes.writeUInt32BE(crc32(bytes.subarray(16)), 12);
  return bytes;
}

test('no time is within all limits', async () => {
  const log = await aLog(recent);
  append(fixture, log, aSet(['a'], { magic: 0 }));
  append(fixture, log, message({ timestamp: -1 }));
  expect(log.logEndOffset).toBe(2);
});
