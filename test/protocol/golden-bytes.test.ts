/** Bytes as a Kafka 3.9 broker and its clients put them on the wire. */
import { codecOf } from '../../src/protocol/codec';
import {
  encodeRequest,
  encodeResponse,
  parseRequestHeader,
  parseResponse,
} from '../../src/protocol/frames';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
} from '../../src/protocol/messages/18-api-versions';
import { ControlledShutdownRequest } from '../../src/protocol/messages/07-controlled-shutdown';
import { FetchRequest, FetchResponse } from '../../src/protocol/messages/01-fetch';
import { HeartbeatRequest, HeartbeatResponse } from '../../src/protocol/messages/12-heartbeat';
import { MetadataRequest } from '../../src/protocol/messages/03-metadata';
import { ProduceRequest } from '../../src/protocol/messages/00-produce';
import type { InputOf, MessageSpec } from '../../src/protocol/schema';

function hex(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('hex');
}

/** Bytes written with spaces and bars between their parts. */
function wire(text: string): string {
  return text.replace(/[^0-9a-f]/g, '');
}

test('ApiVersions above version 4 is answered with version 0 and the one range that a client needs', () => {
  const message = { errorCode: 35, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] };
  expect(hex(encodeResponse(ApiVersionsResponse, 0, 7, message))).toBe(
    wire('00000010 | 00000007 | 0023 | 00000001 | 0012 0000 0004'),
  );
});

test('ApiVersions version 3: flexible body after a header without tags, empty tags left out', () => {
  const message = {
    errorCode: 0,
    apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    finalizedFeaturesEpoch: 0,
  };
  expect(hex(encodeResponse(ApiVersionsResponse, 3, 1, message))).toBe(
    wire(
      '0000001d | 00000001 | 0000 | 02 0012 0000 0004 00 | 00000000 | 01 01 08 0000000000000000',
    ),
  );
});

test('a tagged field with its default is left out', () => {
  const body = (epoch: number): string =>
    hex(
      codecOf(ApiVersionsResponse).encode(
        { errorCode: 0, apiKeys: [], finalizedFeaturesEpoch: epoch },
        3,
      ),
    );
  expect(body(-1)).toBe(wire('0000 01 00000000 00'));
  expect(body(5)).toBe(wire('0000 01 00000000 01 01 08 0000000000000005'));
});

const heartbeat = { groupId: 'g', generationId: 2, memberId: 'm', groupInstanceId: 'i' };

test.each([
  {
    because: 'header version 1 has the client id',
    spec: HeartbeatRequest,
    version: 3,
    message: heartbeat,
    bytes: '00000018 | 000c 0003 00000009 0001 63 | 0001 67 00000002 0001 6d 0001 69',
  },
  {
    because: 'header version 2 has tags after a client id that is never compact',
    spec: HeartbeatRequest,
    version: 4,
    message: heartbeat,
    bytes: '00000017 | 000c 0004 00000009 0001 63 00 | 02 67 00000002 02 6d 02 69 00',
  },
  {
    because: 'the oldest ControlledShutdown has no client id',
    spec: ControlledShutdownRequest,
    version: 0,
    message: { brokerId: 3 },
    bytes: '0000000c | 0007 0000 00000009 | 00000003',
  },
  {
    because: 'null topics are all topics since version 1',
    spec: MetadataRequest,
    version: 1,
    message: { topics: null },
    bytes: '0000000f | 0003 0001 00000009 0001 63 | ffffffff',
  },
  {
    because: 'a client id and strings of version 3 are compact in the body only',
    spec: ApiVersionsRequest,
    version: 3,
    message: { clientSoftwareName: 'odradek', clientSoftwareVersion: '0.1' },
    bytes: '00000019 | 0012 0003 00000009 0001 63 00 | 08 6f64726164656b 04 302e31 00',
  },
  {
    because: 'records are compact bytes in flexible versions',
    spec: ProduceRequest,
    version: 9,
    message: {
      acks: -1,
      timeoutMs: 30000,
      topicData: [
        {
          name: 't',
          partitionData: [{ index: 1, records: [Buffer.from('aa'), Buffer.from('b')] }],
        },
      ],
    },
    bytes:
      '00000022 | 0000 0009 00000009 0001 63 00 | 00 ffff 00007530 02 02 74 02 00000001 04 616162 00 00 00',
  },
])('$spec.apiKey v$version request: $because', ({ spec, version, message, bytes }) => {
  const header = { version, correlationId: 9, clientId: 'c' };
  const frame = encodeRequest<MessageSpec>(spec, header, message as InputOf<MessageSpec>);
  expect(hex(frame)).toBe(wire(bytes));
  const clientId = version === 0 ? null : 'c';
  const parsed = parseRequestHeader(Buffer.concat(frame).subarray(4));
  expect(parsed).toMatchObject({
    apiKey: spec.apiKey,
    apiVersion: version,
    correlationId: 9,
    clientId,
  });
});

test('a flexible response has tags after its correlation id', () => {
  const frame = encodeResponse(HeartbeatResponse, 4, 9, { errorCode: 27 });
  expect(hex(frame)).toBe(wire('0000000c | 00000009 00 | 00000000 001b 00'));
  expect(parseResponse(HeartbeatResponse, 4, Buffer.concat(frame).subarray(4))).toEqual({
    correlationId: 9,
    message: { throttleTimeMs: 0, errorCode: 27 },
  });
});

test('a Fetch response of version 12 carries the diverging epoch as tag 0 and references the records', () => {
  const records = Buffer.from('batch');
  const partition = { partitionIndex: 0, errorCode: 0, highWatermark: 9, records };
  const chunks = codecOf(FetchResponse).encode(
    {
      responses: [
        {
          topic: 't',
          partitions: [
            { ...partition, abortedTransactions: null, divergingEpoch: { epoch: 2, endOffset: 5 } },
          ],
        },
      ],
    },
    12,
  );
  expect(hex(chunks)).toBe(
    wire(
      `00000000 0000 00000000 02 02 74 02 00000000 0000 0000000000000009 ffffffffffffffff ffffffffffffffff
       00 ffffffff 06 6261746368 01 00 0d 00000002 0000000000000005 00 00 00`,
    ),
  );
  expect(chunks).toContain(records);
});

test('a Fetch request of version 13 names topics by id', () => {
  const topicId = 'AAECAwQFBgcICQoLDA0ODw';
  const partition = { partition: 1, fetchOffset: 2, partitionMaxBytes: 3 };
  const chunks = codecOf(FetchRequest).encode(
    { maxWaitMs: 1, minBytes: 2, topics: [{ topicId, partitions: [partition] }] },
    13,
  );
  expect(hex(chunks)).toBe(
    wire(
      `ffffffff 00000001 00000002 7fffffff 00 00000000 ffffffff 02 000102030405060708090a0b0c0d0e0f
       02 00000001 ffffffff 0000000000000002 ffffffff ffffffffffffffff 00000003 00 00 01 01 00`,
    ),
  );
});
