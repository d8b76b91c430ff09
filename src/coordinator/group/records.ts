/**
 * Records of `__consumer_offsets` to and from the coordinator's own types. Written in the versions
 * that a Kafka 3.9 broker writes: keys 1 and 2, group value 3, offset value 3, or 1 where a client
 * asked for its own retention time. All versions are read. What cannot be read throws.
 */

import { codecOf } from '../../protocol/codec';
import type { InputOf, MessageSpec, TypeOf } from '../../protocol/schema';
import {
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from './record-schemas';
import type { CommittedOffset } from './state/offsets';
import { snapshotFlaw } from './state/snapshot';
import type { GroupSnapshot, MemberSnapshot } from './state/snapshot';

const OFFSET_KEY_VERSION = 1;
const GROUP_KEY_VERSION = 2;
const OFFSET_VALUE_VERSION = 3;
const OFFSET_VALUE_VERSION_WITH_EXPIRATION = 1;
const GROUP_VALUE_VERSION = 3;
/** Stands for "none" where a timestamp or time-out is stored. */
const NONE = -1;

/** A record that is not what its key says. */
export class RecordFormatError extends Error {
  override readonly name = 'RecordFormatError';
}

export type RecordKey =
  | {
      readonly kind: 'offset';
      readonly groupId: string;
      readonly topic: string;
      readonly partition: number;
    }
  | { readonly kind: 'group'; readonly groupId: string }
  /** Of the newer group protocol (KIP-848), which this coordinator does not serve. */
  | { readonly kind: 'unknown'; readonly version: number };

export function encodeOffsetKey(groupId: string, topic: string, partition: number): Buffer {
  return encode(OffsetCommitKey, OFFSET_KEY_VERSION, { group: groupId, topic, partition });
}

export function encodeGroupKey(groupId: string): Buffer {
  return encode(GroupMetadataKey, GROUP_KEY_VERSION, { group: groupId });
}

export function encodeOffsetValue(value: CommittedOffset): Buffer {
  const { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs } = value;
  const fields = { offset, metadata, commitTimestamp: commitTimestampMs };
  if (expireTimestampMs !== undefined) {
    const expireTimestamp = expireTimestampMs;
    const version = OFFSET_VALUE_VERSION_WITH_EXPIRATION;
    return encode(OffsetCommitValue, version, { ...fields, expireTimestamp });
  }
  return encode(OffsetCommitValue, OFFSET_VALUE_VERSION, { ...fields, leaderEpoch });
}

export function encodeGroupValue(snapshot: GroupSnapshot): Buffer {
  return encode(GroupMetadataValue, GROUP_VALUE_VERSION, {
    protocolType: snapshot.protocolType ?? '',
    generation: snapshot.generation,
    protocol: snapshot.protocolName ?? null,
    leader: snapshot.leaderId ?? null,
    currentStateTimestamp: snapshot.stateTimestampMs ?? NONE,
    members: snapshot.members.map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription: asBuffer(member.subscription),
      assignment: asBuffer(member.assignment),
    })),
  });
}

export function decodeKey(buffer: Buffer): RecordKey {
  const version = versionOf(buffer);
  if (isIn(OffsetCommitKey, version)) {
    const { group, topic, partition } = decode(OffsetCommitKey, version, buffer);
    return { kind: 'offset', groupId: group, topic, partition };
  }
  if (isIn(GroupMetadataKey, version)) {
    return { kind: 'group', groupId: decode(GroupMetadataKey, version, buffer).group };
  }
  return { kind: 'unknown', version };
}

export function decodeOffsetValue(buffer: Buffer): CommittedOffset {
  const value = decode(OffsetCommitValue, versionOf(buffer), buffer);
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: value.commitTimestamp,
    expireTimestampMs: value.expireTimestamp === NONE ? undefined : value.expireTimestamp,
  };
}

export function decodeGroupValue(groupId: string, buffer: Buffer): GroupSnapshot {
  const version = versionOf(buffer);
  const value = decode(GroupMetadataValue, version, buffer);
  const { currentStateTimestamp } = value;
  const snapshot: GroupSnapshot = {
    groupId,
    protocolType: value.protocolType === '' ? undefined : value.protocolType,
    generation: value.generation,
    protocolName: value.protocol ?? undefined,
    leaderId: value.leader ?? undefined,
    stateTimestampMs: currentStateTimestamp === NONE ? undefined : currentStateTimestamp,
    members: value.members.map(memberSnapshot),
  };
  const flaw = snapshotFlaw(snapshot);
  if (flaw !== undefined) throw new RecordFormatError(`group record with ${flaw}`);
  return snapshot;
}

type StoredMember = TypeOf<typeof GroupMetadataValue>['members'][number];

function memberSnapshot(member: StoredMember): MemberSnapshot {
  const { rebalanceTimeout, sessionTimeout } = member;
  return {
    id: member.memberId,
    instanceId: member.groupInstanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    // Version 0 knew one time-out only.
    rebalanceTimeoutMs: rebalanceTimeout === NONE ? sessionTimeout : rebalanceTimeout,
    sessionTimeoutMs: sessionTimeout,
    subscription: member.subscription,
    assignment: member.assignment,
  };
}

/** The same bytes as a Buffer, not copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function encode<S extends MessageSpec>(spec: S, version: number, message: InputOf<S>): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeInt16BE(version);
  return Buffer.concat([prefix, ...codecOf(spec).encode(message, version)]);
}

function decode<S extends MessageSpec>(spec: S, version: number, buffer: Buffer): TypeOf<S> {
  if (!isIn(spec, version)) throw new RecordFormatError(`record version ${String(version)}`);
  return codecOf(spec).decode(buffer, version, 2).message;
}

function isIn(spec: MessageSpec, version: number): boolean {
  return version >= spec.versions[0] && version <= spec.versions[1];
}

function versionOf(buffer: Buffer): number {
  if (buffer.length < 2) throw new RecordFormatError('record without a version');
  return buffer.readInt16BE(0);
}
