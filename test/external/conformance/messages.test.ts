/**
 * Every message in every version, field by field, against Kafka's own definitions: what is missing here
 * and what is only here are both differences.
 */
import { defaultOf } from '../../../src/protocol/defaults';
import { isPresent } from '../../../src/protocol/layout';
import { API_SPECS } from '../../../src/protocol/messages/index';
import type { Field, Fields } from '../../../src/protocol/schema';
import { ZERO_UUID, isFlexible } from '../../../src/protocol/schema';
import { holds, officialMessages } from '../../builders/official-messages';
import type { OfficialField, OfficialMessage } from '../../builders/official-messages';

/** One field of one version, as both sides can say it. */
interface FieldFacts {
  readonly path: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly tag: number | undefined;
  readonly isIgnorable: boolean;
  /** Absent for structs, whose members have their own. */
  readonly default?: unknown;
}

function ourFacts(fields: Fields, version: number, parent = ''): FieldFacts[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    if (!isPresent(field, version)) return [];
    const path = `${parent}${name}`;
    const members = 'of' in field && typeof field.of === 'object' ? field.of : {};
    return [ourField(path, field, version), ...ourFacts(members, version, `${path}.`)];
  });
}

function ourField(path: string, field: Field, version: number): FieldFacts {
  const { nullable } = field;
  const item = 'of' in field ? (typeof field.of === 'string' ? field.of : 'struct') : '';
  return {
    path,
    type: field.type === 'array' ? `[]${item}` : field.type,
    isNullable: nullable === true || (nullable !== undefined && version >= nullable.since),
    tag: field.tag,
    isIgnorable: field.ignorable ?? false,
    ...(field.type === 'struct' && field.default === undefined
      ? {}
      : { default: defaultOf(field) }),
  };
}

function officialFacts(message: OfficialMessage, version: number): FieldFacts[] {
  const structs = new Map(
    message.commonStructs?.map((struct) => [struct.name, struct.fields ?? []]),
  );
  const walk = (fields: readonly OfficialField[], parent: string): FieldFacts[] =>
    fields.flatMap((field) => {
      if (!holds(field.versions, version)) return [];
      const path = `${parent}${field.name.charAt(0).toLowerCase()}${field.name.slice(1)}`;
      const members = field.fields ?? structs.get(field.type.replace('[]', '')) ?? [];
      return [officialField(path, field, version), ...walk(members, `${path}.`)];
    });
  return walk(message.fields, '');
}

function officialField(path: string, field: OfficialField, version: number): FieldFacts {
  const type = field.type.replace(/[A-Z]\w*$/, 'struct');
  return {
    path,
    type,
    isNullable: holds(field.nullableVersions, version),
    tag: holds(field.taggedVersions, version) ? Number(field.tag) : undefined,
    isIgnorable: String(field.ignorable) === 'true',
    ...(type === 'struct' && field.default === undefined
      ? {}
      : { default: officialDefault(type, field.default) }),
  };
}

const EMPTY: Readonly<Record<string, unknown>> = {
  bool: false,
  string: '',
  uuid: ZERO_UUID,
  bytes: Buffer.alloc(0),
  records: null,
};

function officialDefault(type: string, value: OfficialField['default']): unknown {
  if (value === 'null') return null;
  if (type.startsWith('[]')) return [];
  if (value === undefined) return type in EMPTY ? EMPTY[type] : 0;
  if (type === 'bool') return String(value) === 'true';
  return type === 'string' ? value : Number(value);
}

const official = officialMessages();

const rows = [...API_SPECS].flatMap(([key, { name, request, response }]) =>
  [request, response].flatMap((spec, index) => {
    const type = index === 0 ? 'request' : 'response';
    const [lowest, highest] = spec.versions;
    const versions = Array.from({ length: highest - lowest + 1 }, (_, offset) => lowest + offset);
    return versions.map((version) => ({ key, name, type, spec, version }));
  }),
);

test.each(rows)(
  '$name ($key) $type v$version is as Kafka defines it',
  ({ key, type, spec, version }) => {
    const message = official.find((each) => each.apiKey === key && each.type === type);
    expect(message).toBeDefined();
    if (message === undefined) return;
    expect(ourFacts(spec.fields, version)).toEqual(officialFacts(message, version));
    expect(isFlexible(spec, version)).toBe(holds(message.flexibleVersions, version));
    expect(spec.apiKey).toBe(key);
  },
);

test.each([...API_SPECS])('API %i has the name and versions that Kafka gives it', (key, spec) => {
  const messages = official.filter((each) => each.apiKey === key);
  const [lowest, highest] = spec.versions;
  const validVersions =
    lowest === highest ? String(lowest) : `${String(lowest)}-${String(highest)}`;
  expect(messages.map(({ name }) => name).sort()).toEqual([
    `${spec.name}Request`,
    `${spec.name}Response`,
  ]);
  expect(messages.map((message) => message.validVersions)).toEqual([validVersions, validVersions]);
  expect(spec.response.versions).toEqual(spec.request.versions);
});
