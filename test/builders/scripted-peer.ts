import { deferred } from '../../src/base/deferred';
import { NetworkError } from '../../src/platform/ports';
import { codecOf } from '../../src/protocol/codec';
import type { InputOf, MessageSpec, TypeOf } from '../../src/protocol/schema';
import type { PeerConnection, PeerConnector, PeerTarget } from '../../src/replication/ports';

/** A request that waits for the test to answer it, as the other side decoded it. */
export interface PeerRequest {
  readonly target: PeerTarget;
  readonly apiKey: number | undefined;
  readonly version: number;
  /** What arrived; `as` gives it its type. */
  readonly message: unknown;
  as<S extends MessageSpec>(spec: S): TypeOf<S>;
  /** Encodes and decodes, so that only what the version carries arrives. */
  answer<R extends MessageSpec>(spec: R, message: InputOf<R>): void;
  /** The connection breaks. */
  break(): void;
}

/** Brokers whose answers the test gives, one request after another. */
export class ScriptedPeers implements PeerConnector {
  readonly connections: PeerTarget[] = [];
  /** Set to make connecting fail. */
  isUnreachable = false;
  /** Set to make connecting take for ever. */
  isSilent = false;
  #requests: PeerRequest[] = [];
  #awaited: ((request: PeerRequest) => void) | undefined;

  connect(target: PeerTarget): Promise<PeerConnection> {
    if (this.isUnreachable) return Promise.reject(new NetworkError('ECONNREFUSED', 'refused'));
    if (this.isSilent) return new Promise(() => undefined);
    this.connections.push(target);
    return Promise.resolve(new ScriptedConnection(target, (request) => this.#arrive(request)));
  }

  /** The next request, now or when it comes. */
  next(): Promise<PeerRequest> {
    const request = this.#requests.shift();
    if (request) return Promise.resolve(request);
    return new Promise((resolve) => {
      this.#awaited = resolve;
    });
  }

  /** Requests that came and were not taken. */
  get unanswered(): number {
    return this.#requests.length;
  }

  #arrive(request: PeerRequest): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    if (awaited) awaited(request);
    else this.#requests.push(request);
  }
}

class ScriptedConnection implements PeerConnection {
  isClosed = false;
  #fail = new Set<(error: Error) => void>();

  constructor(
    private readonly target: PeerTarget,
    private readonly onRequest: (request: PeerRequest) => void,
  ) {}

  request<S extends MessageSpec, R extends MessageSpec>(
    requestSpec: S,
    responseSpec: R,
    version: number,
    message: InputOf<S>,
  ): Promise<TypeOf<R>> {
    if (this.isClosed) return Promise.reject(new NetworkError('ECONNRESET', 'closed'));
    const { promise, resolve, reject } = deferred<TypeOf<R>>();
    this.#fail.add(reject);
    const codec = codecOf(requestSpec);
    const decoded = codec.decode(Buffer.concat(codec.encode(message, version)), version).message;
    this.onRequest({
      target: this.target,
      apiKey: requestSpec.apiKey,
      version,
      message: decoded,
      as: () => decoded,
      answer: <T extends MessageSpec>(spec: T, answer: InputOf<T>) => {
        this.#fail.delete(reject);
        const bytes = Buffer.concat(codecOf(spec).encode(answer, version));
        resolve(codecOf(responseSpec).decode(bytes, version).message);
      },
      break: () => this.close(),
    });
    return promise;
  }

  close(): void {
    this.isClosed = true;
    for (const fail of this.#fail) fail(new NetworkError('ECONNRESET', 'closed'));
    this.#fail.clear();
  }
}
