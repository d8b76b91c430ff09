/** The product's `SessionClient` over a simulated ensemble, in place of `NodeClient`; it keeps what that one promises. */
import type { ErrorName } from '../../../src/zookeeper-server/errors';
import { pathProblem } from '../../../src/zookeeper-server/paths';
import type { SessionRequest } from '../../../src/zookeeper-server/processor';
import type { Result } from '../../../src/zookeeper-server/response';
import type { TreeEvent } from '../../../src/zookeeper-server/tree';
import { ZooKeeperError } from '../../../src/zookeeper/errors';
import { sizeOf } from '../../../src/zookeeper/library-values';
import type {
  CreateMode,
  Operation,
  OperationResult,
  SessionCredentials,
  Stat,
  ZnodeChildren,
  ZnodeData,
} from '../../../src/zookeeper/session';
import type { ClientListener, SessionClient } from '../../../src/zookeeper/session-client';
import type { SeededRandom } from '../kernel/seeded-random';
import {
  codeOf,
  copyOf,
  createRequest,
  resultOf,
  toOperationResults,
  toServerOperation,
  toStat,
} from './answers';
import { ClientConnection } from './client-connection';
import type { ConnectionParts } from './client-connection';
import { ClientWatches } from './client-watches';

export interface ClientParts extends ConnectionParts {
  readonly listener: ClientListener;
}

/** As `NodeClient` has them. */
const CLOSE_TIMEOUT_MS = 3_000;
const MAX_REQUEST_BYTES = 1_040_000;

export class SimulatedClient implements SessionClient {
  readonly #connection: ClientConnection;
  readonly #watches = new ClientWatches();
  readonly #chroot: string;
  #isOver = false;

  constructor(
    private readonly parts: ClientParts,
    credentials?: SessionCredentials,
  ) {
    this.#chroot = parts.options.target.chroot;
    const events = {
      onConnected: () => this.#onConnected(),
      onLost: () => this.#tell((listener) => listener.onDisconnected()),
      onExpired: () => this.#onExpired(),
      onEvent: (event: TreeEvent) => this.#onEvent(event),
    };
    this.#connection = new ClientConnection(parts, events, credentials);
  }

  get credentials(): SessionCredentials {
    return this.#connection.credentials;
  }

  get sessionTimeoutMs(): number {
    return this.#connection.sessionTimeoutMs;
  }

  connect(): void {
    this.#connection.connect();
  }

  async create(path: string, data: Buffer | null, mode: CreateMode): Promise<string> {
    this.#checkSize('create', path, sizeOf(path, data));
    const request = createRequest(this.#full(path), data, mode);
    const result = await this.#ask('create', path, request);
    return this.#relative(resultOf(result, 'path').path);
  }

  async getData(path: string, watch: boolean): Promise<ZnodeData> {
    const full = this.#full(path);
    const request = { type: 'getData', path: full, watch } as const;
    const result = await this.#ask('getData', path, request, () => {
      if (watch) this.#watches.add('data', full);
    });
    const { data, stat } = resultOf(result, 'data');
    return { data: copyOf(data), stat: toStat(stat) };
  }

  async setData(path: string, data: Buffer, version: number): Promise<Stat> {
    this.#checkSize('setData', path, sizeOf(path, data));
    const request = { path: this.#full(path), data: copyOf(data), version };
    const result = await this.#ask('setData', path, { type: 'setData', ...request });
    return toStat(resultOf(result, 'stat').stat);
  }

  async delete(path: string, version: number): Promise<void> {
    await this.#ask('delete', path, { type: 'delete', path: this.#full(path), version });
  }

  async exists(path: string, watch: boolean): Promise<Stat | undefined> {
    const full = this.#full(path);
    const answer = await this.#answerTo(
      'exists',
      path,
      { type: 'exists', path: full, watch },
      (early) => {
        // A missing znode can be watched too.
        if (watch && early === 'NO_NODE') this.#watches.add('exist', full);
        else if (watch && typeof early !== 'string') this.#watches.add('data', full);
      },
    );
    if (answer === 'NO_NODE') return undefined;
    return toStat(resultOf(successOf(answer, 'exists', path), 'stat').stat);
  }

  async getChildren(path: string, watch: boolean): Promise<ZnodeChildren> {
    const full = this.#full(path);
    const request = { type: 'getChildren', path: full, watch, withStat: true } as const;
    const result = await this.#ask('getChildren', path, request, () => {
      if (watch) this.#watches.add('child', full);
    });
    const { names, stat } = resultOf(result, 'namesAndStat');
    return { children: shuffled(names, this.parts.random), stat: toStat(stat) };
  }

  async multi(operations: readonly Operation[]): Promise<OperationResult[]> {
    const path = operations[0]?.path ?? '/';
    const sizes = operations.map((each) => sizeOf(each.path, 'data' in each ? each.data : null));
    this.#checkSize(
      'multi',
      path,
      sizes.reduce((sum, each) => sum + each, 0),
    );
    const asked = operations.map((each) => toServerOperation(each, this.#full(each.path)));
    const result = await this.#ask('multi', path, { type: 'multi', operations: asked });
    return toOperationResults(operations, result, (full) => this.#relative(full));
  }

  async close(): Promise<boolean> {
    this.#isOver = true;
    const isClosed = await new Promise<boolean>((resolve) => {
      const cancel = this.parts.options.clock.callAfter(CLOSE_TIMEOUT_MS, () => resolve(false));
      this.#connection.ask({ type: 'closeSession' }, (answer) => {
        cancel();
        resolve(answer !== undefined && typeof answer !== 'string');
      });
    });
    this.abandon();
    return isClosed;
  }

  abandon(): void {
    this.#isOver = true;
    this.#connection.abandon();
  }

  /** The answer if it is none of the errors; `onSuccess` runs before anything else that arrives is looked at. */
  async #ask(
    operation: string,
    path: string,
    request: SessionRequest,
    onSuccess: () => void = () => undefined,
  ): Promise<Result> {
    const answer = await this.#answerTo(operation, path, request, (early) => {
      if (typeof early !== 'string') onSuccess();
    });
    return successOf(answer, operation, path);
  }

  #answerTo(
    operation: string,
    path: string,
    request: SessionRequest,
    onAnswer: (answer: Result | ErrorName) => void,
  ): Promise<Result | ErrorName> {
    return new Promise((resolve, reject) => {
      const fail = (code: 'CONNECTION_LOSS' | 'BAD_ARGUMENTS', cause?: Error): void =>
        reject(new ZooKeeperError(code, operation, path, { cause }));
      const problem = pathProblem(path);
      if (this.#isOver) fail('CONNECTION_LOSS');
      else if (problem !== undefined) fail('BAD_ARGUMENTS', new Error(problem));
      else {
        this.#connection.ask(request, (answer) => {
          if (answer === undefined) {
            fail('CONNECTION_LOSS');
            return;
          }
          onAnswer(answer);
          resolve(answer);
        });
      }
    });
  }

  #onConnected(): void {
    const request = this.#watches.request(this.#connection.lastZxid);
    if (request) this.#connection.ask(request, () => undefined);
    this.#tell((listener) => listener.onConnected());
  }

  #onExpired(): void {
    const wasOver = this.#isOver;
    this.#isOver = true;
    if (!wasOver) this.parts.listener.onExpired();
  }

  #onEvent(event: TreeEvent): void {
    if (!this.#watches.spend(event)) return;
    const path = this.#relative(event.path);
    const { type } = event;
    this.#tell((listener) => {
      if (type === 'childrenChanged') listener.onChildrenEvent(path);
      else listener.onDataEvent(path, type);
    });
  }

  #tell(call: (listener: ClientListener) => void): void {
    if (!this.#isOver) call(this.parts.listener);
  }

  #checkSize(operation: string, path: string, bytes: number): void {
    if (bytes <= MAX_REQUEST_BYTES) return;
    const cause = new Error(`${String(bytes)} bytes do not fit into one request`);
    throw new ZooKeeperError('BAD_ARGUMENTS', operation, path, { cause });
  }

  #full(path: string): string {
    if (path === '/') return this.#chroot === '' ? '/' : this.#chroot;
    return this.#chroot + path;
  }

  #relative(path: string): string {
    return path === this.#chroot ? '/' : path.slice(this.#chroot.length);
  }
}

/** ZooKeeper promises no order of children. */
function shuffled(names: readonly string[], random: SeededRandom): string[] {
  const left = [...names];
  return names.flatMap(() => left.splice(random.below(left.length), 1));
}

function successOf(answer: Result | ErrorName, operation: string, path: string): Result {
  if (typeof answer !== 'string') return answer;
  throw new ZooKeeperError(codeOf(answer), operation, path);
}
