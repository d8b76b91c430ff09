/** One line for each request that was answered, while the level of the area `request` is DEBUG or TRACE (Kafka's `kafka.request.logger`). */
import type { Reply } from '../network/connection';
import type { Clock, Log } from '../platform/ports';
import type { Handler, IncomingRequest } from './handler';
import { apiName } from './request-metrics';

export class RequestLog {
  readonly #clock: Clock;
  readonly #log: Log;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log.area('request');
  }

  get isEnabled(): boolean {
    return this.#log.isEnabled('debug');
  }

  /** Serves the request and writes its line once the answer is there, or once it has failed. */
  serve(handler: Handler, request: IncomingRequest): Reply | Promise<Reply> {
    const startedMs = this.#clock.monotonicMs();
    const requestBytes = request.frame.length;
    const note = (outcome: { readonly responseBytes?: number; readonly error?: unknown }): void =>
      this.#write(request, { requestBytes, startedMs, ...outcome });
    const onReply = (reply: Reply): Reply => {
      note({ responseBytes: sizeOf(reply) });
      return reply;
    };
    const onFailure = (error: unknown): never => {
      note({ error });
      throw error;
    };
    try {
      const reply = handler.serve(request);
      return reply instanceof Promise ? reply.then(onReply, onFailure) : onReply(reply);
    } catch (error) {
      return onFailure(error);
    }
  }

  #write(
    request: IncomingRequest,
    { startedMs, ...sizes }: { readonly startedMs: number; readonly requestBytes: number },
  ): void {
    const { apiKey, apiVersion, correlationId, clientId, connection } = request;
    const { remoteAddress, remotePort, listenerName } = connection;
    this.#log.debug(apiName(apiKey), {
      version: apiVersion,
      correlationId,
      clientId,
      client: `${remoteAddress}:${String(remotePort)}`,
      listener: listenerName,
      ...sizes,
      tookMs: Math.round((this.#clock.monotonicMs() - startedMs) * 1000) / 1000,
    });
  }
}

function sizeOf({ buffers }: Reply): number {
  return buffers?.reduce((bytes, buffer) => bytes + buffer.length, 0) ?? 0;
}
