/**
 * A client's side of a fetch session (KIP-227; org.apache.kafka.clients.FetchSessionHandler): which partitions the
 * broker knows, and so what a request need not say again.
 */
import { nameOf } from './position';
import type { Position } from './position';

const NO_SESSION = 0;
const INITIAL_EPOCH = 0;
const FINAL_EPOCH = -1;
const MAX_EPOCH = 0x7fff_ffff;

/** What a request says of a partition. */
export interface Asked {
  readonly position: Position;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly topicId: string;
}

export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly isFull: boolean;
  readonly named: readonly Asked[];
  readonly forgotten: readonly Asked[];
  /** All of the session, named or not. */
  readonly known: ReadonlyMap<string, Asked>;
}

export class FetchSession {
  #id = NO_SESSION;
  #epoch = INITIAL_EPOCH;
  #known = new Map<string, Asked>();

  /** `isUsed`: without it each fetch stands alone. */
  constructor(private readonly isUsed: boolean) {}

  request(wanted: readonly Asked[]): SessionRequest {
    const before = this.#known;
    const isFull = this.#epoch === INITIAL_EPOCH || this.#epoch === FINAL_EPOCH || !this.isUsed;
    this.#known = new Map(wanted.map((asked) => [nameOf(asked.position), asked]));
    const sessionEpoch = this.isUsed ? this.#epoch : FINAL_EPOCH;
    const common = { sessionId: this.#id, sessionEpoch, isFull, known: this.#known };
    if (isFull) return { ...common, named: wanted, forgotten: [] };
    return {
      ...common,
      named: wanted.filter((asked) => !isSame(before.get(nameOf(asked.position)), asked)),
      // A topic that was made anew has another id, so the old one is to be let go.
      forgotten: [...before.values()].filter(
        (asked) => this.#known.get(nameOf(asked.position))?.topicId !== asked.topicId,
      ),
    };
  }

  /** Whether the broker may give this session id as answer to `request`. */
  accepts(request: SessionRequest, sessionId: number): boolean {
    return request.isFull
      ? this.isUsed || sessionId === NO_SESSION
      : sessionId === request.sessionId;
  }

  answered(request: SessionRequest, sessionId: number): void {
    this.#id = sessionId;
    if (sessionId === NO_SESSION) this.#epoch = INITIAL_EPOCH;
    else if (request.isFull) this.#epoch = 1;
    else this.#epoch = this.#epoch === MAX_EPOCH ? 1 : this.#epoch + 1;
  }

  /** The broker does not know it (any more). */
  forget(): void {
    this.#id = NO_SESSION;
    this.#epoch = INITIAL_EPOCH;
  }

  /** Nobody knows how far the broker is in it: the next request closes it and begins another. */
  renew(): void {
    this.#epoch = INITIAL_EPOCH;
  }
}

function isSame(one: Asked | undefined, other: Asked): boolean {
  return (
    one?.offset === other.offset &&
    one.leaderEpoch === other.leaderEpoch &&
    one.topicId === other.topicId
  );
}
