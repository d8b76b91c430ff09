/** The committed changes of znodes, one by one and in order, for whoever judges a run by them. */
import { Database } from '../../../src/zookeeper-server/database';
import type { SessionLimits } from '../../../src/zookeeper-server/sessions';
import type { Change, Transaction, TreeChange } from '../../../src/zookeeper-server/transaction';
import type { Outcome, Tree } from '../../../src/zookeeper-server/tree';

/** A znode that has been created, changed or deleted; changes of one transaction have the same `zxid`. */
export interface CommittedChange {
  readonly zxid: number;
  readonly path: string;
  readonly change: 'created' | 'changed' | 'deleted';
  /** What the znode holds now; what it held, if deleted. */
  readonly data: Buffer | null;
  /** The version now; the last one, if deleted. */
  readonly version: number;
  readonly czxid: number;
  /** 0n for a persistent znode. */
  readonly ephemeralOwner: bigint;
  /** Who asked for it; for the end of a session, that session. */
  readonly sessionId: bigint | undefined;
}

type Listener = (transaction: Transaction, outcomes: readonly Outcome[]) => void;

/** A database that tells of each transaction once it has happened, and before of what it will delete. */
export class ObservedDatabase extends Database {
  onReplayed: Listener = () => undefined;
  onCommit: (change: CommittedChange) => void = () => undefined;
  /** Whose request is being carried out. */
  actor: bigint | undefined;

  constructor(limits: SessionLimits) {
    super(limits);
  }

  override replay(transaction: Transaction, nowMs: number): Outcome[] {
    const deleted = transaction.changes.map((change) => deletionOf(this.tree, change));
    const outcomes = super.replay(transaction, nowMs);
    this.onReplayed(transaction, outcomes);
    const sessionId = this.actor ?? endedSession(transaction);
    const { zxid } = transaction;
    transaction.changes.forEach((change, index) => {
      const facts = deleted[index] ?? factsOf(change, outcomes[index]);
      if (facts) this.onCommit({ ...facts, zxid, sessionId });
    });
    return outcomes;
  }
}

type Facts = Omit<CommittedChange, 'zxid' | 'sessionId'>;

function deletionOf(tree: Tree, change: Change): Facts | undefined {
  if (change.type !== 'delete') return undefined;
  const znode = tree.get(change.path);
  // Missing: an earlier change of the same transaction makes it.
  const { data = null, version = 0, czxid = 0, ephemeralOwner = 0n } = znode ?? {};
  return { path: change.path, change: 'deleted', data, version, czxid, ephemeralOwner };
}

function factsOf(change: Change, outcome: Outcome | undefined): Facts | undefined {
  const stat = outcome?.stat;
  if (!stat || (change.type !== 'create' && change.type !== 'setData')) return undefined;
  const { version, czxid, ephemeralOwner } = stat;
  const kind = change.type === 'create' ? 'created' : 'changed';
  return { path: change.path, change: kind, data: change.data, version, czxid, ephemeralOwner };
}

function endedSession({ changes }: Transaction): bigint | undefined {
  const last = changes.at(-1);
  return last?.type === 'closeSession' ? last.sessionId : undefined;
}

/** A transaction in a few words. */
export function summaryOf({ zxid, changes }: Transaction): string {
  return `${String(zxid)}: ${changes.map(changeSummary).join(', ')}`;
}

function changeSummary(change: Change): string {
  if (isTreeChange(change)) return `${change.type} ${change.path}`;
  return `${change.type} 0x${change.sessionId.toString(16)}`;
}

function isTreeChange(change: Change): change is TreeChange {
  return change.type !== 'openSession' && change.type !== 'closeSession';
}
