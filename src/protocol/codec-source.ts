/** Compiling generated source, and the names that the encoder's and the decoder's source share. */
import type { FieldLayout } from './layout';
import type { Scalar } from './schema';

/** Functions and constants of one generated module, in the order in which they were added. */
export class Source {
  private readonly functions: string[] = [];
  private readonly constants: unknown[] = [];

  /** Adds a function and returns its name. */
  define(parameters: string, body: string): string {
    const name = `f${String(this.functions.length)}`;
    this.functions.push(`function ${name}(${parameters}) {\n${body}\n}`);
    return name;
  }

  /** An expression for `value`: itself where it is a primitive, else a name bound to it. */
  constant(value: unknown): string {
    if (value === null || typeof value !== 'object') return JSON.stringify(value);
    this.constants.push(value);
    return `c[${String(this.constants.length - 1)}]`;
  }

  /** Compiles all functions and returns the one called `entry`. */
  compile(entry: string, helpers: Readonly<Record<string, unknown>>): unknown {
    const body = `"use strict";\n${this.functions.join('\n')}\nreturn ${entry};`;
    // The source comes from our own message descriptions alone, never from input.
    // oxlint-disable-next-line typescript/no-implied-eval
    const make = new Function('c', ...Object.keys(helpers), body) as (
      ...values: unknown[]
    ) => unknown;
    return make(this.constants, ...Object.values(helpers));
  }
}

/** The method of reader and writer for a scalar: `string`, `compactNullableString`, `int32`, … */
export function methodOf(type: Scalar, nullable: boolean, flexible: boolean): string {
  if (type !== 'string' && type !== 'bytes' && type !== 'records') return type;
  return variant(type, nullable, flexible);
}

/** The reader's method for the number of elements of an array. */
export function countMethod(layout: FieldLayout, flexible: boolean): string {
  return variant('count', layout.nullable, flexible);
}

function variant(name: string, nullable: boolean, flexible: boolean): string {
  const words = [flexible ? 'compact' : '', nullable ? 'nullable' : '', name].filter(
    (word) => word !== '',
  );
  return words.map((word, index) => (index === 0 ? word : capitalized(word))).join('');
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
