import { codecOf } from '../../src/protocol/codec';
import { ProtocolError } from '../../src/protocol/errors';
import { encodeRequest, encodeResponse, parseResponse } from '../../src/protocol/frames';
import { CreateTopicsRequest } from '../../src/protocol/messages/19-create-topics';
import { FetchRequest, FetchResponse } from '../../src/protocol/messages/01-fetch';
import { MetadataResponse } from '../../src/protocol/messages/03-metadata';
import type { InputOf, MessageSpec } from '../../src/protocol/schema';

const header = { correlationId: 1, clientId: null };
const topic = { name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
const fetchPartition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 1 };

/** The field that keeps a request from being sent in a version, if any does. */
function refusalOf(
  spec: MessageSpec,
  version: number,
  message: InputOf<MessageSpec>,
): string | undefined {
  try {
    encodeRequest(spec, { ...header, version }, message);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.errorName !== 'UNSUPPORTED_VERSION') throw error;
    return /has no field (.*)/.exec(error.message)?.[1];
  }
}

test.each([
  {
    spec: CreateTopicsRequest,
    version: 0,
    message: { topics: [topic], timeoutMs: 1, validateOnly: true },
    refused: 'validateOnly',
    because: 'a request to validate would create',
  },
  {
    spec: CreateTopicsRequest,
    version: 0,
    message: { topics: [topic], timeoutMs: 1, validateOnly: false },
    refused: undefined,
    because: 'what is left out is the default',
  },
  {
    spec: CreateTopicsRequest,
    version: 1,
    message: { topics: [topic], timeoutMs: 1, validateOnly: true },
    refused: undefined,
    because: 'the version has the field',
  },
  {
    spec: FetchRequest,
    version: 11,
    message: {
      maxWaitMs: 1,
      minBytes: 1,
      topics: [
        { topic: 't', partitions: [fetchPartition, { ...fetchPartition, lastFetchedEpoch: 3 }] },
      ],
    },
    refused: 'topics.partitions.lastFetchedEpoch',
    because: 'one of several elements says what the version cannot',
  },
  {
    spec: FetchRequest,
    version: 11,
    message: { maxWaitMs: 1, minBytes: 1, topics: [], clusterId: 'c', rackId: 'r' },
    refused: undefined,
    because: 'the field may be ignored',
  },
])('a request of version $version is refused for $refused: $because', (row) => {
  const { spec, version, message, refused } = row;
  expect(refusalOf(spec, version, message)).toBe(refused);
});

test('a response leaves out what its version lacks', () => {
  const message = { sessionId: 5, responses: [] };
  const frame = Buffer.concat(encodeResponse(FetchResponse, 4, 1, message)).subarray(4);
  expect(parseResponse(FetchResponse, 4, frame).message).toMatchObject({ sessionId: 0 });
});

test('records are sent from where they are and read where they arrived', () => {
  const records = [Buffer.from('one'), Buffer.from('two')];
  const partition = { partitionIndex: 0, errorCode: 0, highWatermark: 1, records };
  const chunks = encodeResponse(FetchResponse, 4, 1, {
    responses: [{ topic: 't', partitions: [partition] }],
  });
  for (const part of records) expect(chunks).toContain(part);
  const frame = Buffer.concat(chunks).subarray(4);
  const read = parseResponse(FetchResponse, 4, frame).message.responses[0]?.partitions[0]?.records;
  expect(read?.toString()).toBe('onetwo');
  expect(read?.buffer).toBe(frame.buffer);
});

test('a message larger than the shared slab is one chunk', () => {
  const nodes = Array.from({ length: 20_000 }, (_, index) => index);
  const partitions = [
    { errorCode: 0, partitionIndex: 0, leaderId: 1, replicaNodes: nodes, isrNodes: nodes },
  ];
  const message = {
    brokers: [],
    topics: [{ errorCode: 0, name: 'x'.repeat(30_000), partitions }],
  };
  const chunks = encodeResponse(MetadataResponse, 12, 1, message);
  expect(chunks).toHaveLength(1);
  const frame = Buffer.concat(chunks).subarray(4);
  expect(parseResponse(MetadataResponse, 12, frame).message.topics[0]).toMatchObject(
    message.topics[0] as object,
  );
});

test('what one message wrote is not touched by the next', () => {
  const encode = (name: string): Buffer[] =>
    codecOf(MetadataResponse).encode(
      { brokers: [], topics: [{ errorCode: 0, name, partitions: [] }] },
      1,
    );
  const first = encode('first');
  const copy = Buffer.concat(first);
  expect(() =>
    codecOf(MetadataResponse).encode({ brokers: [], topics: [], controllerId: 2 ** 40 }, 1),
  ).toThrow('out of range');
  encode('second');
  expect(Buffer.concat(first)).toEqual(copy);
});

test.each`
  version | because
  ${-1}   | ${'it is below the lowest'}
  ${18}   | ${'it is above the highest'}
  ${1.5}  | ${'it is no version'}
`('there is no codec for version $version: $because', ({ version }: { version: number }) => {
  expect(() => codecOf(FetchRequest).decode(Buffer.alloc(100), version)).toThrow(ProtocolError);
});
