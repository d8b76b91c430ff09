import { BrokerClient } from '../../src/network/broker-client';
import { NetworkError } from '../../src/platform/ports';
import type { Network } from '../../src/platform/ports';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
} from '../../src/protocol/messages/18-api-versions';
import { FakeSocket } from '../builders/fake-socket';
import { ManualClock } from '../builders/manual-clock';

const VERSION = 0;

/** A client, its first request sent, and the socket by which the broker answers. */
async function asked() {
  const socket = new FakeSocket();
  const network = { connect: () => Promise.resolve(socket) } as unknown as Network;
  const client = await BrokerClient.connect(
    { clock: new ManualClock(), network },
    { host: 'broker', port: 9092, clientId: 'test', connectTimeoutMs: 1_000 },
  );
  const answer = client.request(ApiVersionsRequest, ApiVersionsResponse, VERSION, {}, 1_000);
  return { socket, client, answer };
}

function frame(correlationId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + body.length, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
}

test.each`
  answer                                  | bytes                                           | complaint
  ${'to another request'}                 | ${frame(7, Buffer.alloc(6))}                    | ${'broker broker:9092 answered out of order'}
  ${'that ends in the middle'}            | ${frame(0, Buffer.alloc(3))}                    | ${'broker broker:9092 gave an answer that makes no sense'}
  ${'with an array of impossible length'} | ${frame(0, Buffer.from('00007fffffff', 'hex'))} | ${'broker broker:9092 gave an answer that makes no sense'}
  ${'of a frame of negative length'}      | ${Buffer.from('ffffffff00000000', 'hex')}       | ${'broker broker:9092 closed the connection'}
`('an answer $answer ends the connection, as the network does', async ({ bytes, complaint }) => {
  const { socket, client, answer } = await asked();
  const outcome = answer.catch((error: unknown) => error);
  socket.onData(bytes as Buffer);
  const error = await outcome;
  expect(error).toBeInstanceOf(NetworkError);
  expect(error).toMatchObject({ message: complaint as string });
  expect(client.isClosed).toBe(true);
});

test('an answer that fits its request is given', async () => {
  const { socket, answer } = await asked();
  socket.onData(frame(0, Buffer.from('000000000000', 'hex')));
  await expect(answer).resolves.toMatchObject({ errorCode: 0, apiKeys: [] });
});
