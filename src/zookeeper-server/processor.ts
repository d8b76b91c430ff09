/**
 * Carries out requests, one at a time and to the end, in the order in which they come: decides, journals and
 * replays writes, answers reads, fires watches, expires sessions. It owns the database. What it returns shows
 * the state at once, durable or not, so whoever lets an answer or an event out of the server must do so inside
 * `whenDurable`.
 */
import { assert } from '../base/assert';
import type { Cancel, Clock, Log, Random } from '../platform/ports';
import type { Database } from './database';
import { decideCloseSession, decideOperation, decideSetAcl } from './decide';
import type { Decision } from './decide';
import { Draft } from './draft';
import { Refusal } from './errors';
import type { Journal } from './journal/journal';
import { Reader } from './reads';
import type { WatchingRequester } from './reads';
import type { AuthRequest, MultiRequest, Request, SetAclRequest, WriteOperation } from './request';
import type { OperationResult, Result } from './response';
import type { Session } from './sessions';
import type { Change } from './transaction';
import type { Outcome } from './tree';
import { WatchTable } from './watches';
import type { Stat } from './znode';

/** One client of one session: a connection, or a session inside this process. */
export interface SessionClient extends WatchingRequester {
  /** The session is gone or was taken over by another client. */
  onDetached(reason: string): void;
}

/** Whatever a session can ask; who it is, its client knows by itself. */
export type SessionRequest = Exclude<Request, AuthRequest>;

const EMPTY: Result = { type: 'empty' };
const PASSWORD_BYTES = 16;

export interface ProcessorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly database: Database;
  readonly journal: Journal;
}

export class RequestProcessor {
  readonly watches = new WatchTable();
  readonly #reader: Reader;
  readonly #clients = new Map<bigint, SessionClient>();
  #cancelExpiry: Cancel = () => undefined;
  #expiryDueMs = Infinity;

  constructor(private readonly options: ProcessorOptions) {
    this.#reader = new Reader(options.database.tree, this.watches);
    this.#armExpiry();
  }

  get database(): Database {
    return this.options.database;
  }

  get zxid(): number {
    return this.options.database.zxid;
  }

  /** Runs `action` once everything done so far is durable; actions keep their order. */
  whenDurable(action: () => void): void {
    this.options.journal.whenDurable(action);
  }

  openSession(requestedTimeoutMs: number): Session {
    const { clock, database, random } = this.options;
    const sessionId = database.sessions.newId(clock.nowMs());
    const timeoutMs = database.sessions.negotiate(requestedTimeoutMs);
    const password = random.bytes(PASSWORD_BYTES);
    this.#commit([{ type: 'openSession', sessionId, password, timeoutMs }]);
    this.#armExpiry();
    return { id: sessionId, password, timeoutMs };
  }

  /** The session of a client that comes back; `undefined` if it has expired or the password is wrong. */
  resumeSession(id: bigint, password: Buffer, requestedTimeoutMs: number): Session | undefined {
    const { clock, database } = this.options;
    const timeoutMs = database.sessions.negotiate(requestedTimeoutMs);
    const nowMs = clock.monotonicMs();
    const session = database.sessions.resume(id, password, timeoutMs, nowMs);
    this.#armExpiry();
    return session;
  }

  /** Makes `client` the one that speaks for its session; the one before is told and left behind. */
  attach(client: SessionClient): void {
    const previous = this.#clients.get(client.sessionId);
    this.#clients.set(client.sessionId, client);
    previous?.onDetached('the session moved to another connection');
  }

  /** Forgets a client and its watches; the session lives on until it expires. */
  detach(client: SessionClient): void {
    this.watches.removeAll(client);
    if (this.#clients.get(client.sessionId) === client) this.#clients.delete(client.sessionId);
  }

  /** Carries out a request. Throws a `Refusal`. */
  execute(request: SessionRequest, client: SessionClient): Result {
    const nowMs = this.options.clock.monotonicMs();
    if (!this.options.database.sessions.touch(client.sessionId, nowMs)) {
      throw new Refusal('SESSION_EXPIRED', `0x${client.sessionId.toString(16)}`);
    }
    switch (request.type) {
      case 'create':
      case 'delete':
      case 'setData':
      case 'check':
      case 'unsupported':
        return this.#write(request, client);
      case 'setAcl':
        return this.#setAcl(request, client);
      case 'multi':
        return this.#multi(request, client);
      case 'closeSession':
        this.#closeSession(client.sessionId);
        return EMPTY;
      default:
        return this.#reader.answer(request, client);
    }
  }

  /** Stops expiring sessions. */
  stop(): void {
    this.#cancelExpiry();
    this.#expiryDueMs = -Infinity;
  }

  #write(operation: WriteOperation, client: SessionClient): Result {
    const { database } = this.options;
    const decision = decideOperation(operation, new Draft(database.tree), client);
    return this.#carryOut([decision])[0] ?? EMPTY;
  }

  #setAcl(request: SetAclRequest, client: SessionClient): Result {
    const change = decideSetAcl(request, new Draft(this.options.database.tree), client);
    const [outcome] = this.#commit([change]);
    assert(outcome?.stat !== undefined, 'setACL gives a Stat');
    return { type: 'stat', stat: outcome.stat };
  }

  /** All or nothing. The answer to a failed multi says OK, and names the error per operation. */
  #multi({ operations }: MultiRequest, client: SessionClient): Result {
    const draft = new Draft(this.options.database.tree);
    const decisions: Decision[] = [];
    for (const operation of operations) {
      const decided = attempt(() => decideOperation(operation, draft, client));
      if (decided instanceof Refusal)
        return failedMulti(operations.length, decisions.length, decided);
      decisions.push(decided);
      if (decided.change) draft.note(decided.change);
    }
    const results = this.#carryOut(decisions).map((result, i): OperationResult => ({
      code: decisions[i]?.code ?? 0,
      result,
    }));
    return { type: 'operations', operations: results };
  }

  /** Commits what was decided as one transaction; the answers come in the order of the decisions. */
  #carryOut(decisions: readonly Decision[]): Result[] {
    const outcomes = this.#commit(decisions.flatMap(({ change }) => change ?? []));
    let next = 0;
    return decisions.map(({ change, answer }) => {
      const stat: Stat | undefined = change ? outcomes[next++]?.stat : undefined;
      return answer(stat);
    });
  }

  #commit(changes: readonly Change[]): Outcome[] {
    if (changes.length === 0) return [];
    const { clock, database, journal } = this.options;
    const transaction = { zxid: database.zxid + 1, timeMs: clock.nowMs(), changes };
    journal.append(transaction);
    const outcomes = database.replay(transaction, clock.monotonicMs());
    for (const { events } of outcomes) {
      for (const event of events) this.watches.fire(event);
    }
    return outcomes;
  }

  #closeSession(sessionId: bigint): void {
    this.#commit(decideCloseSession(sessionId, this.options.database.tree));
  }

  /** One timer, for the earliest deadline; requests move deadlines without touching it. */
  #armExpiry(): void {
    const { clock, database } = this.options;
    const dueMs = database.sessions.nextDeadlineMs();
    if (dueMs >= this.#expiryDueMs) return;
    this.#cancelExpiry();
    this.#expiryDueMs = dueMs;
    const delayMs = Math.max(0, Math.ceil(dueMs - clock.monotonicMs()));
    // After a pause of the whole process the clients' pings lie unread in the sockets: those count first.
    this.#cancelExpiry = clock.callAfter(delayMs, () => {
      clock.callAtEndOfTick(() => this.#expire());
    });
  }

  #expire(): void {
    if (this.#expiryDueMs === -Infinity) return; // stopped
    const { clock, database, log } = this.options;
    for (const { id, timeoutMs } of database.sessions.expired(clock.monotonicMs())) {
      log.info('session expired', { session: id, timeoutMs });
      this.#closeSession(id);
      const client = this.#clients.get(id);
      if (client) this.whenDurable(() => client.onDetached('the session expired'));
    }
    this.#expiryDueMs = Infinity;
    this.#armExpiry();
  }
}

function attempt<T>(decide: () => T): T | Refusal {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** Operations before the failed one say OK, those after it RUNTIME_INCONSISTENCY: none was carried out. */
function failedMulti(count: number, failedIndex: number, refusal: Refusal): Result {
  const operations = Array.from({ length: count }, (_, i): OperationResult => {
    if (i < failedIndex) return { error: 'OK' };
    return { error: i === failedIndex ? refusal.errorName : 'RUNTIME_INCONSISTENCY' };
  });
  return { type: 'operations', operations };
}
