/**
 * One client's connection at its server. Requests of a session are answered in their order: writes go to the leader at
 * once, and reads wait for the writes before them (ZooKeeper's CommitProcessor).
 */
import { Refusal } from '../../../src/zookeeper-server/errors';
import type { ErrorName } from '../../../src/zookeeper-server/errors';
import type { SessionRequest } from '../../../src/zookeeper-server/processor';
import type { WatchingRequester } from '../../../src/zookeeper-server/reads';
import type { ReadRequest } from '../../../src/zookeeper-server/request';
import type { Result } from '../../../src/zookeeper-server/response';
import type { Session } from '../../../src/zookeeper-server/sessions';
import type { TreeEvent } from '../../../src/zookeeper-server/tree';
import type { WriteAnswer } from './leader';
import type { ClientMessage, ConnectMessage, ServerMessage } from './protocol';
import type { Server } from './server';

interface Pending {
  readonly request: SessionRequest;
  /** Of a write, once the leader has decided it. */
  decided?: WriteAnswer;
}

export class ServerConnection implements WatchingRequester {
  readonly identities: readonly { scheme: string; id: string }[];
  readonly #pending: Pending[] = [];
  #session: Session | undefined;
  /** Its client has asked to close the session. */
  #isEnding = false;
  #isOver = false;

  constructor(
    private readonly server: Server,
    /** The client's machine. */
    readonly remote: string,
    private readonly send: (message: ServerMessage) => void,
  ) {
    this.identities = [{ scheme: 'ip', id: remote }];
  }

  get sessionId(): bigint {
    return this.#session?.id ?? 0n;
  }

  receive(message: ClientMessage): void {
    if (this.#isOver) return;
    if (message.type === 'end') this.#over();
    else if (message.type === 'connect') this.#connect(message);
    else if (this.#session) this.#take(message.request, this.#session);
  }

  onEvent(event: TreeEvent): void {
    if (!this.#isOver) this.send({ type: 'event', event });
  }

  /** The session has expired, or was closed. */
  onSessionEnded(): void {
    if (!this.#isEnding) this.close();
  }

  close(): void {
    if (this.#isOver) return;
    this.send({ type: 'end' });
    this.#over();
  }

  #over(): void {
    this.#isOver = true;
    this.#pending.length = 0;
    this.server.forget(this);
  }

  /** A server that is behind what the client has seen elsewhere would take it back in time. */
  #connect({ lastZxid, sessionId, password, timeoutMs }: ConnectMessage): void {
    const { server } = this;
    if (!server.isServing || lastZxid > server.zxid) {
      this.close();
      return;
    }
    server.accept(this);
    if (sessionId !== 0n) server.closeConnectionOf(sessionId);
    const resumes = sessionId === 0n ? undefined : { id: sessionId, password };
    server.askLeader((leader) => {
      leader.openSession(server, { timeoutMs, resumes }, (session) => this.#opened(session));
    });
  }

  #opened(session: Session | undefined): void {
    if (this.#isOver) return;
    if (session) {
      this.#session = session;
      this.server.faults.noteSession(this.remote, session.id);
      this.server.attach(this);
    }
    this.send({ type: 'connected', session });
    if (!session) this.close();
  }

  #take(request: SessionRequest, { id }: Session): void {
    const { server, remote } = this;
    server.touch(id);
    const pending: Pending = { request };
    this.#pending.push(pending);
    if (isRead(request)) {
      this.#answerInOrder();
      return;
    }
    if (request.type === 'closeSession') this.#isEnding = true;
    server.askLeader((leader) => {
      leader.write(server, { sessionId: id, remote, request }, (decided) => {
        if (!decided) this.close();
        else {
          pending.decided = decided;
          this.#answerInOrder();
        }
      });
    });
  }

  #answerInOrder(): void {
    while (!this.#isOver) {
      const next = this.#pending[0];
      if (!next || !(isRead(next.request) || next.decided)) return;
      this.#pending.shift();
      const { request, decided } = next;
      if (decided) this.#answerWrite(decided);
      else if (isRead(request)) this.#answer(this.server.zxid, this.#read(request));
      if (request.type === 'closeSession') this.close();
    }
  }

  #answerWrite({ zxid, answer }: WriteAnswer): void {
    const isDone = typeof answer !== 'string';
    if (isDone && this.server.faults.losesReplyTo(this.remote)) this.close();
    else this.#answer(zxid, answer);
  }

  #read(request: ReadRequest): Result | ErrorName {
    try {
      return this.server.reader.answer(request, this);
    } catch (error) {
      if (error instanceof Refusal) return error.errorName;
      throw error;
    }
  }

  #answer(zxid: number, answer: Result | ErrorName): void {
    this.send({ type: 'answer', zxid, answer });
  }
}

const WRITES: ReadonlySet<SessionRequest['type']> = new Set<SessionRequest['type']>([
  'create',
  'delete',
  'setData',
  'setAcl',
  'check',
  'unsupported',
  'multi',
  'closeSession',
]);

function isRead(request: SessionRequest): request is ReadRequest {
  return !WRITES.has(request.type);
}
