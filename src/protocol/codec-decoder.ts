/** Generates the decoder of one version of a message. */
import { Source, countMethod, methodOf } from './codec-source';
import { defaultOf } from './defaults';
import type { FieldLayout, StructLayout } from './layout';
import { layoutOf, minScalarBytes } from './layout';
import type { Reader } from './reader';
import { MalformedError } from './reader';
import type { MessageSpec } from './schema';

export type CompiledDecoder = (reader: Reader) => unknown;

export function decoderOf(spec: MessageSpec, version: number): CompiledDecoder {
  const source = new Source();
  const entry = defineStruct(source, layoutOf(spec, version));
  return source.compile(entry, { MalformedError }) as CompiledDecoder;
}

/** A function that reads the struct: one local a field, then one object with all of them. */
function defineStruct(source: Source, struct: StructLayout): string {
  const read = new Map(
    struct.regular.map((layout) => [layout.name, readExpression(source, layout, struct)]),
  );
  const tagged = new Set(struct.tagged.map(({ name }) => name));
  const lines = [...read].map(([name, expression]) => `const _${name} = ${expression};`);
  for (const layout of struct.tagged) {
    lines.push(`let _${layout.name} = ${defaultExpression(source, layout)};`);
  }
  if (struct.flexible) lines.push(taggedSection(source, struct));
  const members = struct.names.map((layout) =>
    read.has(layout.name) || tagged.has(layout.name)
      ? `${layout.name}: _${layout.name}`
      : `${layout.name}: ${defaultExpression(source, layout)}`,
  );
  lines.push(`return { ${members.join(', ')} };`);
  return source.define('r', lines.join('\n'));
}

function defaultExpression(source: Source, { field }: Pick<FieldLayout, 'field'>): string {
  const value = defaultOf(field);
  return Array.isArray(value) ? '[]' : source.constant(value);
}

function taggedSection(source: Source, struct: StructLayout): string {
  if (struct.tagged.length === 0) return 'r.skipTaggedFields();';
  const cases = struct.tagged.map(
    (layout) =>
      `case ${String(layout.tag)}: _${layout.name} = ${readExpression(source, layout, struct)}; r.expectEnd(end); break;`,
  );
  return [
    'for (let left = r.unsignedVarint(); left > 0; left--) {',
    'const tag = r.unsignedVarint();',
    'const end = r.taggedEnd();',
    'switch (tag) {',
    ...cases,
    'default: r.position = end;',
    '}',
    '}',
  ].join('\n');
}

function readExpression(source: Source, layout: FieldLayout, parent: StructLayout): string {
  const { field, nullable, struct } = layout;
  if (field.type === 'array') return `${defineArray(source, layout, parent)}(r)`;
  if (struct !== undefined) {
    const read = `${defineStruct(source, struct)}(r)`;
    return nullable ? `(r.int8() < 0 ? null : ${read})` : read;
  }
  if (field.type === 'struct') throw new TypeError(`${layout.name} has no fields`);
  if (field.saturated && field.type === 'int64') return 'r.saturatedInt64()';
  return `r.${methodOf(field.type, nullable, parent.flexible)}()`;
}

/** A function that reads the array. Items are pushed one by one: memory follows what was really read. */
function defineArray(source: Source, layout: FieldLayout, parent: StructLayout): string {
  const { field, struct } = layout;
  let item: string;
  let minBytes: number;
  if (struct !== undefined) {
    item = `${defineStruct(source, struct)}(r)`;
    minBytes = struct.minBytes;
  } else if (field.type === 'array' && typeof field.of === 'string') {
    item = `r.${methodOf(field.of, false, parent.flexible)}()`;
    minBytes = minScalarBytes(field.of, parent.flexible);
  } else {
    throw new TypeError(`${layout.name} is an array of nothing`);
  }
  return source.define(
    'r',
    [
      `const count = r.${countMethod(layout, parent.flexible)}(${String(minBytes)});`,
      'if (count < 0) return null;',
      'const items = [];',
      `for (let index = 0; index < count; index++) items.push(${item});`,
      'return items;',
    ].join('\n'),
  );
}
