/**
 * What a write request changes, decided without changing anything (org.apache.zookeeper.server
 * .PrepRequestProcessor): checks come in ZooKeeper's order, so that a request with several faults is
 * refused for the same one.
 */
import { present } from '../base/assert';
import { ADMIN, CREATE, DELETE, isAllowed, READ, resolveAcl, WRITE } from './access';
import type { Acl, Identity } from './access';
import type { Draft } from './draft';
import { Refusal } from './errors';
import { checkPath, parentOf } from './paths';
import { OP_CODES } from './request';
import type {
  CheckRequest,
  CreateRequest,
  DeleteRequest,
  SetAclRequest,
  SetDataRequest,
  WriteOperation,
} from './request';
import type { Result } from './response';
import type { Change, TreeChange } from './transaction';
import { isSystemPath } from './tree';
import type { Tree } from './tree';
import type { Stat } from './znode';

/** Who asks. */
export interface Requester {
  readonly sessionId: bigint;
  readonly identities: readonly Identity[];
}

/** An operation that may go ahead. `change` is missing if it only checks something. */
export interface Decision {
  /** The operation's code inside the answer to a multi. */
  readonly code: number;
  readonly change: TreeChange | undefined;
  /** The answer, given the Stat after the change. */
  readonly answer: (stat: Stat | undefined) => Result;
}

const EMPTY: Result = { type: 'empty' };
const statOf = (stat: Stat | undefined): Result => ({ type: 'stat', stat: present(stat, 'stat') });

function checkAccess(
  acl: readonly Acl[],
  permission: number,
  requester: Requester,
  path: string,
): void {
  if (!isAllowed(acl, permission, requester.identities)) throw new Refusal('NO_AUTH', path);
}

/** The version after `current`, if the request does not expect another one (−1 expects any). */
function nextVersion(current: number, expected: number, path: string): number {
  if (expected !== -1 && expected !== current) {
    throw new Refusal('BAD_VERSION', `${path} has ${String(current)}, not ${String(expected)}`);
  }
  const next = (current + 1) | 0;
  // −1 would mean "any" to a client that expects it (ZOOKEEPER-4743).
  return next === -1 ? 0 : next;
}

const EPHEMERAL = 1;
const SEQUENTIAL = 2;
const KNOWN_FLAGS = EPHEMERAL | SEQUENTIAL;
/** CreateMode: 4 container, 5 and 6 with a time to live. */
const LARGEST_FLAGS = 6;
const SEQUENCE_DIGITS = 10;

function checkFlags({ flags, path }: CreateRequest): void {
  if (flags >= 0 && flags <= KNOWN_FLAGS) return;
  const isKnownToZooKeeper = flags > 0 && flags <= LARGEST_FLAGS;
  throw new Refusal(isKnownToZooKeeper ? 'UNIMPLEMENTED' : 'BAD_ARGUMENTS', path);
}

function decideCreate(request: CreateRequest, draft: Draft, requester: Requester): Decision {
  checkFlags(request);
  if (!request.path.includes('/')) throw new Refusal('BAD_ARGUMENTS', request.path);
  const acl = resolveAcl(request.acl, requester.identities, request.path);
  const parentPath = parentOf(request.path);
  const parent = draft.get(parentPath);
  checkAccess(parent.acl, CREATE, requester, request.path);
  const isSequential = (request.flags & SEQUENTIAL) !== 0;
  const sequence = String(parent.childrenCreated).padStart(SEQUENCE_DIGITS, '0');
  const path = isSequential ? request.path + sequence : request.path;
  checkPath(path);
  if (draft.find(path)) throw new Refusal('NODE_EXISTS', path);
  if (parent.isEphemeral) throw new Refusal('NO_CHILDREN_FOR_EPHEMERALS', path);
  const ephemeralOwner = (request.flags & EPHEMERAL) !== 0 ? requester.sessionId : 0n;
  return {
    code: request.withStat ? OP_CODES.create2 : OP_CODES.create,
    change: { type: 'create', path, data: request.data, acl, ephemeralOwner },
    answer: (stat) =>
      request.withStat
        ? { type: 'created', path, stat: present(stat, 'stat') }
        : { type: 'path', path },
  };
}

function decideDelete(request: DeleteRequest, draft: Draft, requester: Requester): Decision {
  const { path, version } = request;
  if (!path.startsWith('/') || isSystemPath(path)) throw new Refusal('BAD_ARGUMENTS', path);
  const parent = draft.get(parentOf(path));
  checkAccess(parent.acl, DELETE, requester, path);
  const znode = draft.get(path);
  nextVersion(znode.version, version, path);
  if (znode.childCount > 0) throw new Refusal('NOT_EMPTY', path);
  return { code: OP_CODES.delete, change: { type: 'delete', path }, answer: () => EMPTY };
}

function decideSetData(request: SetDataRequest, draft: Draft, requester: Requester): Decision {
  const { path, data } = request;
  checkPath(path);
  const znode = draft.get(path);
  checkAccess(znode.acl, WRITE, requester, path);
  const version = nextVersion(znode.version, request.version, path);
  return {
    code: OP_CODES.setData,
    change: { type: 'setData', path, data, version },
    answer: statOf,
  };
}

function decideCheck(request: CheckRequest, draft: Draft, requester: Requester): Decision {
  const { path } = request;
  checkPath(path);
  const znode = draft.get(path);
  checkAccess(znode.acl, READ, requester, path);
  nextVersion(znode.version, request.version, path);
  return { code: OP_CODES.check, change: undefined, answer: () => EMPTY };
}

/** Decides a change of a znode's access control list; throws a `Refusal`. */
export function decideSetAcl(
  request: SetAclRequest,
  draft: Draft,
  requester: Requester,
): TreeChange {
  const { path } = request;
  checkPath(path);
  const acl = resolveAcl(request.acl, requester.identities, path);
  const znode = draft.get(path);
  checkAccess(znode.acl, ADMIN, requester, path);
  const version = nextVersion(znode.aversion, request.version, path);
  return { type: 'setAcl', path, acl, version };
}

/** Decides one operation, alone or inside of a multi; throws a `Refusal`. */
export function decideOperation(
  operation: WriteOperation,
  draft: Draft,
  requester: Requester,
): Decision {
  switch (operation.type) {
    case 'create':
      return decideCreate(operation, draft, requester);
    case 'delete':
      return decideDelete(operation, draft, requester);
    case 'setData':
      return decideSetData(operation, draft, requester);
    case 'check':
      return decideCheck(operation, draft, requester);
    case 'unsupported':
      throw new Refusal('UNIMPLEMENTED', `operation ${String(operation.code)}`);
  }
}

/** The end of a session: its ephemeral znodes go first. */
export function decideCloseSession(sessionId: bigint, tree: Tree): Change[] {
  const deletions = Array.from(tree.ephemeralsOf(sessionId), (path): Change => ({
    type: 'delete',
    path,
  }));
  return [...deletions, { type: 'closeSession', sessionId }];
}
