/** Reads the fields of a znode's JSON; whatever is not as it must be is a `ZnodeFormatError` with the path. */

import { ZnodeFormatError } from './errors';

export class JsonFields {
  readonly #path: string;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(path: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ZnodeFormatError(path, 'not a JSON object');
    }
    this.#path = path;
    this.#fields = new Map(Object.entries(value));
  }

  static parse(path: string, data: Buffer | null): JsonFields {
    if (!data) throw new ZnodeFormatError(path, 'no data');
    let value: unknown;
    try {
      value = JSON.parse(data.toString('utf8'));
    } catch (cause) {
      throw new ZnodeFormatError(path, 'not JSON', { cause });
    }
    return new JsonFields(path, value);
  }

  has(name: string): boolean {
    return this.#fields.get(name) !== undefined && this.#fields.get(name) !== null;
  }

  names(): string[] {
    return [...this.#fields.keys()];
  }

  int(name: string): number {
    const value = this.#fields.get(name);
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    throw this.#wrong(name, 'an integer');
  }

  string(name: string): string {
    const value = this.#fields.get(name);
    if (typeof value === 'string') return value;
    throw this.#wrong(name, 'a string');
  }

  /** A number that Kafka writes as a decimal string. */
  decimalString(name: string): number {
    const value = Number(this.string(name));
    if (Number.isSafeInteger(value)) return value;
    throw this.#wrong(name, 'a string of digits below 2^53');
  }

  ints(name: string): number[] {
    const value = this.#fields.get(name);
    if (isList(value, (each): each is number => Number.isSafeInteger(each))) return value;
    throw this.#wrong(name, 'a list of integers');
  }

  strings(name: string): string[] {
    const value = this.#fields.get(name);
    if (isList(value, (each): each is string => typeof each === 'string')) return value;
    throw this.#wrong(name, 'a list of strings');
  }

  object(name: string): JsonFields {
    if (!this.has(name)) throw this.#wrong(name, 'an object');
    return new JsonFields(this.#path, this.#fields.get(name));
  }

  objects(name: string): JsonFields[] {
    const value = this.#fields.get(name);
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list of objects');
    return value.map((each) => new JsonFields(this.#path, each));
  }

  /** Any scalar as text: some tools write numbers where Kafka writes strings. */
  text(name: string): string {
    const value = this.#fields.get(name);
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.#wrong(name, 'a string');
  }

  /** For what a field's type alone cannot say. */
  wrong(why: string): ZnodeFormatError {
    return new ZnodeFormatError(this.#path, why);
  }

  #wrong(name: string, expected: string): ZnodeFormatError {
    return new ZnodeFormatError(this.#path, `"${name}" must be ${expected}`);
  }
}

function isList<T>(value: unknown, isItem: (each: unknown) => each is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}
