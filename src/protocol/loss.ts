/**
 * What a request would lose in an older version. A reply may leave out what its reader cannot
 * know, but a request without a part of its meaning is another request (a CreateTopics that only
 * validates would create), so that Kafka's clients refuse to send it.
 */
import { isDefault } from './defaults';
import { isPresent } from './layout';
import type { Field, Fields, MessageSpec } from './schema';

interface AbsentField {
  /** Names from the message down to the field. */
  readonly path: readonly string[];
  readonly field: Field;
}

const absentFields = new WeakMap<MessageSpec, (readonly AbsentField[] | undefined)[]>();

/** The name of a field that `version` lacks, that matters and that is set; `undefined` if all is said. */
export function lostField(spec: MessageSpec, message: object, version: number): string | undefined {
  let byVersion = absentFields.get(spec);
  if (byVersion === undefined) absentFields.set(spec, (byVersion = []));
  const absent = (byVersion[version] ??= absentIn(spec.fields, version, []));
  return absent.find(({ path, field }) => isSet(message, path, 0, field))?.path.join('.');
}

function absentIn(fields: Fields, version: number, parents: readonly string[]): AbsentField[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = [...parents, name];
    if (!isPresent(field, version)) return field.ignorable ? [] : [{ path, field }];
    const nested = 'of' in field && typeof field.of === 'object' ? field.of : {};
    return absentIn(nested, version, path);
  });
}

function isSet(parent: unknown, path: readonly string[], depth: number, field: Field): boolean {
  if (parent === null || parent === undefined) return false;
  if (depth === path.length) return !isDefault(field, parent);
  if (Array.isArray(parent)) return parent.some((item) => isSet(item, path, depth, field));
  const name = path[depth] as string;
  return isSet((parent as Readonly<Record<string, unknown>>)[name], path, depth + 1, field);
}
