/**
 * Encoders and decoders made from message descriptions. For each description and version the source
 * of a straight-line function is generated and compiled on first use: what it makes has the same
 * shape in every version, so that the code that reads messages stays monomorphic.
 */
import { decoderOf } from './codec-decoder';
import { encoderOf } from './codec-encoder';
import type { CompiledDecoder } from './codec-decoder';
import type { CompiledEncoder } from './codec-encoder';
import { ProtocolError } from './errors';
import { Reader } from './reader';
import type { InputOf, MessageSpec, TypeOf } from './schema';
import { Writer } from './writer';

export { MalformedError } from './reader';

export interface MessageCodec<S extends MessageSpec> {
  /**
   * Reads a message that begins at `offset`; `end` is where it ends. Throws MalformedError. `records`
   * are views of `buffer`, everything else is copied.
   */
  decode(buffer: Buffer, version: number, offset?: number): { message: TypeOf<S>; end: number };
  /**
   * The message as chunks to be sent in order; `records` are referenced. Fields that the version lacks
   * are left out. Small chunks share memory: copy what is to be kept for long.
   */
  encode(message: InputOf<S>, version: number): Buffer[];
  /** Appends the message to what `writer` holds. */
  write(writer: Writer, message: InputOf<S>, version: number): void;
}

const codecs = new WeakMap<MessageSpec, MessageCodec<MessageSpec>>();

/** The codec of `spec`; asking again gives the same one. Throws UNSUPPORTED_VERSION when used outside of its versions. */
export function codecOf<S extends MessageSpec>(spec: S): MessageCodec<S> {
  let codec = codecs.get(spec);
  if (codec === undefined) {
    codec = new CompiledCodec(spec);
    codecs.set(spec, codec);
  }
  return codec;
}

class CompiledCodec<S extends MessageSpec> implements MessageCodec<S> {
  private readonly decoders: (CompiledDecoder | undefined)[] = [];
  private readonly encoders: (CompiledEncoder | undefined)[] = [];

  constructor(private readonly spec: S) {}

  decode(buffer: Buffer, version: number, offset = 0): { message: TypeOf<S>; end: number } {
    const decoder = (this.decoders[version] ??= decoderOf(this.spec, this.checked(version)));
    const reader = new Reader(buffer, offset);
    const message = decoder(reader) as TypeOf<S>;
    return { message, end: reader.position };
  }

  encode(message: InputOf<S>, version: number): Buffer[] {
    const writer = new Writer();
    this.write(writer, message, version);
    return writer.finish();
  }

  write(writer: Writer, message: InputOf<S>, version: number): void {
    const encoder = (this.encoders[version] ??= encoderOf(this.spec, this.checked(version)));
    encoder(writer, message);
  }

  private checked(version: number): number {
    const [lowest, highest] = this.spec.versions;
    if (Number.isInteger(version) && version >= lowest && version <= highest) return version;
    throw new ProtocolError(
      'UNSUPPORTED_VERSION',
      `version ${String(version)} is not in ${String(lowest)}-${String(highest)}`,
    );
  }
}
