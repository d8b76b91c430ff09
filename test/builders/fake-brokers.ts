/**
 * The brokers' end of the controller's channels: records every request in order, after a round trip through
 * the codec, and answers as a healthy broker would unless told otherwise.
 */
import type { PeerAddress, PeerConnection, PeerConnector } from '../../src/controller/ports';
import { NetworkError } from '../../src/platform/ports';
import { codecOf } from '../../src/protocol/codec';
import { errorCode } from '../../src/protocol/errors';
import type { ErrorName } from '../../src/protocol/errors';
import { LeaderAndIsrRequest } from '../../src/protocol/messages/04-leader-and-isr';
import { StopReplicaRequest } from '../../src/protocol/messages/05-stop-replica';
import type { UpdateMetadataRequest } from '../../src/protocol/messages/06-update-metadata';
import type { InputOf, MessageSpec, TypeOf } from '../../src/protocol/schema';

export type RecordedRequest =
  | { readonly broker: number; readonly api: 'LeaderAndIsr'; readonly message: LeaderAndIsrRequest }
  | {
      readonly broker: number;
      readonly api: 'UpdateMetadata';
      readonly message: UpdateMetadataRequest;
    }
  | { readonly broker: number; readonly api: 'StopReplica'; readonly message: StopReplicaRequest };

export const FIRST_BROKER_PORT = 9_000;

export class FakeBrokers implements PeerConnector {
  requests: RecordedRequest[] = [];
  connections = 0;
  /** Brokers that nobody can reach. */
  readonly unreachable = new Set<number>();
  /** Brokers that take a request and never answer. */
  readonly hung = new Set<number>();
  /** The error that a broker answers for one partition, `topic-partition`, of LeaderAndIsr or StopReplica. */
  partitionError: (broker: number, topicId: string, partition: number) => ErrorName = () => 'NONE';

  async connect({ port }: PeerAddress): Promise<PeerConnection> {
    const broker = port - FIRST_BROKER_PORT;
    if (this.unreachable.has(broker))
      throw new NetworkError('ECONNREFUSED', `broker ${String(broker)}`);
    this.connections += 1;
    return {
      request: (request, response, version, message) =>
        this.#serve(broker, { request, response, version }, message),
      close: () => undefined,
    };
  }

  readonly #pending: { readonly broker: number; readonly fail: (error: Error) => void }[] = [];

  /** A hung broker answers from now on; what it had not answered is lost. */
  revive(broker: number): void {
    this.hung.delete(broker);
    for (const each of this.#pending) {
      if (each.broker === broker)
        each.fail(new NetworkError('ECONNRESET', `broker ${String(broker)}`));
    }
  }

  /** What was recorded since the last call. */
  take(): RecordedRequest[] {
    const taken = this.requests;
    this.requests = [];
    return taken;
  }

  async #serve<S extends MessageSpec, R extends MessageSpec>(
    broker: number,
    { request, response, version }: { request: S; response: R; version: number },
    message: InputOf<S>,
  ): Promise<TypeOf<R>> {
    if (this.unreachable.has(broker))
      throw new NetworkError('ECONNRESET', `broker ${String(broker)}`);
    const decoded = codecOf(request).decode(
      Buffer.concat(codecOf(request).encode(message, version)),
      version,
    ).message;
    const recorded = asRecorded(broker, request.apiKey, decoded);
    this.requests.push(recorded);
    if (this.hung.has(broker))
      return new Promise((_, fail) => this.#pending.push({ broker, fail }));
    const answer = this.#answer(recorded) as InputOf<R>;
    return codecOf(response).decode(
      Buffer.concat(codecOf(response).encode(answer, version)),
      version,
    ).message;
  }

  #answer(recorded: RecordedRequest): object {
    const { broker } = recorded;
    const code = (topic: string, partition: number): number =>
      errorCode(this.partitionError(broker, topic, partition));
    const ok = errorCode('NONE');
    if (recorded.api === 'UpdateMetadata') return { errorCode: ok };
    if (recorded.api === 'StopReplica') {
      const partitionErrors = recorded.message.topicStates.flatMap(
        ({ topicName, partitionStates }) =>
          partitionStates.map(({ partitionIndex }) => ({
            topicName,
            partitionIndex,
            errorCode: code(topicName, partitionIndex),
          })),
      );
      return { errorCode: ok, partitionErrors };
    }
    const topics = recorded.message.topicStates.map(({ topicName, topicId, partitionStates }) => ({
      topicId,
      partitionErrors: partitionStates.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: code(topicName, partitionIndex),
      })),
    }));
    return { errorCode: ok, topics };
  }
}

function asRecorded(broker: number, apiKey: number | undefined, message: unknown): RecordedRequest {
  if (apiKey === LeaderAndIsrRequest.apiKey) {
    return { broker, api: 'LeaderAndIsr', message: message as LeaderAndIsrRequest };
  }
  if (apiKey === StopReplicaRequest.apiKey) {
    return { broker, api: 'StopReplica', message: message as StopReplicaRequest };
  }
  return { broker, api: 'UpdateMetadata', message: message as UpdateMetadataRequest };
}
