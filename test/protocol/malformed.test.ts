/** Bytes that are no message: a MalformedError, at once and without taking memory for what is not there. */
import { MalformedError, codecOf } from '../../src/protocol/codec';
import { parseRequestHeader } from '../../src/protocol/frames';
import { API_SPECS } from '../../src/protocol/messages/index';
import { ApiVersionsResponse } from '../../src/protocol/messages/18-api-versions';
import { ListOffsetsRequest } from '../../src/protocol/messages/02-list-offsets';
import { MetadataRequest } from '../../src/protocol/messages/03-metadata';
import { OffsetForLeaderEpochRequest } from '../../src/protocol/messages/23-offset-for-leader-epoch';
import { ProduceRequest } from '../../src/protocol/messages/00-produce';
import { SaslAuthenticateRequest } from '../../src/protocol/messages/36-sasl-authenticate';
import type { InputOf, MessageSpec } from '../../src/protocol/schema';
import { nothingDefault } from '../builders/message-arbitrary';

const messages = [...API_SPECS.values()].flatMap(({ name, request, response }) => [
  { title: `${name} request`, spec: request },
  { title: `${name} response`, spec: response },
]);

test.each(messages)('$title: cut short at any byte, it is malformed', ({ spec }) => {
  const codec = codecOf(spec);
  for (const version of new Set(spec.versions)) {
    const message = nothingDefault(spec.fields) as InputOf<MessageSpec>;
    const encoded = Buffer.concat(codec.encode(message, version));
    for (let length = 0; length < encoded.length; length++) {
      expect(() => codec.decode(encoded.subarray(0, length), version)).toThrow(MalformedError);
    }
  }
});

function decoding(spec: MessageSpec, version: number, hex: string): () => unknown {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return () => codecOf(spec).decode(bytes, version);
}

test.each`
  spec                           | version | bytes                          | because
  ${MetadataRequest}             | ${1}    | ${'7fffffff'}                  | ${'an array of 2^31 - 1 elements'}
  ${MetadataRequest}             | ${1}    | ${'00000003 0000 0000'}        | ${'more elements than bytes for them'}
  ${MetadataRequest}             | ${1}    | ${'fffffffe'}                  | ${'an array of -2 elements'}
  ${MetadataRequest}             | ${0}    | ${'ffffffff'}                  | ${'a null array where none may be'}
  ${MetadataRequest}             | ${9}    | ${'ffffffff0f 00 00 00 00'}    | ${'a compact array of 2^32 - 2 elements'}
  ${MetadataRequest}             | ${9}    | ${'ffffffffff01 00 00 00 00'}  | ${'a varint of more than five bytes'}
  ${MetadataRequest}             | ${1}    | ${'00000001 7fff 61'}          | ${'a string longer than the message'}
  ${MetadataRequest}             | ${1}    | ${'00000001 fffe 61'}          | ${'a string of -2 bytes'}
  ${MetadataRequest}             | ${1}    | ${'00000001 ffff'}             | ${'a null string where none may be'}
  ${MetadataRequest}             | ${9}    | ${'00 01 00 00 01 00 7f 00'}   | ${'a tagged field longer than the message'}
  ${MetadataRequest}             | ${9}    | ${'00 01 00 00 ffffffff0f'}    | ${'2^32 - 1 tagged fields'}
  ${SaslAuthenticateRequest}     | ${0}    | ${'7fffffff 00'}               | ${'2^31 - 1 bytes'}
  ${SaslAuthenticateRequest}     | ${0}    | ${'fffffffe 00'}               | ${'-2 bytes'}
  ${SaslAuthenticateRequest}     | ${0}    | ${'ffffffff'}                  | ${'null bytes where none may be'}
  ${SaslAuthenticateRequest}     | ${2}    | ${'ffffffff0f 00'}             | ${'2^32 - 2 compact bytes'}
  ${OffsetForLeaderEpochRequest} | ${4}    | ${'00000000 ffffffff07 00 00'} | ${'2^31 compact elements'}
`(
  'refuses $because',
  ({ spec, version, bytes }: { spec: MessageSpec; version: number; bytes: string }) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(decoding(spec, version, bytes)).toThrow(MalformedError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  },
);

test.each`
  bytes                 | because
  ${'0020000000000000'} | ${'it is 2^53'}
  ${'7fffffffffffffff'} | ${'it is the largest int64'}
  ${'8000000000000000'} | ${'it is the smallest int64'}
`('refuses an int64 when $because, instead of rounding', ({ bytes }: { bytes: string }) => {
  const tags = (value: string): string => `0000 01 00000000 01 01 08 ${value}`;
  expect(decoding(ApiVersionsResponse, 3, tags(bytes))).toThrow(MalformedError);
  expect(decoding(ApiVersionsResponse, 3, tags('001fffffffffffff'))).not.toThrow();
});

test.each`
  bytes                 | read                       | because
  ${'7fffffffffffffff'} | ${Number.MAX_SAFE_INTEGER} | ${"it is Java's Long.MAX_VALUE"}
  ${'8000000000000000'} | ${Number.MIN_SAFE_INTEGER} | ${"it is Java's Long.MIN_VALUE"}
  ${'fffffffffffffffe'} | ${-2}                      | ${'it is small'}
`(
  'a timestamp to look for is read as $read when $because',
  ({ bytes, read }: { bytes: string; read: number }) => {
    const request = `ffffffff 00000001 0001 74 00000001 00000000 ${bytes}`;
    expect(decoding(ListOffsetsRequest, 1, request)()).toMatchObject({
      message: { topics: [{ partitions: [{ timestamp: read }] }] },
    });
  },
);

test('a known tagged field must have the size that it announces', () => {
  expect(
    decoding(ApiVersionsResponse, 3, '0000 01 00000000 01 01 08 0000000000000005'),
  ).not.toThrow();
  expect(decoding(ApiVersionsResponse, 3, '0000 01 00000000 01 01 09 0000000000000005 00')).toThrow(
    MalformedError,
  );
});

test('an unknown tagged field is passed over', () => {
  expect(decoding(ApiVersionsResponse, 3, '0000 01 00000000 01 63 02 abcd')()).toMatchObject({
    end: 12,
  });
});

test('records of a produce request may not be longer than the message', () => {
  const bytes = 'ffff ffff 00000000 00000001 0001 74 00000001 00000000 7fffffff';
  expect(decoding(ProduceRequest, 3, bytes)).toThrow(MalformedError);
});

test.each`
  frame                           | because
  ${''}                           | ${'nothing is there'}
  ${'0003 0001 000000'}           | ${'the correlation id is cut short'}
  ${'0003 0001 00000001'}         | ${'the client id is missing'}
  ${'0003 0001 00000001 0005 61'} | ${'the client id is cut short'}
  ${'0003 0009 00000001 ffff'}    | ${'the tagged fields are missing'}
`('a request header is malformed when $because', ({ frame }: { frame: string }) => {
  const bytes = Buffer.from(frame.replaceAll(' ', ''), 'hex');
  expect(() => parseRequestHeader(bytes)).toThrow(MalformedError);
});

test('of an unknown API only the key, version and correlation id are read', () => {
  expect(parseRequestHeader(Buffer.from('270f000100000007', 'hex'))).toEqual({
    apiKey: 9999,
    apiVersion: 1,
    correlationId: 7,
    clientId: null,
    bodyOffset: 8,
  });
});
