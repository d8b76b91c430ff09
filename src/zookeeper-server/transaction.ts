/**
 * What changes the server's state, and nothing else does: decided from a request, written to the journal,
 * then replayed on the tree and the sessions, on the spot and after every restart alike.
 */
import { readAcl, shared, writeAcl } from './access';
import type { Acl } from './access';
import { JuteError, JuteReader, JuteWriter } from './jute';

/** Versions are the new ones, checked before. */
export type TreeChange =
  | {
      readonly type: 'create';
      readonly path: string;
      readonly data: Buffer | null;
      readonly acl: readonly Acl[];
      readonly ephemeralOwner: bigint;
    }
  | { readonly type: 'delete'; readonly path: string }
  | {
      readonly type: 'setData';
      readonly path: string;
      readonly data: Buffer | null;
      readonly version: number;
    }
  | {
      readonly type: 'setAcl';
      readonly path: string;
      readonly acl: readonly Acl[];
      readonly version: number;
    };

export type SessionChange =
  | {
      readonly type: 'openSession';
      readonly sessionId: bigint;
      readonly password: Buffer;
      readonly timeoutMs: number;
    }
  | { readonly type: 'closeSession'; readonly sessionId: bigint };

export type Change = TreeChange | SessionChange;

/** Changes that happen together, under one zxid. */
export interface Transaction {
  readonly zxid: number;
  readonly timeMs: number;
  readonly changes: readonly Change[];
}

/** Numbers on disk: never give one to something else. */
const CHANGE_CODES = {
  create: 1,
  delete: 2,
  setData: 3,
  setAcl: 4,
  openSession: 5,
  closeSession: 6,
} as const satisfies Record<Change['type'], number>;

const CHANGE_TYPES = new Map(
  Object.entries(CHANGE_CODES).map(([type, code]) => [code as number, type as Change['type']]),
);

function writeChange(writer: JuteWriter, change: Change): void {
  writer.int(CHANGE_CODES[change.type]);
  switch (change.type) {
    case 'create':
      writer.string(change.path).buffer(change.data).vector(change.acl, writeAcl);
      writer.opaqueLong(change.ephemeralOwner);
      break;
    case 'delete':
      writer.string(change.path);
      break;
    case 'setData':
      writer.string(change.path).buffer(change.data).int(change.version);
      break;
    case 'setAcl':
      writer.string(change.path).vector(change.acl, writeAcl).int(change.version);
      break;
    case 'openSession':
      writer.opaqueLong(change.sessionId).buffer(change.password).int(change.timeoutMs);
      break;
    case 'closeSession':
      writer.opaqueLong(change.sessionId);
      break;
  }
}

function readPath(reader: JuteReader): string {
  const path = reader.string();
  if (path === null) throw new JuteError('a change without a path');
  return path;
}

function readChange(reader: JuteReader): Change {
  const code = reader.int();
  const type = CHANGE_TYPES.get(code);
  switch (type) {
    case 'create': {
      const path = readPath(reader);
      const data = reader.buffer();
      const acl = shared(reader.vector(readAcl));
      return { type, path, data, acl, ephemeralOwner: reader.opaqueLong() };
    }
    case 'delete':
      return { type, path: readPath(reader) };
    case 'setData': {
      const path = readPath(reader);
      const data = reader.buffer();
      return { type, path, data, version: reader.int() };
    }
    case 'setAcl': {
      const path = readPath(reader);
      const acl = shared(reader.vector(readAcl));
      return { type, path, acl, version: reader.int() };
    }
    case 'openSession': {
      const sessionId = reader.opaqueLong();
      const password = reader.buffer() ?? Buffer.alloc(0);
      return { type, sessionId, password, timeoutMs: reader.int() };
    }
    case 'closeSession':
      return { type, sessionId: reader.opaqueLong() };
    case undefined:
      throw new JuteError(`change of unknown kind ${String(code)}`);
  }
}

export function encodeTransaction(transaction: Transaction): Buffer {
  return new JuteWriter()
    .long(transaction.zxid)
    .long(transaction.timeMs)
    .vector(transaction.changes, writeChange)
    .finish();
}

export function decodeTransaction(bytes: Buffer): Transaction {
  const reader = new JuteReader(bytes);
  const zxid = reader.long();
  const timeMs = reader.long();
  return { zxid, timeMs, changes: reader.vector(readChange) };
}
