/** Generates the encoder of one version of a message. */
import { Source, methodOf } from './codec-source';
import { defaultOf, isDefault } from './defaults';
import type { FieldLayout, StructLayout } from './layout';
import { layoutOf } from './layout';
import type { MessageSpec } from './schema';
import type { Writer } from './writer';

export type CompiledEncoder = (writer: Writer, message: unknown) => void;

export function encoderOf(spec: MessageSpec, version: number): CompiledEncoder {
  const source = new Source();
  const entry = defineStruct(source, layoutOf(spec, version));
  return source.compile(entry, { isDefault }) as CompiledEncoder;
}

function defineStruct(source: Source, struct: StructLayout): string {
  const lines = struct.regular.map(
    (layout) => `{ ${valueOf(source, layout)} ${writeStatement(source, layout, struct)} }`,
  );
  if (struct.flexible) lines.push(taggedSection(source, struct));
  return source.define('w, m', lines.join('\n'));
}

function valueOf(source: Source, { name, field }: FieldLayout): string {
  const omitted = source.constant(defaultOf(field));
  return `let v = m.${name}; if (v === undefined) v = ${omitted};`;
}

function taggedSection(source: Source, struct: StructLayout): string {
  if (struct.tagged.length === 0) return 'w.unsignedVarint(0);';
  const lines: string[] = ['let present = 0;'];
  for (const { name, field } of struct.tagged) {
    const has = `has_${name}`;
    lines.push(
      `const ${has} = m.${name} !== undefined && !isDefault(${source.constant(field)}, m.${name});`,
    );
    lines.push(`if (${has}) present++;`);
  }
  lines.push('w.unsignedVarint(present);');
  for (const layout of struct.tagged) {
    lines.push(
      `if (has_${layout.name}) { const v = m.${layout.name}; const begin = w.beginTagged(${String(layout.tag)});`,
      writeStatement(source, layout, struct),
      'w.endTagged(begin); }',
    );
  }
  return lines.join('\n');
}

/** A statement that writes `v`. */
function writeStatement(source: Source, layout: FieldLayout, parent: StructLayout): string {
  const { field, nullable, struct } = layout;
  if (field.type === 'array') return arrayStatement(source, layout, parent);
  if (struct !== undefined) {
    const write = `${defineStruct(source, struct)}(w, v);`;
    return nullable ? `if (v === null) w.int8(-1); else { w.int8(1); ${write} }` : write;
  }
  if (field.type === 'struct') throw new TypeError(`${layout.name} has no fields`);
  return `w.${methodOf(field.type, nullable, parent.flexible)}(v);`;
}

function arrayStatement(source: Source, layout: FieldLayout, parent: StructLayout): string {
  const { field, struct } = layout;
  const count = parent.flexible ? 'compactCount' : 'count';
  let item: string;
  if (struct !== undefined) item = `${defineStruct(source, struct)}(w, v[index])`;
  else if (field.type === 'array' && typeof field.of === 'string')
    item = `w.${methodOf(field.of, false, parent.flexible)}(v[index])`;
  else throw new TypeError(`${layout.name} is an array of nothing`);
  const write = `w.${count}(v.length); for (let index = 0; index < v.length; index++) ${item};`;
  return layout.nullable ? `if (v === null) w.${count}(-1); else { ${write} }` : write;
}
