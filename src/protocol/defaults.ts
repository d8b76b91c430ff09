/** The value of a field that is left out, and whether a value is that one. */
import type { Field, Fields, Scalar } from './schema';
import { ZERO_UUID } from './schema';

const EMPTY: Readonly<Record<Scalar, unknown>> = {
  bool: false,
  int8: 0,
  int16: 0,
  uint16: 0,
  int32: 0,
  uint32: 0,
  int64: 0,
  float64: 0,
  string: '',
  uuid: ZERO_UUID,
  bytes: Buffer.alloc(0),
  records: null,
};

/** What a field has where its version lacks it, or its writer left it out. Shared: not to be changed. */
export function defaultOf(field: Field): unknown {
  if (field.default !== undefined) return field.default;
  if (field.type === 'array') return [];
  return field.type === 'struct' ? defaultsOf(field.of) : EMPTY[field.type];
}

function defaultsOf(fields: Fields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, defaultOf(field)]),
  );
}

/** True if leaving the field out says the same as writing `value`. */
export function isDefault(field: Field, value: unknown): boolean {
  if (value === undefined || value === field.default) return true;
  if (value === null || field.default === null) return value === defaultOf(field);
  if (Array.isArray(value) || Buffer.isBuffer(value)) return value.length === 0;
  if (field.type !== 'struct') return value === defaultOf(field);
  const members = value as Readonly<Record<string, unknown>>;
  return Object.entries(field.of).every(([name, member]) => isDefault(member, members[name]));
}
