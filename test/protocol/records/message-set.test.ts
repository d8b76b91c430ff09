import * as fc from 'fast-check';
import { gunzipSync } from 'node:zlib';

import { crc32 } from '../../../src/base/crc32';
import type { ErrorName } from '../../../src/protocol/errors';
import { ProtocolError } from '../../../src/protocol/errors';
import { compress } from '../../../src/protocol/records/compression';
import { isMessageCrcValid, writeMessage } from '../../../src/protocol/records/message';
import type { LegacyMagic, MessageToWrite } from '../../../src/protocol/records/message';
import { buildMessageSet, readMessages } from '../../../src/protocol/records/message-set';
import { batches, isIntact, readRecords } from '../../../src/protocol/records/reader';

const LIMIT = 1 << 20;
const MAGICS = [0, 1] as const;
const OLD_CODECS = ['none', 'gzip', 'snappy', 'lz4'] as const;

const bytes = fc.option(
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
  { nil: null },
);
const content = fc.record({
  key: bytes,
  value: bytes,
  timestamp: fc.integer({ min: -1, max: 2 ** 50 }),
});

/** Everything in a set, whether it is one wrapper or messages one after the other. */
function readAll(set: Buffer) {
  return Array.from(batches(set), ({ position, size }) => [
    ...readRecords(set.subarray(position, position + size)),
  ]).flat();
}

describe.each(MAGICS)('magic %i', (magic) => {
  test.each(OLD_CODECS)('messages written with %s are read again', (codec) => {
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 1, maxLength: 20 }),
        fc.nat(2 ** 40),
        (contents, baseOffset) => {
          const messages = contents.map((each, index) => ({
            ...each,
            offset: baseOffset + 2 * index,
          }));
          const set = buildMessageSet(messages, { magic, codec });
          const expected = messages.map((each) => ({
            ...each,
            timestamp: magic === 0 ? -1 : each.timestamp,
            headers: [],
            magic,
          }));
          expect(readAll(set)).toEqual(expected);
          expect([...batches(set)].every(({ position }) => isIntact(set, position))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each(OLD_CODECS)('a flipped bit in a set of %s does not go unnoticed', (codec) => {
    const messages = [{ key: null, value: Buffer.from('value'), timestamp: 5, offset: 3 }];
    const set = buildMessageSet(messages, { magic, codec });
    for (let bit = 12 * 8; bit < set.length * 8; bit++) {
      const damaged = Buffer.from(set);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(isMessageCrcValid(damaged, 0)).toBe(false);
    }
  });
});

test('a message is laid out as Kafka lays it out', () => {
  const message = { key: Buffer.from('k'), value: Buffer.from('v'), timestamp: 258, offset: 7 };
  const fields = '01 00 0000000000000102 00000001 6b 00000001 76'.replaceAll(' ', '');
  const crc = crc32(Buffer.from(fields, 'hex')).toString(16).padStart(8, '0');
  expect(buildMessageSet([message], { magic: 1, codec: 'none' }).toString('hex')).toBe(
    `${'0000000000000007'}00000018${crc}${fields}`,
  );
});

describe('a compressed set', () => {
  const messages = [5, 6, 9].map((offset) => ({
    key: null,
    value: Buffer.from(String(offset)),
    timestamp: 1000 + offset,
    offset,
  }));

  test.each`
    magic | inner        | because
    ${0}  | ${[5, 6, 9]} | ${'offsets of magic 0 are absolute'}
    ${1}  | ${[0, 1, 4]} | ${'those of magic 1 count from the first'}
  `('of magic $magic holds offsets $inner because $because', ({ magic, inner }) => {
    const wrapper = buildMessageSet(messages, { magic: magic as LegacyMagic, codec: 'gzip' });
    expect(wrapper.readBigInt64BE(0)).toBe(9n);
    expect(innerOf(wrapper, magic as LegacyMagic)).toEqual(inner);
  });

  test('whose wrapper has offset 0, as old librdkafka sends it, counts from 0', () => {
    const wrapper = buildMessageSet(messages, { magic: 1, codec: 'gzip' });
    wrapper.writeBigInt64BE(0n, 0);
    expect(readAll(wrapper).map(({ offset }) => offset)).toEqual([0, 1, 4]);
  });

  test('of the broker’s time has that time in every message', () => {
    const form = { magic: 1, codec: 'gzip', logAppendTimeMs: 77 } as const;
    expect(readAll(buildMessageSet(messages, form)).map(({ timestamp }) => timestamp)).toEqual([
      77, 77, 77,
    ]);
  });

  test('of lz4 in magic 0 has the header checksum of the first writer, which nobody checks', () => {
    const old = valueOf(buildMessageSet(messages, { magic: 0, codec: 'lz4' }), 26);
    const right = valueOf(buildMessageSet(messages, { magic: 1, codec: 'lz4' }), 34);
    // xxHash of `04224d18 6040`, the frame's magic included, and of `6040` alone.
    expect(old.subarray(0, 6)).toEqual(right.subarray(0, 6));
    expect([old.readUInt8(6), right.readUInt8(6)]).toEqual([SPOILT_CHECKSUM, RIGHT_CHECKSUM]);
  });
});

/** As lz4-java's XXHash32 gives them for a frame of independent blocks of 64 KiB. */
const SPOILT_CHECKSUM = 0x1a;
const RIGHT_CHECKSUM = 0x82;

function valueOf(wrapper: Buffer, at: number): Buffer {
  return wrapper.subarray(at);
}

/** The offsets as they stand in the wrapped set. */
function innerOf(wrapper: Buffer, magic: LegacyMagic): number[] {
  const set = gunzipSync(valueOf(wrapper, magic === 0 ? 26 : 34));
  return Array.from(batches(set), ({ position }) => Number(set.readBigInt64BE(position)));
}

function messageOf(changes: Partial<MessageToWrite>): Buffer {
  const message: MessageToWrite = {
    magic: 1,
    offset: 5,
    timestamp: 1,
    isLogAppendTime: false,
    codec: 'gzip',
    key: null,
    value: null,
    ...changes,
  };
  const buffer = Buffer.alloc(34 + (message.value?.length ?? 0));
  return buffer.subarray(0, writeMessage(buffer, 0, message));
}

const inner = (changes: Partial<MessageToWrite>): Buffer =>
  messageOf({ codec: 'none', offset: 0, value: Buffer.from('v'), ...changes });
const wrapped = (set: Buffer, changes: Partial<MessageToWrite> = {}): Buffer =>
  messageOf({ value: compress('gzip', set), ...changes });
const damaged = (message: Buffer): Buffer => {
  message.writeUInt8(message.readUInt8(message.length - 1) ^ 1, message.length - 1);
  return message;
};

test.each`
  because                                      | batch                                                                                    | error
  ${'a wrapper holds nothing'}                 | ${messageOf({})}                                                                         | ${'INVALID_RECORD'}
  ${'there was no zstd in those days'}         | ${messageOf({ codec: 'zstd', value: compress('zstd', inner({})) })}                      | ${'INVALID_RECORD'}
  ${'nothing was compressed'}                  | ${wrapped(Buffer.alloc(0))}                                                              | ${'INVALID_RECORD'}
  ${'a wrapper lies in a wrapper'}             | ${wrapped(messageOf({ value: compress('gzip', inner({})) }))}                            | ${'INVALID_RECORD'}
  ${'the wrapper’s offset is below the inner'} | ${wrapped(inner({ offset: 6 }))}                                                         | ${'INVALID_RECORD'}
  ${'an inner message is damaged'}             | ${wrapped(damaged(inner({})))}                                                           | ${'CORRUPT_MESSAGE'}
  ${'an inner length is none'}                 | ${wrapped(Buffer.alloc(40))}                                                             | ${'CORRUPT_MESSAGE'}
  ${'the value is not of the codec'}           | ${messageOf({ value: Buffer.from('plain') })}                                            | ${'CORRUPT_MESSAGE'}
  ${'an old lz4 frame is no frame'}            | ${messageOf({ magic: 0, codec: 'lz4', value: Buffer.from('x') })}                        | ${'CORRUPT_MESSAGE'}
  ${'there is more than allowed'}              | ${wrapped(inner({ value: Buffer.alloc(LIMIT) }))}                                        | ${'MESSAGE_TOO_LARGE'}
  ${'a key reaches beyond its message'}        | ${changed(inner({}), (message) => message.writeInt32BE(1000, 26))}                       | ${'INVALID_RECORD'}
  ${'a key leaves no room for a value'}        | ${changed(inner({ value: Buffer.alloc(9) }), (message) => message.writeInt32BE(10, 26))} | ${'INVALID_RECORD'}
`('$error: $because', ({ batch, error }: { batch: Buffer; error: ErrorName }) => {
  const read = (): unknown => [...readMessages(batch, { limit: LIMIT, checksInner: true })];
  expect(read).toThrow(expect.objectContaining({ errorName: error }));
  expect(read).toThrow(ProtocolError);
});

function changed(message: Buffer, change: (message: Buffer) => void): Buffer {
  change(message);
  return message;
}

test('an incomplete last message of a set is passed over', () => {
  const set = Buffer.concat([inner({}), inner({ offset: 1 }).subarray(0, -1)]);
  expect(readAll(wrapped(set, { offset: 0 }))).toHaveLength(1);
});
