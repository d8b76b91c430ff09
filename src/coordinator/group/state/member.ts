/**
 * One member of a classic group. The request it has parked (JoinGroup until the rebalance completes,
 * SyncGroup until the leader's assignment is stored) is known here only by its ticket.
 */

/** Names a request that waits for its answer; the shell holds the promise behind it. */
export type Ticket = number;

/** A protocol (assignor) that a member supports, with the member's metadata for it, opaque to the coordinator. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

export const NO_BYTES = new Uint8Array(0);

/** What a member says of itself when it joins. */
export interface MemberProfile {
  readonly id: string;
  /** `group.instance.id`: set for a static member (KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  /** As Kafka stores it: `/127.0.0.1`. */
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** In order of preference. */
  readonly protocols: readonly MemberProtocol[];
}

/** What a member may change by joining again. */
export type MemberUpdate = Pick<
  MemberProfile,
  'rebalanceTimeoutMs' | 'sessionTimeoutMs' | 'protocols'
>;

/** Kafka's `MemberMetadata`. Only `Group` writes `id`, `protocols` and `joinTicket`: it counts them. */
export class Member {
  id: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  rebalanceTimeoutMs: number;
  sessionTimeoutMs: number;
  protocols: readonly MemberProtocol[];
  assignment: Uint8Array = NO_BYTES;
  /** Until its first rebalance completes: only then does it know its id and can send heartbeats. */
  isNew = false;
  joinTicket: Ticket | undefined;
  syncTicket: Ticket | undefined;

  constructor(profile: MemberProfile) {
    this.id = profile.id;
    this.instanceId = profile.instanceId;
    this.clientId = profile.clientId;
    this.clientHost = profile.clientHost;
    this.rebalanceTimeoutMs = profile.rebalanceTimeoutMs;
    this.sessionTimeoutMs = profile.sessionTimeoutMs;
    this.protocols = profile.protocols;
  }

  get isStatic(): boolean {
    return this.instanceId !== null;
  }

  get isAwaitingJoin(): boolean {
    return this.joinTicket !== undefined;
  }

  get isAwaitingSync(): boolean {
    return this.syncTicket !== undefined;
  }

  /** The metadata for `protocolName`; empty if the member does not support it. */
  metadataFor(protocolName: string | undefined): Uint8Array {
    return this.protocols.find((each) => each.name === protocolName)?.metadata ?? NO_BYTES;
  }

  /** Whether `protocols` are the ones it joined with: same names, order and metadata. */
  hasProtocols(protocols: readonly MemberProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every((each, index) => isSameProtocol(each, this.protocols[index]))
    );
  }
}

function isSameProtocol(a: MemberProtocol, b: MemberProtocol | undefined): boolean {
  return b !== undefined && a.name === b.name && isSameBytes(a.metadata, b.metadata);
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
