/** What a client and its server say to each other over one connection, and what a connection is to either. */
import type { ErrorName } from '../../../src/zookeeper-server/errors';
import type { SessionRequest } from '../../../src/zookeeper-server/processor';
import type { Result } from '../../../src/zookeeper-server/response';
import type { Session } from '../../../src/zookeeper-server/sessions';
import type { TreeEvent } from '../../../src/zookeeper-server/tree';

/** The first message of a connection; `sessionId` is 0 for a new session. */
export interface ConnectMessage {
  readonly type: 'connect';
  readonly lastZxid: number;
  readonly sessionId: bigint;
  readonly password: Buffer;
  readonly timeoutMs: number;
}

export type ClientMessage =
  | ConnectMessage
  | { readonly type: 'request'; readonly request: SessionRequest }
  | { readonly type: 'end' };

/** Answers come in the order of the requests; events come between them, before the answer to any later read. */
export type ServerMessage =
  /** No session: it has expired, or the password is wrong. */
  | { readonly type: 'connected'; readonly session: Session | undefined }
  | { readonly type: 'answer'; readonly zxid: number; readonly answer: Result | ErrorName }
  | { readonly type: 'event'; readonly event: TreeEvent }
  | { readonly type: 'end' };

/** A connection as its client has it. */
export interface Line {
  send(message: ClientMessage): void;
  /** Nothing is heard any more; the server is told when what was sent before has arrived. */
  hangUp(): void;
  /** Nothing is heard any more, and the server is not told. */
  drop(): void;
}

/** Opens a connection to the server of that name, and sends `first` once it is open; `undefined` if there is no such server. */
export type Dial = (
  host: string,
  first: ConnectMessage,
  deliver: (message: ServerMessage) => void,
) => Line | undefined;
