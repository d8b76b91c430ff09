/**
 * Requests on their way to ZooKeeper: a bounded number under way at once, the others in a queue; those lost
 * with a connection go out again over the next one (the retry rule of Kafka's `KafkaZkClient`).
 */

import type { Histogram } from '../metrics/histogram';
import type { Clock } from '../platform/ports';
import { MultiError, ZooKeeperError, isZooKeeperError } from './errors';
import type { SessionClient } from './session-client';

/** Requests that wait while disconnected; more are refused with THROTTLED_OP. */
const MAX_WAITING = 100_000;

export type Attempt<T> = (client: SessionClient) => Promise<T>;

interface Request {
  readonly operation: string;
  readonly path: string;
  readonly attempt: Attempt<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ZooKeeperError) => void;
  /** An attempt was lost with its connection: it may have been carried out. */
  wasLost: boolean;
}

/** Takes how long requests took, in milliseconds. */
interface Timing {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly latency: Histogram;
}

export class RequestPipeline {
  readonly #maxInFlight: number;
  readonly #timing: Timing | undefined;
  #waiting: Request[] = [];
  readonly #inFlight = new Set<Request>();
  /** Who takes requests now; nobody while disconnected. */
  #client: SessionClient | undefined;

  constructor(maxInFlight: number, timing?: Timing) {
    this.#maxInFlight = maxInFlight;
    this.#timing = timing;
  }

  /** Rejects with a `ZooKeeperError`, never CONNECTION_LOSS. */
  submit<T>(operation: string, path: string, attempt: Attempt<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length >= MAX_WAITING) {
        return reject(new ZooKeeperError('THROTTLED_OP', operation, path));
      }
      const settle = resolve as (value: unknown) => void;
      this.#waiting.push({ operation, path, attempt, resolve: settle, reject, wasLost: false });
      this.#sendWaiting();
    });
  }

  /** From now on `client` takes the requests. */
  resume(client: SessionClient): void {
    this.#client = client;
    this.#sendWaiting();
  }

  /** Keeps requests until `resume`. */
  pause(): void {
    this.#client = undefined;
  }

  /** The requests that wait fail: their session has ended. */
  failWaiting(): void {
    for (const request of this.#waiting.splice(0)) rejectAsExpired(request);
  }

  /** So do those under way, whatever still becomes of them. */
  failInFlight(): void {
    const inFlight = [...this.#inFlight];
    this.#inFlight.clear();
    inFlight.forEach(rejectAsExpired);
  }

  #sendWaiting(): void {
    while (this.#client && this.#inFlight.size < this.#maxInFlight) {
      const request = this.#waiting.shift();
      if (!request) return;
      this.#inFlight.add(request);
      void this.#send(request, this.#client);
    }
  }

  async #send(request: Request, client: SessionClient): Promise<void> {
    const { clock, latency } = this.#timing ?? {};
    const startMs = clock?.monotonicMs() ?? 0;
    try {
      const value = await request.attempt(client);
      if (this.#inFlight.delete(request)) request.resolve(value);
    } catch (error) {
      if (this.#inFlight.delete(request)) this.#onFailed(request, error);
    }
    if (clock) latency?.note(clock.monotonicMs() - startMs);
    this.#sendWaiting();
  }

  #onFailed(request: Request, error: unknown): void {
    const { operation, path } = request;
    if (isZooKeeperError(error, 'CONNECTION_LOSS')) {
      request.wasLost = true;
      this.#waiting.push(request);
    } else if (error instanceof ZooKeeperError) {
      request.reject(request.wasLost ? asMaybeDone(error) : error);
    } else {
      request.reject(new ZooKeeperError('SYSTEM_ERROR', operation, path, { cause: error }));
    }
  }
}

function rejectAsExpired({ reject, operation, path }: Request): void {
  reject(new ZooKeeperError('SESSION_EXPIRED', operation, path));
}

function asMaybeDone(error: ZooKeeperError): ZooKeeperError {
  const options = { cause: error, maybeDone: true };
  return error instanceof MultiError
    ? new MultiError(error.code, error.index, error.path, options)
    : new ZooKeeperError(error.code, error.operation, error.path, options);
}
