/**
 * How a message is written down as data, and the TypeScript types that follow from it. One literal
 * describes all versions of a message, as Kafka's own message definitions do
 * (clients/src/main/resources/common/message/README.md); `codec.ts` compiles it.
 */

export type Scalar =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'float64'
  | 'string'
  | 'uuid'
  | 'bytes'
  | 'records';

interface FieldBase {
  /** First version that has the field; where it is left out, the first version of what encloses it. */
  readonly since?: number;
  /** Last version that has the field. */
  readonly until?: number;
  /** Whether, or since which version, the value may be null. */
  readonly nullable?: true | { readonly since: number };
  /** The value where a version lacks the field or a writer leaves it out; otherwise the empty value of the type. */
  readonly default?: number | string | boolean | null;
  /** A request may be sent in a version that lacks the field even if the value is not the default. */
  readonly ignorable?: true;
  /** The field is a tagged one: left out of the bytes while it has its default. */
  readonly tag?: number;
}

export interface ScalarField extends FieldBase {
  readonly type: Scalar;
  /**
   * Only of an int64: a value beyond ±(2^53 − 1) is read as that bound instead of refused. For what is
   * compared and never stored, where clients use Java's Long.MAX_VALUE for "later than everything".
   */
  readonly saturated?: true;
}

export interface ArrayField extends FieldBase {
  readonly type: 'array';
  readonly of: Scalar | Fields;
}

export interface StructField extends FieldBase {
  readonly type: 'struct';
  readonly of: Fields;
}

export type Field = ScalarField | ArrayField | StructField;

/** Fields in the order in which they are written. */
export interface Fields {
  readonly [name: string]: Field;
}

export interface MessageSpec {
  /** Absent in what is stored and never sent, such as the records of internal topics. */
  readonly apiKey?: number;
  /** Lowest and highest version, both included. */
  readonly versions: readonly [number, number];
  /** First version with compact lengths and tagged fields (KIP-482); absent if none has them. */
  readonly flexibleSince?: number;
  readonly fields: Fields;
}

interface ScalarTypes {
  bool: boolean;
  int8: number;
  int16: number;
  uint16: number;
  int32: number;
  uint32: number;
  /** Refused beyond ±(2^53 − 1), unless the field is `saturated`. */
  int64: number;
  float64: number;
  string: string;
  /** 22 characters of base64url. */
  uuid: string;
  bytes: Buffer;
  records: Buffer;
}

interface ScalarInputs extends Omit<ScalarTypes, 'records'> {
  records: Buffer | readonly Buffer[];
}

type NullOf<F extends Field> = F extends { readonly nullable: true | object } ? null : never;

type Item<I, Types extends ScalarTypes | ScalarInputs> = I extends Scalar
  ? Types[I]
  : I extends Fields
    ? Types extends ScalarTypes
      ? Decoded<I>
      : Input<I>
    : never;

type Value<F extends Field, Types extends ScalarTypes | ScalarInputs> =
  | (F extends ArrayField
      ? readonly Item<F['of'], Types>[]
      : F extends StructField
        ? Item<F['of'], Types>
        : F extends ScalarField
          ? Types[F['type']]
          : never)
  | NullOf<F>;

type Decoded<S extends Fields> = { readonly [K in keyof S]: Value<S[K], ScalarTypes> };

/** Names of the fields that a writer may leave out: with an explicit default, tagged, or not in every version. */
type OptionalName<S extends Fields> = {
  [K in keyof S]: S[K] extends
    | { readonly default: unknown }
    | { readonly tag: number }
    | { readonly since: number }
    | { readonly until: number }
    ? K
    : never;
}[keyof S];

type Input<S extends Fields> = {
  readonly [K in Exclude<keyof S, OptionalName<S>>]: Value<S[K], ScalarInputs>;
} & {
  readonly [K in OptionalName<S>]?: Value<S[K], ScalarInputs> | undefined;
};

/** A decoded message: every field is present, with its default where the version lacks it. */
export type TypeOf<S extends MessageSpec> = Decoded<S['fields']>;

/** What an encoder accepts. A decoded message is one. */
export type InputOf<S extends MessageSpec> = Input<S['fields']>;

/** The uuid that stands for "none". */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** True for a version with compact lengths and tagged fields (KIP-482). */
export function isFlexible(spec: MessageSpec, version: number): boolean {
  return spec.flexibleSince !== undefined && version >= spec.flexibleSince;
}
