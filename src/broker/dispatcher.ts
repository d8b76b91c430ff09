/** Finds the handler of each frame by its header. What no header can be read from closes the connection. */
import { AssertionError } from '../base/assert';
import type { ConnectionInfo, FrameHandler, Reply } from '../network/connection';
import { errorCode } from '../protocol/errors';
import { encodeResponse, parseRequestHeader } from '../protocol/frames';
import { ApiVersionsResponse } from '../protocol/messages/18-api-versions';
import type { Handler } from './handler';
import { RequestLog } from './request-log';
import type { BrokerServices } from './services';

/** The request names an API or a version that this broker does not answer. A real broker closes the connection. */
class UnsupportedRequestError extends Error {
  override readonly name = 'UnsupportedRequestError';
}

const API_VERSIONS = 18;

export class Dispatcher {
  readonly #handlers = new Map<number, Handler>();
  readonly #requestLog: RequestLog;

  constructor(
    private readonly broker: BrokerServices,
    handlers: readonly Handler[],
    /** Called with a broken invariant; the broker stops. */
    private readonly onBug: (error: AssertionError) => void,
  ) {
    this.#requestLog = new RequestLog(broker.platform);
    for (const handler of handlers) this.#handlers.set(handler.apiKey, handler);
  }

  readonly dispatch: FrameHandler = (connection, frame, arrivedMs) => {
    try {
      const reply = this.#serve(connection, frame, arrivedMs);
      return reply instanceof Promise
        ? reply.catch((error: unknown) => this.#rethrow(error))
        : reply;
    } catch (error) {
      return this.#rethrow(error);
    }
  };

  #serve(connection: ConnectionInfo, frame: Buffer, arrivedMs: number): Reply | Promise<Reply> {
    const { apiKey, apiVersion, correlationId, clientId, bodyOffset } = parseRequestHeader(frame);
    const handler = this.#handlers.get(apiKey);
    if (!handler) throw new UnsupportedRequestError(`unknown API key ${String(apiKey)}`);
    const [lowest, highest] = handler.versions;
    if (apiVersion < lowest || apiVersion > highest) {
      if (apiKey === API_VERSIONS) return unsupportedApiVersions(correlationId, handler);
      throw new UnsupportedRequestError(
        `API key ${String(apiKey)} has no version ${String(apiVersion)}`,
      );
    }
    const { clock } = this.broker.platform;
    const progress = this.broker.metrics.requests.begin(apiKey, apiVersion, {
      arrivedMs,
      startedMs: clock.monotonicMs(),
      bytes: frame.length,
    });
    const request = {
      broker: this.broker,
      connection,
      frame,
      bodyOffset,
      apiKey,
      apiVersion,
      correlationId,
      clientId,
      progress,
    };
    const reply = this.#requestLog.isEnabled
      ? this.#requestLog.serve(handler, request)
      : handler.serve(request);
    progress.handled(clock.monotonicMs());
    if (!(reply instanceof Promise)) return reply;
    return reply.then((settled) => {
      progress.ready(clock.monotonicMs());
      return settled;
    });
  }

  #rethrow(error: unknown): never {
    if (error instanceof AssertionError) this.onBug(error);
    throw error;
  }
}

/** A client needs this answer, always in version 0, to learn which versions exist (KIP-35, KIP-511). */
function unsupportedApiVersions(correlationId: number, handler: Handler): Reply {
  const [minVersion, maxVersion] = handler.versions;
  return {
    buffers: encodeResponse(ApiVersionsResponse, 0, correlationId, {
      errorCode: errorCode('UNSUPPORTED_VERSION'),
      apiKeys: [{ apiKey: API_VERSIONS, minVersion, maxVersion }],
      throttleTimeMs: 0,
    }),
  };
}
