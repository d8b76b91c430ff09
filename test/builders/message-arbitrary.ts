/** Random messages made from their descriptions: what a decoder gives for some bytes of that version. */
import * as fc from 'fast-check';
import { defaultOf } from '../../src/protocol/defaults';
import { isPresent } from '../../src/protocol/layout';
import type { Field, Fields, MessageSpec, Scalar } from '../../src/protocol/schema';

/** Messages of one version; fields that it lacks have their defaults, as decoders leave them. */
export function messageArbitrary(
  spec: MessageSpec,
  version: number,
): fc.Arbitrary<Record<string, unknown>> {
  return fieldsArbitrary(spec.fields, version);
}

/** Messages whose fields all differ from their defaults, whatever the version. */
export function nothingDefault(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, otherThanDefault(field)]),
  );
}

function fieldsArbitrary(fields: Fields, version: number): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.entries(fields).map(([name, field]) => [
    name,
    isPresent(field, version) ? fieldArbitrary(field, version) : fc.constant(defaultOf(field)),
  ]);
  return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, {
    noNullPrototype: true,
  });
}

function fieldArbitrary(field: Field, version: number): fc.Arbitrary<unknown> {
  const value = valueArbitrary(field, version);
  const isNullable = field.nullable === true || (field.nullable?.since ?? Infinity) <= version;
  return isNullable ? fc.option(value, { nil: null, freq: 4 }) : value;
}

function valueArbitrary(field: Field, version: number): fc.Arbitrary<unknown> {
  if (field.type === 'struct') return fieldsArbitrary(field.of, version);
  if (field.type !== 'array') return SCALARS[field.type];
  const item =
    typeof field.of === 'string' ? SCALARS[field.of] : fieldsArbitrary(field.of, version);
  return fc.array(item, { maxLength: 3 });
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

const SCALARS: Record<Scalar, fc.Arbitrary<unknown>> = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: fc.integer(),
  uint32: fc.integer({ min: 0, max: 0xffff_ffff }),
  int64: fc.maxSafeInteger(),
  float64: fc.double({ noNaN: true }),
  string: fc.string({ unit: 'grapheme', maxLength: 30 }),
  uuid: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((array) => Buffer.from(array).toString('base64url')),
  bytes,
  records: bytes,
};

function otherThanDefault(field: Field): unknown {
  if (field.type === 'struct') return nothingDefault(field.of);
  if (field.type !== 'array') return EXAMPLES[field.type];
  return [typeof field.of === 'string' ? EXAMPLES[field.of] : nothingDefault(field.of)];
}

const EXAMPLES: Record<Scalar, unknown> = {
  bool: true,
  int8: 17,
  int16: 18,
  uint16: 19,
  int32: 20,
  uint32: 21,
  int64: 22,
  float64: 0.5,
  string: 'text',
  uuid: 'AAECAwQFBgcICQoLDA0ODw',
  bytes: Buffer.from('bytes'),
  records: Buffer.from('records'),
};
