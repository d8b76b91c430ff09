/** The client's half of an incremental fetch session: which id and epoch the next fetch carries (KIP-227). */

/** Epoch 0 asks for a full fetch and a new session, in place of the one named by `sessionId`, if any. */
export interface FetchSession {
  readonly sessionId: number;
  readonly epoch: number;
}

const NO_SESSION = 0;
const INITIAL_EPOCH = 0;
const MAX_EPOCH = 2 ** 31 - 1;

export const INITIAL_SESSION: FetchSession = { sessionId: NO_SESSION, epoch: INITIAL_EPOCH };

/** Whether the next fetch names all partitions, not only those that changed. */
export function isFull(session: FetchSession): boolean {
  return session.epoch === INITIAL_EPOCH;
}

/** The leader's session may or may not live on; the next fetch closes it and asks for another. */
export function restarted(session: FetchSession): FetchSession {
  return { sessionId: session.sessionId, epoch: INITIAL_EPOCH };
}

/** After an answer without error. An answer with session id 0 ends, or refuses, the session. */
export function advanced(session: FetchSession, answeredSessionId: number): FetchSession {
  if (answeredSessionId === NO_SESSION) return INITIAL_SESSION;
  if (isFull(session)) return { sessionId: answeredSessionId, epoch: 1 };
  return {
    sessionId: session.sessionId,
    epoch: session.epoch === MAX_EPOCH ? 1 : session.epoch + 1,
  };
}

/** After an answer that is an error as a whole. */
export function failed(session: FetchSession, error: string): FetchSession {
  return error === 'FETCH_SESSION_ID_NOT_FOUND' ? INITIAL_SESSION : restarted(session);
}
