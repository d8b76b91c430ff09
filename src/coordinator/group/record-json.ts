/**
 * Records of `__consumer_offsets` for people to read, as Kafka's own tools print them
 * (kafka.tools.DumpLogSegments with --offsets-decoder): all fields of the record's version, and what the members of
 * consumer groups say in the consumer protocol.
 */

import { MalformedError, codecOf } from '../../protocol/codec';
import type { Field, Fields, MessageSpec } from '../../protocol/schema';
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
} from './consumer-protocol-schemas';
import {
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from './record-schemas';
import { CONSUMER_PROTOCOL_TYPE } from './state/consumer-protocol';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

export interface RecordJson {
  readonly key: { readonly type: string; readonly data: Json };
  /** `null` for a tombstone. */
  readonly value: { readonly version: string; readonly data: Json } | null;
}

const SPECS: readonly (readonly [key: MessageSpec, value: MessageSpec])[] = [
  [OffsetCommitKey, OffsetCommitValue],
  [GroupMetadataKey, GroupMetadataValue],
];

/** `undefined` for what is none of the classic protocol's records, or does not parse. */
export function groupRecordJson(key: Buffer | null, value: Buffer | null): RecordJson | undefined {
  const specs = SPECS.find(([keySpec]) => isIn(keySpec, versionOf(key)));
  if (!key || !specs) return undefined;
  const [keySpec, valueSpec] = specs;
  const keyData = decoded(keySpec, key);
  if (keyData === undefined) return undefined;
  const type = String(versionOf(key));
  if (value === null) return { key: { type, data: keyData }, value: null };
  const data = decoded(valueSpec, value);
  if (data === undefined) return undefined;
  const version = String(versionOf(value));
  return { key: { type, data: keyData }, value: { version, data: withMembers(data) } };
}

const isObject = (json: Json | undefined): json is { readonly [name: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

function withMembers(data: Json): Json {
  if (!isObject(data) || data['protocolType'] !== CONSUMER_PROTOCOL_TYPE) return data;
  const { members } = data;
  if (!Array.isArray(members)) return data;
  return { ...data, members: members.map(memberJson) };
}

function memberJson(member: Json): Json {
  if (!isObject(member)) return member;
  return {
    ...member,
    subscription: inProtocol(ConsumerProtocolSubscription, member['subscription']),
    assignment: inProtocol(ConsumerProtocolAssignment, member['assignment']),
  };
}

/** Other protocols bring bytes of their own: those stay as they are, in base64. */
function inProtocol(spec: MessageSpec, bytes: Json = null): Json {
  if (typeof bytes !== 'string') return bytes;
  return decoded(spec, Buffer.from(bytes, 'base64')) ?? bytes;
}

function decoded(spec: MessageSpec, buffer: Buffer): Json | undefined {
  const version = versionOf(buffer);
  if (!isIn(spec, version)) return undefined;
  try {
    const { message } = codecOf(spec).decode(buffer, version, 2);
    return fieldsJson(spec.fields, message, version);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function isIn({ versions: [first, last] }: MessageSpec, version: number | undefined): boolean {
  return version !== undefined && version >= first && version <= last;
}

function versionOf(buffer: Buffer | null): number {
  return buffer && buffer.length >= 2 ? buffer.readInt16BE(0) : -1;
}

function fieldsJson(fields: Fields, message: object, version: number): Json {
  const values: Readonly<Record<string, unknown>> = { ...message };
  const present = Object.entries(fields).filter(
    ([, { since = 0, until = Infinity }]) => version >= since && version <= until,
  );
  return Object.fromEntries(
    present.map(([name, field]) => [name, fieldJson(field, values[name], version)]),
  );
}

function fieldJson(field: Field, value: unknown, version: number): Json {
  if (Array.isArray(value) && field.type === 'array') {
    return value.map((item: unknown) => itemJson(field.of, item, version));
  }
  return scalarJson(value);
}

function itemJson(of: string | Fields, item: unknown, version: number): Json {
  if (typeof of === 'string' || typeof item !== 'object' || item === null) return scalarJson(item);
  return fieldsJson(of, item, version);
}

function scalarJson(value: unknown): Json {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' ? value : null;
}
