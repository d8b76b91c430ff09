/** All that is durable: the tree, the sessions, and the zxid up to which they stand. */
import { assert } from '../base/assert';
import { SessionTable } from './sessions';
import type { SessionLimits } from './sessions';
import type { Transaction } from './transaction';
import { Tree } from './tree';
import type { Outcome } from './tree';

const NOTHING: Outcome = { stat: undefined, events: [] };

export class Database {
  readonly tree = new Tree();
  readonly sessions: SessionTable;
  #zxid = 0;

  constructor(limits: SessionLimits) {
    this.sessions = new SessionTable(limits);
  }

  /** The last transaction replayed. */
  get zxid(): number {
    return this.#zxid;
  }

  /** Says that tree and sessions were loaded from a snapshot of this zxid. */
  startAt(zxid: number): void {
    assert(this.#zxid === 0, 'a snapshot is loaded into an empty database');
    this.#zxid = zxid;
  }

  /** The one way to change the state. Returns what each change did. `nowMs` is the monotonic clock's. */
  replay(transaction: Transaction, nowMs: number): Outcome[] {
    const { zxid, timeMs, changes } = transaction;
    assert(zxid === this.#zxid + 1, `transaction ${String(zxid)} after ${String(this.#zxid)}`);
    this.#zxid = zxid;
    return changes.map((change) => {
      switch (change.type) {
        case 'openSession': {
          const { sessionId: id, password, timeoutMs: sessionTimeoutMs } = change;
          this.sessions.open({ id, password, timeoutMs: sessionTimeoutMs }, nowMs);
          return NOTHING;
        }
        case 'closeSession':
          this.sessions.close(change.sessionId);
          return NOTHING;
        default:
          return this.tree.replay(change, { zxid, timeMs });
      }
    });
  }
}
