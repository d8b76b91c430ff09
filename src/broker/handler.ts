/** What a request handler is: one API's schemas, the versions it answers, and the function that does. */
import type { ConnectionInfo, Reply } from '../network/connection';
import { codecOf } from '../protocol/codec';
import { encodeResponse } from '../protocol/frames';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import type { BrokerServices } from './services';

/** What a handler knows of the request besides its body. */
export interface RequestContext {
  readonly broker: BrokerServices;
  readonly connection: ConnectionInfo;
  readonly apiVersion: number;
  readonly clientId: string;
  /** As Kafka prints it: `/127.0.0.1`. */
  readonly clientHost: string;
  /** Registers what to do once the response's buffers are no longer needed, sent or not. */
  onSent(release: () => void): void;
}

/** Returned by a handler whose request has no response (Produce with acks=0). */
export const NO_RESPONSE = Symbol('no response');

type Answer<R extends MessageSpec> = InputOf<R> | typeof NO_RESPONSE;

export interface HandlerSpec<Q extends MessageSpec, R extends MessageSpec> {
  readonly request: Q & { readonly apiKey: number };
  readonly response: R;
  /** The versions answered, lowest and highest; what ApiVersions advertises. */
  readonly versions: readonly [number, number];
  /** `request`'s `records` are views of the frame: they are gone at the first await. */
  readonly handle: (context: RequestContext, request: TypeOf<Q>) => Answer<R> | Promise<Answer<R>>;
}

/** A handler with its message types sealed inside. */
export interface Handler {
  readonly apiKey: number;
  readonly versions: readonly [number, number];
  /** Decodes the body at `bodyOffset`, answers, encodes. Throws, or rejects with, `MalformedError` on a bad body. */
  serve(request: IncomingRequest): Reply | Promise<Reply>;
}

export interface IncomingRequest {
  readonly broker: BrokerServices;
  readonly connection: ConnectionInfo;
  readonly frame: Buffer;
  readonly bodyOffset: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
}

export function defineHandler<Q extends MessageSpec, R extends MessageSpec>(
  spec: HandlerSpec<Q, R>,
): Handler {
  const requestCodec = codecOf<Q>(spec.request);
  return {
    apiKey: spec.request.apiKey,
    versions: spec.versions,
    serve(incoming) {
      const { apiVersion, correlationId, connection } = incoming;
      const { message } = requestCodec.decode(incoming.frame, apiVersion, incoming.bodyOffset);
      const releases: (() => void)[] = [];
      const context: RequestContext = {
        broker: incoming.broker,
        connection,
        apiVersion,
        clientId: incoming.clientId ?? '',
        clientHost: `/${connection.remoteAddress}`,
        onSent: (release) => releases.push(release),
      };
      const replyWith = (answer: Answer<R>): Reply => ({
        buffers:
          answer === NO_RESPONSE
            ? undefined
            : encodeResponse(spec.response, apiVersion, correlationId, answer),
        onSent: () => {
          for (const release of releases) release();
        },
      });
      const answer = spec.handle(context, message);
      return answer instanceof Promise ? answer.then(replyWith) : replyWith(answer);
    },
  };
}
