/**
 * Requests as clients send them (zookeeper.jute, ZooDefs.OpCode): one table from operation code to what
 * follows the header.
 */
import { readAcl } from './access';
import type { Acl } from './access';
import { JuteError } from './jute';
import type { JuteReader } from './jute';

/** Operation codes that appear outside the table below. */
export const OP_CODES = {
  create: 1,
  delete: 2,
  setData: 5,
  getData: 4,
  getChildren: 8,
  check: 13,
  create2: 15,
  error: -1,
} as const;

export interface CreateRequest {
  readonly type: 'create';
  readonly path: string;
  readonly data: Buffer | null;
  readonly acl: readonly Acl[];
  /** Bits: 1 ephemeral, 2 sequential; from 4 on containers and time-to-live. */
  readonly flags: number;
  /** create2: the answer carries the Stat too. */
  readonly withStat: boolean;
}

export interface DeleteRequest {
  readonly type: 'delete';
  readonly path: string;
  readonly version: number;
}

export interface SetDataRequest {
  readonly type: 'setData';
  readonly path: string;
  readonly data: Buffer | null;
  readonly version: number;
}

export interface SetAclRequest {
  readonly type: 'setAcl';
  readonly path: string;
  readonly acl: readonly Acl[];
  readonly version: number;
}

export interface CheckRequest {
  readonly type: 'check';
  readonly path: string;
  readonly version: number;
}

/** Known to ZooKeeper, answered UNIMPLEMENTED here. */
export interface UnsupportedRequest {
  readonly type: 'unsupported';
  readonly code: number;
}

/** What a multi may contain. */
export type WriteOperation =
  | CreateRequest
  | DeleteRequest
  | SetDataRequest
  | CheckRequest
  | UnsupportedRequest;

export interface MultiRequest {
  readonly type: 'multi';
  readonly operations: readonly WriteOperation[];
}

export type WriteRequest = WriteOperation | SetAclRequest | MultiRequest;

/** A request for one znode's something, and nothing more. */
interface PathRequest<T extends string> {
  readonly type: T;
  readonly path: string;
}

interface WatchableRequest<T extends string> extends PathRequest<T> {
  readonly watch: boolean;
}

export type GetDataRequest = WatchableRequest<'getData'>;

export interface GetChildrenRequest extends WatchableRequest<'getChildren'> {
  /** getChildren2: the answer carries the Stat too. */
  readonly withStat: boolean;
}

/** Watches of an earlier connection; what changed after `relativeZxid` is told at once. */
export interface SetWatchesRequest {
  readonly type: 'setWatches';
  readonly relativeZxid: number;
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
  readonly persistent: readonly string[];
  readonly recursive: readonly string[];
}

/** ZooDefs.AddWatchModes: 0 persistent, 1 persistent and recursive. */
interface AddWatchRequest extends PathRequest<'addWatch'> {
  readonly mode: number;
}

/** Watcher.WatcherType: 1 children, 2 data, 3 any, 4 persistent, 5 recursive. */
interface WatchTypeRequest extends PathRequest<'checkWatches' | 'removeWatches'> {
  readonly watchType: number;
}

export type ReadOperation = GetDataRequest | GetChildrenRequest;

export type ReadRequest =
  | ReadOperation
  | WatchableRequest<'exists'>
  | PathRequest<'getAcl' | 'sync' | 'getEphemerals' | 'countDescendants'>
  | { readonly type: 'multiRead'; readonly operations: readonly ReadOperation[] }
  | { readonly type: 'ping' | 'whoAmI' }
  | SetWatchesRequest
  | AddWatchRequest
  | WatchTypeRequest;

export interface AuthRequest {
  readonly type: 'auth';
  readonly scheme: string;
  readonly proof: Buffer;
}

export type Request = WriteRequest | ReadRequest | AuthRequest | { readonly type: 'closeSession' };

const readString = (reader: JuteReader): string => reader.string() ?? '';

const readCreate =
  (withStat: boolean) =>
  (reader: JuteReader): CreateRequest => {
    const path = readString(reader);
    const data = reader.buffer();
    const acl = reader.vector(readAcl);
    return { type: 'create', path, data, acl, flags: reader.int(), withStat };
  };

/** createContainer has the shape of create; createTTL a time to live after it. */
const readUnsupportedCreate =
  (code: number, hasTimeToLive: boolean) =>
  (reader: JuteReader): UnsupportedRequest => {
    readCreate(false)(reader);
    if (hasTimeToLive) reader.long();
    return { type: 'unsupported', code };
  };

function readSetData(reader: JuteReader): SetDataRequest {
  const path = readString(reader);
  const data = reader.buffer();
  return { type: 'setData', path, data, version: reader.int() };
}

const readGetData = (reader: JuteReader): GetDataRequest => ({
  type: 'getData',
  path: readString(reader),
  watch: reader.bool(),
});

const readGetChildren =
  (withStat: boolean) =>
  (reader: JuteReader): GetChildrenRequest => ({
    type: 'getChildren',
    path: readString(reader),
    watch: reader.bool(),
    withStat,
  });

const readVersioned =
  <T extends 'delete' | 'check'>(type: T) =>
  (reader: JuteReader) => ({ type, path: readString(reader), version: reader.int() });

const readPathOnly =
  <T extends 'getAcl' | 'sync' | 'getEphemerals' | 'countDescendants'>(type: T) =>
  (reader: JuteReader) => ({ type, path: readString(reader) });

const readWatchType =
  <T extends 'checkWatches' | 'removeWatches'>(type: T) =>
  (reader: JuteReader) => ({ type, path: readString(reader), watchType: reader.int() });

const readSetWatches =
  (hasPersistent: boolean) =>
  (reader: JuteReader): SetWatchesRequest => {
    const paths = (): string[] => reader.vector(readString);
    return {
      type: 'setWatches',
      relativeZxid: reader.long(),
      data: paths(),
      exist: paths(),
      child: paths(),
      persistent: hasPersistent ? paths() : [],
      recursive: hasPersistent ? paths() : [],
    };
  };

function readSetAcl(reader: JuteReader): SetAclRequest {
  const path = readString(reader);
  const acl = reader.vector(readAcl);
  return { type: 'setAcl', path, acl, version: reader.int() };
}

function readAuth(reader: JuteReader): AuthRequest {
  reader.int(); // AuthPacket.type: always 0
  const scheme = readString(reader);
  return { type: 'auth', scheme, proof: reader.buffer() ?? Buffer.alloc(0) };
}

const WRITE_OPERATIONS: ReadonlyMap<number, (reader: JuteReader) => WriteOperation> = new Map<
  number,
  (reader: JuteReader) => WriteOperation
>([
  [OP_CODES.create, readCreate(false)],
  [OP_CODES.delete, readVersioned('delete')],
  [OP_CODES.setData, readSetData],
  [OP_CODES.check, readVersioned('check')],
  [OP_CODES.create2, readCreate(true)],
  [19, readUnsupportedCreate(19, false)],
  [21, readUnsupportedCreate(21, true)],
]);

const READ_OPERATIONS: ReadonlyMap<number, (reader: JuteReader) => ReadOperation> = new Map<
  number,
  (reader: JuteReader) => ReadOperation
>([
  [OP_CODES.getData, readGetData],
  [OP_CODES.getChildren, readGetChildren(false)],
]);

/** Operations of a multi, each behind a header (type, done, error), up to a header that says done. */
function readOperations<T>(
  reader: JuteReader,
  table: ReadonlyMap<number, (reader: JuteReader) => T>,
): T[] {
  const operations: T[] = [];
  for (;;) {
    const code = reader.int();
    const isDone = reader.bool();
    reader.int();
    if (isDone) return operations;
    const read = table.get(code);
    if (!read) throw new JuteError(`operation ${String(code)} inside of a multi`);
    operations.push(read(reader));
  }
}

const REQUESTS: ReadonlyMap<number, (reader: JuteReader) => Request> = new Map<
  number,
  (reader: JuteReader) => Request
>([
  ...WRITE_OPERATIONS,
  ...READ_OPERATIONS,
  [3, (reader) => ({ type: 'exists', path: readString(reader), watch: reader.bool() })],
  [6, readPathOnly('getAcl')],
  [7, readSetAcl],
  [9, readPathOnly('sync')],
  [11, () => ({ type: 'ping' })],
  [12, readGetChildren(true)],
  [14, (reader) => ({ type: 'multi', operations: readOperations(reader, WRITE_OPERATIONS) })],
  [17, readWatchType('checkWatches')],
  [18, readWatchType('removeWatches')],
  [22, (reader) => ({ type: 'multiRead', operations: readOperations(reader, READ_OPERATIONS) })],
  [100, readAuth],
  [101, readSetWatches(false)],
  [103, readPathOnly('getEphemerals')],
  [104, readPathOnly('countDescendants')],
  [105, readSetWatches(true)],
  [106, (reader) => ({ type: 'addWatch', path: readString(reader), mode: reader.int() })],
  [107, () => ({ type: 'whoAmI' })],
  [-11, () => ({ type: 'closeSession' })],
]);

/** A request after its header. Codes that are not served (reconfig, SASL, unknown ones) are `unsupported`. */
export function readRequest(code: number, reader: JuteReader): Request {
  const read = REQUESTS.get(code);
  return read ? read(reader) : { type: 'unsupported', code };
}

/** The first frame of a connection (ConnectRequest). */
export interface ConnectRequest {
  readonly lastZxidSeen: number;
  readonly timeoutMs: number;
  /** 0 asks for a new session. */
  readonly sessionId: bigint;
  readonly password: Buffer;
  /** Clients before 3.4 send no read-only flag, and expect none in the answer. */
  readonly hasReadOnlyFlag: boolean;
}

export function readConnectRequest(reader: JuteReader): ConnectRequest {
  reader.int(); // protocol version: always 0
  const lastZxidSeen = reader.long();
  const timeoutMs = reader.int();
  const sessionId = reader.opaqueLong();
  const password = reader.buffer() ?? Buffer.alloc(0);
  return { lastZxidSeen, timeoutMs, sessionId, password, hasReadOnlyFlag: reader.bytesLeft > 0 };
}
