/** Answers and events as clients read them (zookeeper.jute, FinalRequestProcessor). */
import { writeAcl } from './access';
import type { Acl, Identity } from './access';
import { ERROR_CODES } from './errors';
import type { ErrorName } from './errors';
import { juteFrame } from './jute';
import type { JuteWriter } from './jute';
import { OP_CODES } from './request';
import type { EventType, TreeEvent } from './tree';
import { writeStat } from './znode';
import type { Stat } from './znode';

/** One operation of a multi: its result, or why it (or, with OK, another one) failed. */
export type OperationResult =
  | { readonly code: number; readonly result: Result }
  | { readonly error: ErrorName };

/** What follows the header of a successful answer. */
export type Result =
  | { readonly type: 'empty' }
  | { readonly type: 'path'; readonly path: string }
  | { readonly type: 'created'; readonly path: string; readonly stat: Stat }
  | { readonly type: 'stat'; readonly stat: Stat }
  | { readonly type: 'data'; readonly data: Buffer | null; readonly stat: Stat }
  | { readonly type: 'names'; readonly names: readonly string[] }
  | { readonly type: 'namesAndStat'; readonly names: readonly string[]; readonly stat: Stat }
  | { readonly type: 'acl'; readonly acl: readonly Acl[]; readonly stat: Stat }
  | { readonly type: 'count'; readonly count: number }
  | { readonly type: 'identities'; readonly identities: readonly Identity[] }
  | { readonly type: 'operations'; readonly operations: readonly OperationResult[] };

function writeString(writer: JuteWriter, value: string): void {
  writer.string(value);
}

function writeOperation(writer: JuteWriter, operation: OperationResult): void {
  if ('error' in operation) {
    const code = ERROR_CODES[operation.error];
    writer.int(OP_CODES.error).bool(false).int(code).int(code);
  } else {
    writer.int(operation.code).bool(false).int(ERROR_CODES.OK);
    writeResult(writer, operation.result);
  }
}

function writeResult(writer: JuteWriter, result: Result): void {
  switch (result.type) {
    case 'empty':
      break;
    case 'path':
      writer.string(result.path);
      break;
    case 'created':
      writer.string(result.path);
      writeStat(writer, result.stat);
      break;
    case 'stat':
      writeStat(writer, result.stat);
      break;
    case 'data':
      writer.buffer(result.data);
      writeStat(writer, result.stat);
      break;
    case 'names':
      writer.vector(result.names, writeString);
      break;
    case 'namesAndStat':
      writer.vector(result.names, writeString);
      writeStat(writer, result.stat);
      break;
    case 'acl':
      writer.vector(result.acl, writeAcl);
      writeStat(writer, result.stat);
      break;
    case 'count':
      writer.int(result.count);
      break;
    case 'identities':
      writer.vector(result.identities, (to, { scheme, id }) => to.string(scheme).string(id));
      break;
    case 'operations':
      for (const operation of result.operations) writeOperation(writer, operation);
      writer.int(-1).bool(true).int(-1); // the header that ends the list
      break;
  }
}

/** The answer to request `xid`, given at `zxid`. */
export function responseFrame(xid: number, zxid: number, answer: Result | ErrorName): Buffer {
  return juteFrame((writer) => {
    const isError = typeof answer === 'string';
    writer
      .int(xid)
      .long(zxid)
      .int(isError ? ERROR_CODES[answer] : ERROR_CODES.OK);
    if (!isError) writeResult(writer, answer);
  });
}

/** Watcher.Event.EventType. */
const EVENT_CODES = {
  created: 1,
  deleted: 2,
  dataChanged: 3,
  childrenChanged: 4,
} as const satisfies Record<EventType, number>;

const NOTIFICATION_XID = -1;
const SYNC_CONNECTED = 3;

/** A watch that fired. */
export function eventFrame({ type, path, zxid }: TreeEvent): Buffer {
  return juteFrame((writer) => {
    writer.int(NOTIFICATION_XID).long(zxid).int(ERROR_CODES.OK);
    writer.int(EVENT_CODES[type]).int(SYNC_CONNECTED).string(path);
  });
}

const PASSWORD_BYTES = 16;

/** What a connection is told of its session; `undefined` tells that the session is gone. */
export function connectFrame(
  session: { id: bigint; password: Buffer; timeoutMs: number } | undefined,
  withReadOnlyFlag: boolean,
): Buffer {
  return juteFrame((writer) => {
    writer
      .int(0)
      .int(session?.timeoutMs ?? 0)
      .opaqueLong(session?.id ?? 0n);
    writer.buffer(session?.password ?? Buffer.alloc(PASSWORD_BYTES));
    if (withReadOnlyFlag) writer.bool(false);
  });
}
