/**
 * A client's way to the ensemble for as long as its session lives: one connection after another, as the Java client
 * keeps them. Something is sent at least every third of the session time-out; two thirds without a word end the
 * connection, and the next server is tried.
 */
import type { Cancel } from '../../../src/platform/ports';
import type { ErrorName } from '../../../src/zookeeper-server/errors';
import type { SessionRequest } from '../../../src/zookeeper-server/processor';
import type { Result } from '../../../src/zookeeper-server/response';
import type { TreeEvent } from '../../../src/zookeeper-server/tree';
import type { SessionCredentials } from '../../../src/zookeeper/session';
import type { ClientOptions } from '../../../src/zookeeper/session-client';
import type { SeededRandom } from '../kernel/seeded-random';
import type { Death, Machine } from '../machine/machine';
import type { ConnectMessage, Dial, Line, ServerMessage } from './protocol';

/** What a connection tells its client. */
export interface ConnectionEvents {
  onConnected(): void;
  /** Requests under way were told before. */
  onLost(): void;
  onExpired(): void;
  onEvent(event: TreeEvent): void;
}

export interface ConnectionParts {
  readonly options: ClientOptions;
  readonly machine: Machine;
  readonly dial: Dial;
  readonly random: SeededRandom;
}

/** Called once, with `undefined` if the connection is lost before the answer. */
export type OnAnswer = (answer: Result | ErrorName | undefined) => void;

/** The wait after a lost connection, at most; and after all servers were tried in vain. */
const RECONNECT_MS = 50;
const ROUND_MS = 500;
const MIN_CHECK_MS = 5;

export class ClientConnection {
  sessionTimeoutMs: number;
  /** The process that this client belongs to. */
  readonly #life: number;
  readonly #forgetDeath: () => void;
  readonly #unanswered: OnAnswer[] = [];
  #sessionId = 0n;
  #password: Buffer = Buffer.alloc(16);
  #lastZxid = 0;
  #line: Line | undefined;
  #isConnected = false;
  #isOver = false;
  #attempts = 0;
  #heardMs = 0;
  #sentMs = 0;
  #cancelCheck: Cancel = () => undefined;
  #cancelRetry: Cancel = () => undefined;

  constructor(
    private readonly parts: ConnectionParts,
    private readonly events: ConnectionEvents,
    credentials: SessionCredentials | undefined,
  ) {
    const { options, machine } = parts;
    this.sessionTimeoutMs = options.sessionTimeoutMs;
    this.#life = machine.life;
    this.#forgetDeath = machine.onDeath((death) => this.#die(death));
    if (credentials) {
      this.#sessionId = credentials.sessionId;
      this.#password = Buffer.from(credentials.password);
    }
  }

  get credentials(): SessionCredentials {
    return { sessionId: this.#sessionId, password: this.#password };
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get lastZxid(): number {
    return this.#lastZxid;
  }

  connect(): void {
    const { servers } = this.parts.options.target;
    const server = servers[this.#attempts++ % servers.length];
    if (this.#isOver || !server) return;
    const line = this.parts.dial(server.host, this.#connectMessage(), (message) => {
      this.#whenAlive(() => {
        if (line === this.#line) this.#receive(message);
      });
    });
    this.#line = line;
    this.#heardMs = this.#sentMs = this.#nowMs;
    this.#checkLater();
  }

  /** Sends a request; it is lost at once while there is no connection. */
  ask(request: SessionRequest, onAnswer: OnAnswer): void {
    if (!this.#line || !this.#isConnected) {
      onAnswer(undefined);
      return;
    }
    this.#sentMs = this.#nowMs;
    this.#unanswered.push(onAnswer);
    this.#line.send({ type: 'request', request });
  }

  /** Ends without a word to the session. */
  abandon(): void {
    this.#isOver = true;
    this.#forgetDeath();
    this.#cancelRetry();
    this.#hangUp();
  }

  #connectMessage(): ConnectMessage {
    return {
      type: 'connect',
      lastZxid: this.#lastZxid,
      sessionId: this.#sessionId,
      password: this.#password,
      timeoutMs: this.parts.options.sessionTimeoutMs,
    };
  }

  /** The process is gone, and with it whoever waits for an answer; its system closes the connection, if it still can. */
  #die(death: Death): void {
    this.#isOver = true;
    if (death === 'killed') this.#line?.hangUp();
    else this.#line?.drop();
    this.#line = undefined;
    this.#isConnected = false;
  }

  #receive(message: ServerMessage): void {
    this.#heardMs = this.#nowMs;
    switch (message.type) {
      case 'connected':
        this.#onConnected(message);
        break;
      case 'answer':
        this.#lastZxid = Math.max(this.#lastZxid, message.zxid);
        this.#unanswered.shift()?.(message.answer);
        break;
      case 'event':
        this.#lastZxid = Math.max(this.#lastZxid, message.event.zxid);
        this.events.onEvent(message.event);
        break;
      case 'end':
        this.#lose();
        break;
    }
  }

  #onConnected({ session }: ServerMessage & { type: 'connected' }): void {
    if (!session) {
      this.abandon();
      this.events.onExpired();
      return;
    }
    this.#sessionId = session.id;
    this.#password = session.password;
    this.sessionTimeoutMs = session.timeoutMs;
    this.#attempts = 0;
    this.#isConnected = true;
    this.events.onConnected();
  }

  #lose(): void {
    const wasConnected = this.#isConnected;
    const { servers } = this.parts.options.target;
    const isRoundOver = this.#attempts > 0 && this.#attempts % servers.length === 0;
    const waitMs = this.parts.random.below(isRoundOver ? ROUND_MS : RECONNECT_MS);
    this.#hangUp();
    this.#cancelRetry = this.parts.options.clock.callAfter(waitMs, () => this.connect());
    if (wasConnected) this.events.onLost();
  }

  #hangUp(): void {
    this.#cancelCheck();
    this.#isConnected = false;
    this.#line?.hangUp();
    this.#line = undefined;
    for (const onAnswer of this.#unanswered.splice(0)) onAnswer(undefined);
  }

  /** Looks again when the next ping is due, or silence has lasted too long, whichever comes first. */
  #checkLater(): void {
    const dueMs = Math.min(this.#sentMs + this.#pingMs, this.#heardMs + this.#silenceLimitMs);
    const delayMs = Math.max(MIN_CHECK_MS, dueMs - this.#nowMs);
    this.#cancelCheck = this.parts.options.clock.callAfter(delayMs, () => this.#check());
  }

  #check(): void {
    if (this.#nowMs - this.#heardMs >= this.#silenceLimitMs) {
      this.#lose();
      return;
    }
    if (this.#nowMs - this.#sentMs >= this.#pingMs) {
      this.#sentMs = this.#nowMs;
      this.ask({ type: 'ping' }, () => undefined);
    }
    this.#checkLater();
  }

  get #pingMs(): number {
    return this.sessionTimeoutMs / 3;
  }

  get #silenceLimitMs(): number {
    const { servers } = this.parts.options.target;
    if (this.#isConnected) return (this.sessionTimeoutMs * 2) / 3;
    return this.sessionTimeoutMs / Math.max(1, servers.length);
  }

  get #nowMs(): number {
    return this.parts.options.clock.monotonicMs();
  }

  #whenAlive(task: () => void): void {
    const { machine } = this.parts;
    if (machine.life === this.#life && machine.isAlive) machine.after(0, task);
  }
}
