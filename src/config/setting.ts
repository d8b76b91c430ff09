/**
 * What one setting is: type, default, rules, and how its text becomes a value. The tables in
 * `settings/` are written with the builders below; types of values are inferred from them.
 * Wording of refusals follows Kafka's ConfigDef, because clients see it.
 */

export type SettingType =
  | 'boolean'
  | 'string'
  | 'int'
  | 'short'
  | 'long'
  | 'double'
  | 'list'
  | 'class'
  | 'password';

/** `broker`: may be changed while running for one broker; `cluster`: also for all of them at once. */
export type DynamicMode = 'no' | 'broker' | 'cluster';

/**
 * `text` is the value as Kafka prints it, exact even where a long is not exact as a number. A refusal
 * has the reason and the part of the value that it speaks of, both in Kafka's words.
 */
export type Parsed<T> =
  | { readonly value: T; readonly text: string }
  | { readonly reason: string; readonly refused: string };

export interface Setting<T> {
  readonly type: SettingType;
  readonly byDefault: T;
  /** The default as Kafka prints it; `null` when there is none. */
  readonly defaultText: string | null;
  readonly doc: string;
  /** Which values are taken, for the reference; empty where the type says it all. */
  readonly valid: string;
  readonly dynamic: DynamicMode;
  /** Internal settings are accepted but not listed by DescribeConfigs. */
  readonly isInternal: boolean;
  parse(text: string): Parsed<T>;
}

export type SettingTable = Readonly<Record<string, Setting<unknown>>>;
export type ValuesOf<Table extends SettingTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never;
};

export const INT_MAX = 2 ** 31 - 1;
/** Java's Long.MAX_VALUE as the nearest number; printed exactly. */
export const LONG_MAX = 2 ** 63;

interface Options {
  readonly dynamic?: DynamicMode;
  readonly internal?: boolean;
}

interface NumberOptions extends Options {
  readonly min?: number;
  readonly max?: number;
  /** One value outside of `min` and `max` that is accepted too. */
  readonly also?: number;
}

export function printLong(value: number): string {
  return value >= LONG_MAX ? '9223372036854775807' : String(value);
}

/** The value type of a setting whose default may be `null` ("not set"). */
type Optional<T, Default> = T | Extract<Default, null>;

function setting<T>(
  type: SettingType,
  byDefault: T,
  print: (value: NonNullable<T>) => string,
  about: { doc: string; options: Options; valid?: string; parse: (text: string) => Parsed<T> },
): Setting<T> {
  const { doc, options, parse } = about;
  return {
    type,
    byDefault,
    defaultText: byDefault === null || byDefault === undefined ? null : print(byDefault),
    doc,
    valid: about.valid ?? '',
    dynamic: options.dynamic ?? 'no',
    isInternal: options.internal ?? false,
    parse: (text) => parse(type === 'password' ? text : text.trim()),
  };
}

export function bool(byDefault: boolean, doc: string, options: Options = {}): Setting<boolean> {
  const parse = (text: string): Parsed<boolean> => {
    const lower = text.toLowerCase();
    return lower === 'true' || lower === 'false'
      ? { value: lower === 'true', text: lower }
      : { reason: 'Expected value to be either true or false', refused: text };
  };
  return setting('boolean', byDefault, String, { doc, options, parse });
}

const INTEGER_LIMITS = {
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

function rangeRefusal(value: number, options: NumberOptions): string | undefined {
  if (value === options.also) return undefined;
  const { min, max, also } = options;
  if (min !== undefined && max !== undefined && also !== undefined) {
    const isInside = value >= min && value <= max;
    const between = `between ${String(min)} and ${String(max)} or equal to ${String(also)}`;
    return isInside ? undefined : `Value must be ${between}`;
  }
  if (min !== undefined && value < min) return `Value must be at least ${String(min)}`;
  if (max !== undefined && value > max) return `Value must be no more than ${String(max)}`;
  return undefined;
}

/** The same limits in words, for the reference. */
function rangeText({ min, max, also }: NumberOptions, print: (value: number) => string): string {
  const other = also === undefined ? [] : [print(also)];
  if (min !== undefined && max !== undefined) {
    return [...other, `${print(min)} to ${print(max)}`].join(' or ');
  }
  if (min !== undefined) return [...other, `${print(min)} or more`].join(' or ');
  return max === undefined ? '' : [...other, `${print(max)} or less`].join(' or ');
}

function integer<D extends number | null>(
  type: 'short' | 'int' | 'long',
  byDefault: D,
  doc: string,
  options: NumberOptions,
): Setting<Optional<number, D>> {
  const [least, most] = INTEGER_LIMITS[type];
  const parse = (text: string): Parsed<Optional<number, D>> => {
    const exact = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
    if (exact === undefined || exact < least || exact > most) {
      return { reason: `Not a number of type ${type.toUpperCase()}`, refused: text };
    }
    const value = Number(exact);
    const reason = rangeRefusal(value, options);
    return reason === undefined
      ? { value, text: String(exact) }
      : { reason, refused: String(exact) };
  };
  return setting<Optional<number, D>>(type, byDefault as Optional<number, D>, printLong, {
    doc,
    options,
    valid: rangeText(options, printLong),
    parse,
  });
}

export function short<D extends number | null>(
  byDefault: D,
  doc: string,
  options: NumberOptions = {},
): Setting<Optional<number, D>> {
  return integer('short', byDefault, doc, options);
}

export function int<D extends number | null>(
  byDefault: D,
  doc: string,
  options: NumberOptions = {},
): Setting<Optional<number, D>> {
  return integer('int', byDefault, doc, options);
}

/** Longs beyond 2^53 lose their last digits as values, never as text. */
export function long<D extends number | null>(
  byDefault: D,
  doc: string,
  options: NumberOptions = {},
): Setting<Optional<number, D>> {
  return integer('long', byDefault, doc, options);
}

/** As Java's Double.toString prints the values that settings hold: `0.5`, `3.0`, `1.0E7`. */
export function printDouble(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e7)) {
    return Number.isInteger(value) ? `${String(value)}.0` : String(value);
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}

export function double(
  byDefault: number,
  doc: string,
  options: NumberOptions = {},
): Setting<number> {
  const parse = (text: string): Parsed<number> => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
    if (!Number.isFinite(value)) return { reason: 'Not a number of type DOUBLE', refused: text };
    const reason = rangeRefusal(value, options);
    return reason === undefined
      ? { value, text: printDouble(value) }
      : { reason, refused: printDouble(value) };
  };
  const valid = rangeText(options, printDouble);
  return setting('double', byDefault, printDouble, { doc, options, valid, parse });
}

const asText = (text: string): Parsed<string> => ({ value: text, text });

export function string<D extends string | null>(
  byDefault: D,
  doc: string,
  options: Options = {},
): Setting<Optional<string, D>> {
  return setting<Optional<string, D>>('string', byDefault as Optional<string, D>, String, {
    doc,
    options,
    parse: asText,
  });
}

/** A Java class name, kept for plugins that exist under that name here; nothing is loaded by it. */
export function className<D extends string | null>(
  byDefault: D,
  doc: string,
  options: Options = {},
): Setting<Optional<string, D>> {
  return setting<Optional<string, D>>('class', byDefault as Optional<string, D>, String, {
    doc,
    options,
    parse: asText,
  });
}

/** A secret: never shown by DescribeConfigs. */
export function password<D extends string | null>(
  byDefault: D,
  doc: string,
  options: Options = {},
): Setting<Optional<string, D>> {
  return setting<Optional<string, D>>('password', byDefault as Optional<string, D>, String, {
    doc,
    options,
    parse: asText,
  });
}

function isOneOf<C extends string>(choices: readonly C[], text: string): text is C {
  return (choices as readonly string[]).includes(text);
}

const mustBeOneOf = (choices: readonly string[]): string =>
  `String must be one of: ${choices.join(', ')}`;

export function choice<const C extends string>(
  allowed: readonly C[],
  byDefault: NoInfer<C>,
  doc: string,
  options: Options = {},
): Setting<C> {
  const parse = (text: string): Parsed<C> =>
    isOneOf(allowed, text)
      ? { value: text, text }
      : { reason: mustBeOneOf(allowed), refused: text };
  return setting<C>('string', byDefault, String, {
    doc,
    options,
    valid: allowed.join(', '),
    parse,
  });
}

const printList = (items: readonly string[]): string => items.join(',');
const splitList = (text: string): string[] => (text === '' ? [] : text.split(/\s*,\s*/));

export function list<D extends readonly string[] | null>(
  byDefault: D,
  doc: string,
  options: Options = {},
): Setting<Optional<readonly string[], D>> {
  const parse = (text: string): Parsed<readonly string[]> => {
    const value = splitList(text);
    return { value, text: printList(value) };
  };
  return setting<Optional<readonly string[], D>>(
    'list',
    byDefault as Optional<readonly string[], D>,
    printList,
    { doc, options, parse },
  );
}

export function choices<const C extends string>(
  allowed: readonly C[],
  byDefault: readonly NoInfer<C>[],
  doc: string,
  options: Options = {},
): Setting<readonly C[]> {
  const parse = (text: string): Parsed<readonly C[]> => {
    const items = splitList(text);
    const refused = items.find((item) => !isOneOf(allowed, item));
    if (refused !== undefined) return { reason: mustBeOneOf(allowed), refused };
    const value = items.filter((item) => isOneOf(allowed, item));
    return { value, text: printList(value) };
  };
  const valid = allowed.join(', ');
  return setting<readonly C[]>('list', byDefault, printList, { doc, options, valid, parse });
}

const REPLICA_LIST_FORMAT =
  "must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...";

/** `*`, or a list of `partition:broker`; the setting's name is part of Kafka's refusal. */
export function throttledReplicas(name: string, doc: string): Setting<readonly string[]> {
  const parse = (text: string): Parsed<readonly string[]> => {
    const value = splitList(text);
    const isReplicaList = value.every((item) => /^\d+:\d+$/.test(item));
    return text === '*' || isReplicaList
      ? { value, text: printList(value) }
      : { reason: `${name} ${REPLICA_LIST_FORMAT}`, refused: `[${value.join(', ')}]` };
  };
  const valid = '* or partition:broker, …';
  return setting<readonly string[]>('list', [], printList, { doc, options: {}, valid, parse });
}

const KAFKA_VERSION = /^(0\.([89]|1[01])(\.\d+)*|1\.[01]|2\.[0-8]|3\.\d|4\.0)(\.\d+)*(-IV\d)?$/;

/** A Kafka release line such as `3.9`, `3.9.1` or `3.9-IV0`, as `inter.broker.protocol.version` takes it. */
export function version(byDefault: string, doc: string): Setting<string> {
  const parse = (text: string): Parsed<string> =>
    KAFKA_VERSION.test(text)
      ? { value: text, text }
      : { reason: `Version ${text} is not a valid version`, refused: text };
  const valid = 'a release line of Kafka, such as 3.9 or 3.9-IV0';
  return setting('string', byDefault, String, { doc, options: {}, valid, parse });
}
