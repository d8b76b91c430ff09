/**
 * The leader of the ensemble, on whichever server it is just now: carries out writes with the production
 * `RequestProcessor`, hands every transaction to all servers in order, and alone decides that a session has expired.
 * What it has committed survives a change of leader. Without a majority of servers within reach nothing is committed:
 * what is asked for waits, and is lost if the leader steps down.
 */
import { present } from '../../../src/base/assert';
import type { Clock } from '../../../src/platform/ports';
import { silentLog } from '../../../src/platform/silent-log';
import { Refusal } from '../../../src/zookeeper-server/errors';
import type { ErrorName } from '../../../src/zookeeper-server/errors';
import { memoryJournal } from '../../../src/zookeeper-server/journal/journal';
import { RequestProcessor } from '../../../src/zookeeper-server/processor';
import type { SessionRequest } from '../../../src/zookeeper-server/processor';
import type { Result } from '../../../src/zookeeper-server/response';
import type { Session, SessionLimits } from '../../../src/zookeeper-server/sessions';
import type { Transaction } from '../../../src/zookeeper-server/transaction';
import type { SeededRandom } from '../kernel/seeded-random';
import type { World } from '../kernel/world';
import { EPOCH_MS } from '../machine/clock';
import { ObservedDatabase, summaryOf } from './commits';
import type { Link } from './link';

/** A server as the leader knows it. */
export interface Follower {
  readonly name: string;
  /** The last transaction it has replayed. */
  readonly zxid: number;
  replay(transaction: Transaction): void;
}

/** Which session a connection wants: a new one without `resumes`. */
export interface SessionWish {
  readonly timeoutMs: number;
  readonly resumes: { readonly id: bigint; readonly password: Buffer } | undefined;
}

const OPERATOR_SESSION_MS = 10_000;

export interface WriteAnswer {
  readonly zxid: number;
  readonly answer: Result | ErrorName;
}

export class Leader {
  readonly database: ObservedDatabase;
  readonly #random: SeededRandom;
  /** Transactions that some server may not have yet. */
  readonly #log: Transaction[] = [];
  readonly #followers = new Map<Follower, Link>();
  /** The server that a session's client is connected to: no other may write for it. */
  readonly #owners = new Map<bigint, Follower>();
  #waiting: (() => void)[] = [];
  #processor: RequestProcessor | undefined;
  #host = '';

  /** `hasQuorum` tells whether that server reaches a majority right now. */
  constructor(
    private readonly world: World,
    limits: SessionLimits,
    private readonly hasQuorum: (host: string) => boolean,
  ) {
    this.#random = world.random.fork('zookeeper');
    this.database = new ObservedDatabase(limits);
    this.database.onReplayed = (transaction) => this.#publish(transaction);
  }

  /** The server that leads; `undefined` while none does. */
  get host(): string | undefined {
    return this.#processor ? this.#host : undefined;
  }

  /** Begins to lead on `host`. All sessions have their full time-out from now, as after an election of ZooKeeper's. */
  lead(host: string): void {
    const { database } = this;
    this.#host = host;
    database.sessions.touchAll(this.world.nowMs);
    this.#processor = new RequestProcessor({
      clock: this.#clock(),
      random: this.#random,
      log: silentLog,
      database,
      journal: memoryJournal,
    });
    this.world.note(host, 'leads');
  }

  /** What waits for a majority is lost; no session expires until there is a leader again. */
  stepDown(): void {
    this.#processor?.stop();
    this.#processor = undefined;
    this.#waiting = [];
    this.#owners.clear();
    this.#followers.clear();
  }

  /** Sends `follower` what it lacks, then all that is committed; `onSynced` runs there in between. */
  follow(follower: Follower, link: Link, onSynced: () => void): void {
    if (!this.#processor) return;
    const missing = this.#log.filter(({ zxid }) => zxid > follower.zxid);
    link.tellServer(() => {
      for (const transaction of missing) follower.replay(transaction);
      onSynced();
    });
    this.#followers.set(follower, link);
  }

  unfollow(follower: Follower): void {
    this.#followers.delete(follower);
  }

  /** Answers, at the server that asked, with the session or with none. */
  openSession(
    follower: Follower,
    wish: SessionWish,
    answer: (session: Session | undefined) => void,
  ): void {
    this.#whenQuorum((processor) => {
      const { timeoutMs, resumes } = wish;
      const session = resumes
        ? processor.resumeSession(resumes.id, resumes.password, timeoutMs)
        : processor.openSession(timeoutMs);
      if (session) this.#owners.set(session.id, follower);
      const link = this.#followers.get(follower);
      // A new session is a transaction; that an old one lives may be known at a server that lags behind all else.
      if (resumes) link?.tellServerAtOnce(() => answer(session));
      else link?.tellServer(() => answer(session));
    });
  }

  /** Answers at the server that asked, after all that was committed before; with nothing if the session has moved to another server. */
  write(
    follower: Follower,
    asked: {
      readonly sessionId: bigint;
      readonly remote: string;
      readonly request: SessionRequest;
    },
    answer: (answer: WriteAnswer | undefined) => void,
  ): void {
    this.#whenQuorum((processor) => {
      const isOwner = this.#owners.get(asked.sessionId) === follower;
      const answered = isOwner ? this.#execute(processor, asked) : undefined;
      this.#followers.get(follower)?.tellServer(() => answer(answered));
    });
  }

  /** These sessions were heard of at a server. */
  touch(sessionIds: readonly bigint[]): void {
    if (!this.#processor) return;
    for (const id of sessionIds) this.database.sessions.touch(id, this.world.nowMs);
  }

  /** Ends a session as if nothing had been heard of it in time. */
  expire(sessionId: bigint): void {
    this.#whenQuorum((processor) => {
      if (!this.database.sessions.get(sessionId)) return;
      this.world.note(this.#host, `expires 0x${sessionId.toString(16)}`);
      this.#execute(processor, { sessionId, remote: '', request: { type: 'closeSession' } });
    });
  }

  /** An operator removes a znode; one that is not there is fine. */
  remove(path: string): void {
    this.#whenQuorum((processor) => {
      const { id: sessionId } = processor.openSession(OPERATOR_SESSION_MS);
      const request = { type: 'delete', path, version: -1 } as const;
      this.#execute(processor, { sessionId, remote: '', request });
      this.#execute(processor, { sessionId, remote: '', request: { type: 'closeSession' } });
    });
  }

  /** A majority may be within reach again. */
  goOn(): void {
    while (this.#processor && this.#waiting.length > 0 && this.hasQuorum(this.#host)) {
      this.#waiting.shift()?.();
    }
  }

  /** Forgets what every server has. */
  forgetUpTo(zxid: number): void {
    while ((this.#log[0]?.zxid ?? Infinity) <= zxid) this.#log.shift();
  }

  #whenQuorum(task: (processor: RequestProcessor) => void): void {
    this.#waiting.push(() => task(present(this.#processor, 'a leader')));
    this.goOn();
  }

  #execute(
    processor: RequestProcessor,
    { sessionId, remote, request }: { sessionId: bigint; remote: string; request: SessionRequest },
  ): WriteAnswer {
    const identities = [{ scheme: 'ip', id: remote }];
    const client = { sessionId, identities, onEvent: ignore, onDetached: ignore };
    this.database.actor = sessionId;
    try {
      const answer = processor.execute(request, client);
      return { zxid: processor.zxid, answer };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { zxid: processor.zxid, answer: error.errorName };
    } finally {
      this.database.actor = undefined;
    }
  }

  #publish(transaction: Transaction): void {
    this.world.note(this.#host, `commits ${summaryOf(transaction)}`);
    this.#log.push(transaction);
    for (const [follower, link] of this.#followers) {
      link.tellServer(() => follower.replay(transaction));
    }
    for (const change of transaction.changes) {
      if (change.type === 'closeSession') this.#owners.delete(change.sessionId);
    }
  }

  #clock(): Clock {
    const { world } = this;
    return {
      nowMs: () => Math.floor(EPOCH_MS + world.nowMs),
      monotonicMs: () => world.nowMs,
      callAfter: (delayMs, task) => world.after(delayMs, task),
      // The processor's way to look for expired sessions: ending one takes a majority.
      callAtEndOfTick: (task) => this.#whenQuorum(task),
    };
  }
}

function ignore(): void {
  // Whoever is connected hears of it from the own server.
}
