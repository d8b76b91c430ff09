/** What a request handler is: one API's schemas, the versions it answers, and the function that does. */
import type { ConnectionInfo, Reply } from '../network/connection';
import { codecOf } from '../protocol/codec';
import { encodeResponse } from '../protocol/frames';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import { errorCounterOf } from './error-counter';
import type { RequestProgress } from './request-metrics';
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
  /** What a request of this API counts as besides: Fetch of consumers and of followers apart. */
  readonly kindOf?: (request: TypeOf<Q>, apiVersion: number) => string;
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
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Measures it, where somebody wants to know. */
  readonly progress?: RequestProgress | undefined;
}

export function defineHandler<Q extends MessageSpec, R extends MessageSpec>(
  spec: HandlerSpec<Q, R>,
): Handler {
  const requestCodec = codecOf<Q>(spec.request);
  const countErrors = errorCounterOf(spec.response);
  const { apiKey } = spec.request;
  return {
    apiKey,
    versions: spec.versions,
    serve(incoming) {
      const { apiVersion, correlationId, connection, progress, broker } = incoming;
      const { message } = requestCodec.decode(incoming.frame, apiVersion, incoming.bodyOffset);
      if (spec.kindOf) progress?.isAlso(spec.kindOf(message, apiVersion));
      const releases: (() => void)[] = [];
      const context: RequestContext = {
        broker,
        connection,
        apiVersion,
        clientId: incoming.clientId ?? '',
        clientHost: `/${connection.remoteAddress}`,
        onSent: (release) => releases.push(release),
      };
      const noteError = (code: number): void => broker.metrics.requests.noteError(apiKey, code);
      const replyWith = (answer: Answer<R>): Reply => {
        if (answer !== NO_RESPONSE) countErrors?.(answer, noteError);
        return {
          buffers:
            answer === NO_RESPONSE
              ? undefined
              : encodeResponse(spec.response, apiVersion, correlationId, answer),
          onSent: () => {
            for (const release of releases) release();
          },
          progress,
        };
      };
      const answer = spec.handle(context, message);
      return answer instanceof Promise ? answer.then(replyWith) : replyWith(answer);
    },
  };
}
