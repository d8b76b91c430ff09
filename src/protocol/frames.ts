/**
 * Frames of the protocol: a four-byte size, a header, a body. Sizes are read and checked by the
 * connection; here a frame to be parsed comes without its size, and one to be sent has it.
 */
import { codecOf } from './codec';
import { ProtocolError } from './errors';
import { lostField } from './loss';
import { API_SPECS } from './messages/index';
import { Reader } from './reader';
import type { InputOf, MessageSpec, TypeOf } from './schema';
import { isFlexible } from './schema';
import { Writer } from './writer';

const SIZE_BYTES = 4;
const CONTROLLED_SHUTDOWN = 7;
const API_VERSIONS = 18;

export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Where the body begins in the frame. */
  readonly bodyOffset: number;
}

/**
 * Reads the header of a request. Of an unknown API nothing is read beyond the correlation id, since
 * what follows is not known; its connection is to be closed. Throws MalformedError.
 */
export function parseRequestHeader(frame: Buffer): RequestHeader {
  const reader = new Reader(frame);
  const apiKey = reader.int16();
  const apiVersion = reader.int16();
  const correlationId = reader.int32();
  const spec = API_SPECS.get(apiKey)?.request;
  let clientId: string | null = null;
  if (spec !== undefined && hasClientId(apiKey, apiVersion)) {
    clientId = reader.nullableString();
    if (isFlexible(spec, apiVersion)) reader.skipTaggedFields();
  }
  return { apiKey, apiVersion, correlationId, clientId, bodyOffset: reader.position };
}

/**
 * A request, size included. Throws UNSUPPORTED_VERSION if the version cannot say all that `message` says.
 */
export function encodeRequest<S extends MessageSpec>(
  spec: S,
  header: {
    readonly version: number;
    readonly correlationId: number;
    readonly clientId: string | null;
  },
  message: InputOf<S>,
): Buffer[] {
  const { version, correlationId, clientId } = header;
  const lost = lostField(spec, message, version);
  if (lost !== undefined) {
    throw new ProtocolError(
      'UNSUPPORTED_VERSION',
      `version ${String(version)} has no field ${lost}`,
    );
  }
  const apiKey = apiKeyOf(spec);
  const writer = new Writer();
  writer.int32(0);
  writer.int16(apiKey);
  writer.int16(version);
  writer.int32(correlationId);
  if (hasClientId(apiKey, version)) {
    writer.nullableString(clientId);
    if (isFlexible(spec, version)) writer.unsignedVarint(0);
  }
  codecOf(spec).write(writer, message, version);
  return sized(writer.finish());
}

/** A response, size included. What its version lacks is left out. */
export function encodeResponse<S extends MessageSpec>(
  spec: S,
  version: number,
  correlationId: number,
  message: InputOf<S>,
): Buffer[] {
  const writer = new Writer();
  writer.int32(0);
  writer.int32(correlationId);
  if (hasTaggedResponseHeader(spec, version)) writer.unsignedVarint(0);
  codecOf(spec).write(writer, message, version);
  return sized(writer.finish());
}

/** Reads a response. `records` in it are views of `frame`. Throws MalformedError. */
export function parseResponse<S extends MessageSpec>(
  spec: S,
  version: number,
  frame: Buffer,
): { correlationId: number; message: TypeOf<S> } {
  const reader = new Reader(frame);
  const correlationId = reader.int32();
  if (hasTaggedResponseHeader(spec, version)) reader.skipTaggedFields();
  const { message } = codecOf(spec).decode(frame, version, reader.position);
  return { correlationId, message };
}

/** ControlledShutdown v0 comes with the header of the oldest brokers, which ends at the correlation id. */
function hasClientId(apiKey: number, version: number): boolean {
  return apiKey !== CONTROLLED_SHUTDOWN || version > 0;
}

/** A client that asks for ApiVersions does not know yet what the broker speaks, so its answer never has tags. */
function hasTaggedResponseHeader(spec: MessageSpec, version: number): boolean {
  return spec.apiKey !== API_VERSIONS && isFlexible(spec, version);
}

function apiKeyOf(spec: MessageSpec): number {
  if (spec.apiKey === undefined) throw new TypeError('only a message with an API key can be sent');
  return spec.apiKey;
}

/** Writes the size of all that follows into the first four bytes, which were kept free for it. */
function sized(chunks: Buffer[]): Buffer[] {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  chunks[0]?.writeInt32BE(total - SIZE_BYTES, 0);
  return chunks;
}
