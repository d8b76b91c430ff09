/** One version of a message: which fields it has, in which order, and how small they can be. */
import type { Field, Fields, MessageSpec, Scalar } from './schema';
import { isFlexible } from './schema';

export interface FieldLayout {
  readonly name: string;
  readonly field: Field;
  readonly nullable: boolean;
  /** The fields of a struct, or of the structs in an array. */
  readonly struct: StructLayout | undefined;
}

export interface StructLayout {
  readonly flexible: boolean;
  /** Every field of every version, in the order of the description: the shape of a decoded struct. */
  readonly names: readonly { readonly name: string; readonly field: Field }[];
  readonly regular: readonly FieldLayout[];
  /** By ascending tag. */
  readonly tagged: readonly (FieldLayout & { readonly tag: number })[];
  /** The fewest bytes that such a struct can take, never less than one. */
  readonly minBytes: number;
}

export function layoutOf(spec: MessageSpec, version: number): StructLayout {
  return structLayout(spec.fields, version, isFlexible(spec, version));
}

/** True if `version` has the field, given that it has what encloses it. */
export function isPresent(field: Field, version: number): boolean {
  return version >= (field.since ?? 0) && version <= (field.until ?? Infinity);
}

function structLayout(fields: Fields, version: number, flexible: boolean): StructLayout {
  const names = Object.entries(fields).map(([name, field]) => ({ name, field }));
  const present = names
    .filter(({ field }) => isPresent(field, version))
    .map(({ name, field }) => fieldLayout(name, field, version, flexible));
  const regular = present.filter(({ field }) => field.tag === undefined);
  const tagged = present.flatMap((layout) =>
    layout.field.tag === undefined ? [] : [{ ...layout, tag: layout.field.tag }],
  );
  tagged.sort((a, b) => a.tag - b.tag);
  const bytes = regular.reduce(
    (sum, layout) => sum + minBytesOf(layout, flexible),
    flexible ? 1 : 0,
  );
  return { flexible, names, regular, tagged, minBytes: Math.max(1, bytes) };
}

function fieldLayout(name: string, field: Field, version: number, flexible: boolean): FieldLayout {
  const nullable =
    field.nullable === true || (field.nullable !== undefined && version >= field.nullable.since);
  const struct =
    'of' in field && typeof field.of === 'object'
      ? structLayout(field.of, version, flexible)
      : undefined;
  return { name, field, nullable, struct };
}

const FIXED_BYTES: Partial<Record<Scalar, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
};

/** The fewest bytes that a value of `type` can take. */
export function minScalarBytes(type: Scalar, flexible: boolean): number {
  const fixed = FIXED_BYTES[type];
  if (fixed !== undefined) return fixed;
  if (flexible) return 1;
  return type === 'string' ? 2 : 4;
}

function minBytesOf({ field, nullable, struct }: FieldLayout, flexible: boolean): number {
  if (field.type === 'array') return flexible ? 1 : 4;
  if (field.type !== 'struct') return minScalarBytes(field.type, flexible);
  return nullable || struct === undefined ? 1 : struct.minBytes;
}
