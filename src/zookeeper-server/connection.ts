/**
 * One client's connection: a four-letter word, or the opening of a session followed by requests. Answers and
 * events leave in the order in which they came about, each once what it shows is durable. Bytes that make no
 * sense close this connection and no other.
 */
import type { Clock, Log, Socket } from '../platform/ports';
import { authenticate, isAllowed, READ } from './access';
import type { Identity } from './access';
import { Refusal } from './errors';
import type { ErrorName } from './errors';
import { FrameSplitter } from './frame-splitter';
import { JuteError, JuteReader } from './jute';
import type { RequestProcessor, SessionClient } from './processor';
import { readConnectRequest, readRequest } from './request';
import type { AuthRequest, ConnectRequest, Request } from './request';
import { connectFrame, eventFrame, responseFrame } from './response';
import type { Result } from './response';
import type { Session } from './sessions';
import { Statistics } from './statistics';
import type { TreeEvent } from './tree';

/** What a connection needs of the server it belongs to. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly processor: RequestProcessor;
  readonly statistics: Statistics;
  /** The largest frame a client may send (`jute.maxbuffer`). */
  readonly maxFrameBytes: number;
  /** Whether sessions outlive the server. */
  readonly isDurable: boolean;
  /** The text that answers a four-letter word; `undefined` if it is none. */
  answerWord(word: string): string | undefined;
  onClosed(connection: Connection): void;
}

/** Requests that wait for the disk; more are not read until some are answered. */
const MAX_UNANSWERED = 1_000;
/** Answers the client does not fetch: beyond the first bound its requests wait, beyond the second it is cut off. */
const PAUSE_AT_UNSENT_BYTES = 4 * 1024 * 1024;
const CLOSE_AT_UNSENT_BYTES = 64 * 1024 * 1024;
/** A connection that opens no session in this time is closed, as ZooKeeper's NIO server does. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
const WORD_BYTES = 4;

export class Connection implements SessionClient {
  readonly statistics = new Statistics();
  readonly #splitter: FrameSplitter;
  readonly #identities: Identity[];
  readonly #cancelHandshake: () => void;
  #word = '';
  #session: Session | undefined;
  #unanswered = 0;
  #isEnding = false;
  #isClosed = false;

  constructor(
    private readonly socket: Socket,
    private readonly host: ConnectionHost,
  ) {
    this.#splitter = new FrameSplitter(host.maxFrameBytes);
    this.#identities = [{ scheme: 'ip', id: socket.remoteAddress }];
    this.#cancelHandshake = host.clock.callAfter(HANDSHAKE_TIMEOUT_MS, () => {
      this.close('no session was opened in time');
    });
    socket.onData = (chunk) => this.#receive(chunk);
    socket.onClose = () => this.#closed();
  }

  get sessionId(): bigint {
    return this.#session?.id ?? 0n;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  get identities(): readonly Identity[] {
    return this.#identities;
  }

  get remote(): string {
    return `${this.socket.remoteAddress}:${String(this.socket.remotePort)}`;
  }

  /** Requests carried out and not yet answered. */
  get unanswered(): number {
    return this.#unanswered;
  }

  onEvent(event: TreeEvent): void {
    if (this.#isClosed || !isAllowed(event.acl, READ, this.#identities)) return;
    this.host.processor.whenDurable(() => this.#send(eventFrame(event)));
  }

  onDetached(reason: string): void {
    this.close(reason);
  }

  /** Closes at once. */
  close(reason: string): void {
    if (this.#isClosed) return;
    this.host.log.debug('connection closed', { remote: this.remote, reason });
    this.socket.destroy();
    this.#closed();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelHandshake();
    if (this.#session) this.host.processor.detach(this);
    this.host.onClosed(this);
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnding || this.#isClosed) return;
    if (!this.#session && this.#word.length < WORD_BYTES && this.#receiveWord(chunk)) return;
    try {
      this.#splitter.push(chunk, (frame) => {
        this.#receiveFrame(frame);
        return !this.#isEnding && !this.#isClosed;
      });
    } catch (error) {
      if (!(error instanceof JuteError)) throw error;
      this.host.log.warn('connection closed for what it sent', { remote: this.remote, error });
      this.close(error.message);
    }
  }

  /** The first four bytes may be a word. No frame has the size that the letters would make. */
  #receiveWord(chunk: Buffer): boolean {
    this.#word += chunk.toString('latin1', 0, WORD_BYTES - this.#word.length);
    const answer = this.host.answerWord(this.#word);
    if (answer === undefined) return false;
    this.socket.write([Buffer.from(answer)]);
    this.#end();
    return true;
  }

  #receiveFrame(frame: Buffer): void {
    this.statistics.received++;
    this.host.statistics.received++;
    const reader = new JuteReader(frame);
    if (!this.#session) {
      this.#connect(readConnectRequest(reader));
      return;
    }
    const xid = reader.int();
    const request = readRequest(reader.int(), reader);
    this.#answer(xid, request);
  }

  #connect(request: ConnectRequest): void {
    const { processor, isDurable, log } = this.host;
    if (isDurable && request.lastZxidSeen > processor.zxid) {
      log.warn('client has seen a later state than this server has', { remote: this.remote });
      this.close('the client has seen a later zxid');
      return;
    }
    const session =
      request.sessionId === 0n
        ? processor.openSession(request.timeoutMs)
        : processor.resumeSession(request.sessionId, request.password, request.timeoutMs);
    this.#cancelHandshake();
    this.#session = session;
    if (session) processor.attach(this);
    processor.whenDurable(() => {
      this.#send(connectFrame(session, request.hasReadOnlyFlag));
      if (!session) this.socket.end();
    });
    if (!session) this.#isEnding = true;
  }

  #answer(xid: number, request: Request): void {
    const { processor, clock } = this.host;
    const receivedMs = clock.monotonicMs();
    const answer = request.type === 'auth' ? this.#authenticate(request) : this.#execute(request);
    const { zxid } = processor;
    const isLast = request.type === 'closeSession' || answer === 'AUTH_FAILED';
    if (isLast) this.#isEnding = true;
    if (++this.#unanswered === MAX_UNANSWERED) this.socket.pause();
    processor.whenDurable(() => {
      if (this.#unanswered-- === MAX_UNANSWERED) this.socket.resume();
      const latencyMs = clock.monotonicMs() - receivedMs;
      this.statistics.noteAnswer(latencyMs);
      this.host.statistics.noteAnswer(latencyMs);
      this.#send(responseFrame(xid, zxid, answer));
      if (isLast) this.socket.end();
    });
  }

  #execute(request: Exclude<Request, AuthRequest>): Result | ErrorName {
    try {
      return this.host.processor.execute(request, this);
    } catch (error) {
      if (error instanceof Refusal) return error.errorName;
      throw error;
    }
  }

  #authenticate({ scheme, proof }: AuthRequest): Result | ErrorName {
    const identity = authenticate(scheme, proof, this.socket.remoteAddress);
    if (!identity) return 'AUTH_FAILED';
    this.#identities.push(identity);
    return { type: 'empty' };
  }

  #send(frame: Buffer): void {
    if (this.#isClosed) return;
    if (this.socket.unsentBytes > CLOSE_AT_UNSENT_BYTES) {
      this.host.log.warn('connection closed: it does not read what it is sent', {
        remote: this.remote,
      });
      this.close('too much is unsent');
    } else if (this.socket.unsentBytes > PAUSE_AT_UNSENT_BYTES) {
      this.socket.pause();
      this.socket.write([frame], () => this.socket.resume());
    } else {
      this.socket.write([frame]);
    }
  }

  #end(): void {
    this.#isEnding = true;
    this.#cancelHandshake();
    this.socket.end();
  }
}
