/** A broker whose answers a test gives, on a simulated machine: what the clients say to it arrives as they encoded it. */
import { present } from '../../../src/base/assert';
import { FrameReader } from '../../../src/network/frame-reader';
import type { Socket } from '../../../src/platform/ports';
import { codecOf } from '../../../src/protocol/codec';
import { encodeResponse, parseRequestHeader } from '../../../src/protocol/frames';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
} from '../../../src/protocol/messages/18-api-versions';
import { API_SPECS } from '../../../src/protocol/messages/index';
import type { InputOf, MessageSpec, TypeOf } from '../../../src/protocol/schema';
import { History } from '../history';
import { World } from '../kernel/world';
import { Machine } from '../machine/machine';
import { SimulatedNetwork } from '../network/network';
import { Wire } from '../network/wire';
import type { WorkloadContext } from './workload';

const PORT = 9092;
export const BROKER_ID = 1;
export const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** `unanswered`: none is due. `silence`: none comes any more, on this connection. `break`: the connection ends. */
type NoAnswer = 'unanswered' | 'silence' | 'break';
type Answer = InputOf<MessageSpec> | NoAnswer;

interface Handler {
  readonly response: MessageSpec;
  readonly answer: (message: unknown, version: number) => Answer;
}

export class ScriptedBroker {
  readonly world = new World('scripted');
  readonly network = new SimulatedNetwork(new Wire(this.world));
  readonly history = new History();
  /** Added to correlation ids. */
  correlationShift = 0;
  leaderEpoch = 0;
  topicId = TOPIC_ID;
  /** Keys of APIs that it does not tell of. */
  readonly unserved = new Set<number>();
  readonly #handlers = new Map<number | undefined, Handler>();

  private constructor(private readonly topics: Readonly<Record<string, number>>) {}

  /** `topics`: how many partitions each has. */
  static async start(topics: Readonly<Record<string, number>> = { t: 1 }): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(topics);
    broker.on(ApiVersionsRequest, ApiVersionsResponse, () => ({
      errorCode: 0,
      apiKeys: [...API_SPECS]
        .filter(([apiKey]) => !broker.unserved.has(apiKey))
        .map(([apiKey, { request }]) => ({
          apiKey,
          minVersion: request.versions[0],
          maxVersion: request.versions[1],
        })),
    }));
    broker.on(MetadataRequest, MetadataResponse, () => broker.#metadata());
    const network = broker.network.of(new Machine(broker.world, 'broker1'));
    await network.listen({ host: undefined, port: PORT }, (socket) => broker.#serve(socket));
    return broker;
  }

  get context(): WorkloadContext {
    const { world, network, history } = this;
    const bootstrap = [{ host: 'broker1', port: PORT }];
    return { world, network, history, bootstrap, topics: Object.keys(this.topics) };
  }

  on<Q extends MessageSpec, R extends MessageSpec>(
    request: Q,
    response: R,
    answer: (message: TypeOf<Q>, version: number) => InputOf<R> | NoAnswer,
  ): void {
    this.#handlers.set(request.apiKey, {
      response,
      answer: (message, version) => answer(message as TypeOf<Q>, version),
    });
  }

  #serve(socket: Socket): void {
    let isMute = false;
    const reader = new FrameReader(1_000_000, (frame) => {
      if (!isMute) isMute = this.#answer(socket, Buffer.from(frame)) === 'silence';
    });
    socket.onData = (chunk) => reader.feed(chunk);
  }

  #answer(socket: Socket, frame: Buffer): Answer {
    const { apiKey, apiVersion: version, correlationId, bodyOffset } = parseRequestHeader(frame);
    const { request } = present(API_SPECS.get(apiKey), `API ${String(apiKey)}`);
    const handler = present(this.#handlers.get(apiKey), `a handler of API ${String(apiKey)}`);
    const { message } = codecOf(request).decode(frame, version, bodyOffset);
    const answer = handler.answer(message, version);
    if (answer === 'break') socket.destroy();
    else if (typeof answer === 'object')
      socket.write(
        encodeResponse(handler.response, version, correlationId + this.correlationShift, answer),
      );
    return answer;
  }

  #metadata(): InputOf<typeof MetadataResponse> {
    const place = { leaderId: BROKER_ID, leaderEpoch: this.leaderEpoch };
    const replicas = { replicaNodes: [BROKER_ID], isrNodes: [BROKER_ID] };
    return {
      brokers: [{ nodeId: BROKER_ID, host: 'broker1', port: PORT }],
      controllerId: BROKER_ID,
      topics: Object.entries(this.topics).map(([name, count]) => ({
        errorCode: 0,
        name,
        topicId: this.topicId,
        partitions: Array.from({ length: count }, (_, partitionIndex) => ({
          ...{ errorCode: 0, partitionIndex },
          ...place,
          ...replicas,
        })),
      })),
    };
  }
}
