/** What clients may send by mistake or malice: each costs that connection, or is answered, and nothing else. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { startCluster } from '../../src/cluster';
import type { Cluster } from '../../src/cluster';
import { errorCode } from '../../src/protocol/errors';
import type { ErrorName } from '../../src/protocol/errors';
import { encodeRequest, parseResponse } from '../../src/protocol/frames';
import { ProduceRequest, ProduceResponse } from '../../src/protocol/messages/00-produce';
import { MetadataRequest, MetadataResponse } from '../../src/protocol/messages/03-metadata';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
} from '../../src/protocol/messages/18-api-versions';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../src/protocol/messages/19-create-topics';
import { buildBatch } from '../../src/protocol/records/builder';
import type { InputOf, MessageSpec, TypeOf } from '../../src/protocol/schema';
import { eventually } from '../builders/process';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ brokers: 1 });
}, 60_000);
afterAll(() => cluster.stop());

/** Sends bytes; resolves with what came back until the other side closed, or with the first `frames` frames. */
class RawClient {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => undefined);
  }

  static connect(): Promise<RawClient> {
    const port = cluster.brokers[0]?.port ?? 0;
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new RawClient(socket)));
    });
  }

  send(...buffers: readonly Buffer[]): void {
    for (const buffer of buffers) this.#socket.write(buffer);
  }

  frame(): Promise<Buffer> {
    return eventually('an answer', () => {
      if (this.#received.length < 4) return undefined;
      const size = this.#received.readInt32BE(0);
      if (this.#received.length < 4 + size) return undefined;
      const frame = this.#received.subarray(4, 4 + size);
      this.#received = this.#received.subarray(4 + size);
      return frame;
    });
  }

  async expectClosed(): Promise<void> {
    await eventually(
      'the broker closes the connection',
      () => (this.isClosed ? true : undefined),
      10_000,
    );
    if (this.#received.length > 0) throw new Error('the broker answered before it closed');
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function ask<Q extends MessageSpec, R extends MessageSpec>(
  request: Q & { apiKey: number },
  response: R,
  version: number,
  message: InputOf<Q>,
): Promise<TypeOf<R>> {
  const client = await RawClient.connect();
  client.send(...encodeRequest(request, { version, correlationId: 7, clientId: 'raw' }, message));
  const answer = parseResponse(response, version, await client.frame()).message;
  client.close();
  return answer;
}

/** The broker still answers others. */
async function expectAlive(): Promise<void> {
  const answer = await ask(ApiVersionsRequest, ApiVersionsResponse, 0, {});
  expect(answer.errorCode).toBe(0);
}

const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const framed = (hex: string): Buffer => {
  const body = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return Buffer.concat([int32(body.length), body]);
};

test.each`
  bytes                                              | because
  ${Buffer.from('GET / HTTP/1.1\r\n\r\n')}           | ${'HTTP is not the protocol'}
  ${int32(-5)}                                       | ${'a frame has no negative size'}
  ${int32(104857601)}                                | ${'it is larger than socket.request.max.bytes'}
  ${framed('')}                                      | ${'there is no header'}
  ${framed('0003')}                                  | ${'the header is cut short'}
  ${framed('0063 0000 00000001 ffff')}               | ${'there is no API 99'}
  ${framed('0034 0000 00000001 ffff')}               | ${'Vote is not served in ZooKeeper mode'}
  ${framed('0003 00ff 00000001 ffff')}               | ${'Metadata has no version 255'}
  ${framed('0003 0001 00000001 ffff 7fffffff')}      | ${'more topics are announced than bytes are there'}
  ${framed('0003 0001 00000001 ffff 00000001 0009')} | ${'the name is cut short'}
  ${framed('0000 0003 00000001 ffff ffff 0001')}     | ${'a produce request ends in the middle'}
`('a connection is closed when $because', async ({ bytes }) => {
  const client = await RawClient.connect();
  client.send(bytes as Buffer);
  await client.expectClosed();
  await expectAlive();
});

test('an unknown version of ApiVersions is answered with the versions there are', async () => {
  const client = await RawClient.connect();
  client.send(framed('0012 0063 00000009 ffff 00'));
  expect((await client.frame()).toString('hex')).toBe(
    '00000009' + '0023' + '00000001' + '001200000004',
  );
  client.close();
});

test('half a frame waits for its other half', async () => {
  const [whole] = [
    Buffer.concat(
      encodeRequest(ApiVersionsRequest, { version: 0, correlationId: 3, clientId: 'slow' }, {}),
    ),
  ];
  const client = await RawClient.connect();
  client.send(whole.subarray(0, 5));
  await expectAlive();
  client.send(whole.subarray(5));
  expect((await client.frame()).readInt32BE(0)).toBe(3);
  client.close();
});

describe('a produce request is refused', () => {
  const topic = 'refusals';
  const batch = (): Buffer =>
    buildBatch({ records: [{ key: null, value: Buffer.from('value'), timestamp: Date.now() }] });

  beforeAll(async () => {
    await ask(CreateTopicsRequest, CreateTopicsResponse, 5, {
      topics: [
        { name: topic, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] },
      ],
      timeoutMs: 20_000,
      validateOnly: false,
    });
  });

  function changed(at: number, value: number): Buffer {
    const bytes = batch();
    bytes.writeUInt8(value, at);
    return bytes;
  }

  test.each`
    records                              | error                | because
    ${null}                              | ${'INVALID_RECORD'}  | ${'there is no batch'}
    ${Buffer.alloc(0)}                   | ${'INVALID_RECORD'}  | ${'there is no batch'}
    ${batch().subarray(0, 40)}           | ${'INVALID_RECORD'}  | ${'the header is cut short'}
    ${batch().subarray(0, 65)}           | ${'INVALID_RECORD'}  | ${'the records are cut short'}
    ${changed(66, 255)}                  | ${'CORRUPT_MESSAGE'} | ${'the checksum does not fit'}
    ${changed(16, 1)}                    | ${'INVALID_RECORD'}  | ${'the batch is of an old format'}
    ${Buffer.concat([batch(), batch()])} | ${'INVALID_RECORD'}  | ${'there are two batches'}
  `('with $error when $because', async ({ records, error }) => {
    const answer = await ask(ProduceRequest, ProduceResponse, 9, {
      acks: -1,
      timeoutMs: 10_000,
      topicData: [
        { name: topic, partitionData: [{ index: 0, records: records as Buffer | null }] },
      ],
    });
    const [partition] = answer.responses[0]?.partitionResponses ?? [];
    expect(partition?.errorCode).toBe(errorCode(error as ErrorName));
  });

  test.each`
    acks  | index | error
    ${2}  | ${0}  | ${'INVALID_REQUIRED_ACKS'}
    ${-1} | ${9}  | ${'UNKNOWN_TOPIC_OR_PARTITION'}
  `('with $error (acks $acks, partition $index)', async ({ acks, index, error }) => {
    const answer = await ask(ProduceRequest, ProduceResponse, 9, {
      acks: acks as number,
      timeoutMs: 10_000,
      topicData: [{ name: topic, partitionData: [{ index: index as number, records: batch() }] }],
    });
    const [partition] = answer.responses[0]?.partitionResponses ?? [];
    expect(partition?.errorCode).toBe(errorCode(error as ErrorName));
  });

  test('by closing the connection where acks=0 leaves no answer', async () => {
    const client = await RawClient.connect();
    client.send(
      ...encodeRequest(
        ProduceRequest,
        { version: 9, correlationId: 1, clientId: 'raw' },
        {
          acks: 0,
          timeoutMs: 10_000,
          topicData: [{ name: 'missing', partitionData: [{ index: 0, records: batch() }] }],
        },
      ),
    );
    await client.expectClosed();
  });
});

test.each`
  name               | partitions | replicas | configs                                        | error
  ${'a b'}           | ${1}       | ${1}     | ${[]}                                          | ${'INVALID_TOPIC_EXCEPTION'}
  ${'..'}            | ${1}       | ${1}     | ${[]}                                          | ${'INVALID_TOPIC_EXCEPTION'}
  ${'x'.repeat(250)} | ${1}       | ${1}     | ${[]}                                          | ${'INVALID_TOPIC_EXCEPTION'}
  ${'t'}             | ${0}       | ${1}     | ${[]}                                          | ${'INVALID_PARTITIONS'}
  ${'t'}             | ${1}       | ${2}     | ${[]}                                          | ${'INVALID_REPLICATION_FACTOR'}
  ${'t'}             | ${1}       | ${1}     | ${[{ name: 'no.such', value: '1' }]}           | ${'INVALID_CONFIG'}
  ${'t'}             | ${1}       | ${1}     | ${[{ name: 'retention.ms', value: 'soon' }]}   | ${'INVALID_CONFIG'}
  ${'t'}             | ${1}       | ${1}     | ${[{ name: 'cleanup.policy', value: 'burn' }]} | ${'INVALID_CONFIG'}
`(
  'a topic $name with $partitions partitions, $replicas replicas, $configs: $error',
  async (row) => {
    const answer = await ask(CreateTopicsRequest, CreateTopicsResponse, 5, {
      topics: [
        {
          name: row.name as string,
          numPartitions: row.partitions as number,
          replicationFactor: row.replicas as number,
          assignments: [],
          configs: row.configs as { name: string; value: string }[],
        },
      ],
      timeoutMs: 10_000,
      validateOnly: false,
    });
    expect(answer.topics[0]?.errorCode).toBe(errorCode(row.error as ErrorName));
  },
);

test('a name that no topic may have is not created by asking for it', async () => {
  const answer = await ask(MetadataRequest, MetadataResponse, 4, {
    topics: [{ name: 'no/slash' }],
    allowAutoTopicCreation: true,
  });
  expect(answer.topics[0]?.errorCode).toBe(errorCode('INVALID_TOPIC_EXCEPTION'));
});
