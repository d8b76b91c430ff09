import { hashOf } from '../kernel/seeded-random';

interface Entry {
  readonly atMs: number;
  readonly where: string;
  readonly what: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/**
 * What happened, by simulated time: the last lines to be read, and a digest of all of them, so that two runs of one
 * seed can be compared.
 */
export class Trace {
  readonly #kept: Entry[] = [];
  #digest = hashOf('');
  #lines = 0;

  /** `keep`: how many lines can be read afterwards. `sink` gets every line as it comes. */
  constructor(
    private readonly keep = 400,
    private readonly sink?: (line: string) => void,
  ) {}

  note(
    atMs: number,
    where: string,
    what: string,
    details?: Readonly<Record<string, unknown>>,
  ): void {
    this.#lines += 1;
    this.#digest = hashOf(`${String(atMs)} ${where} ${what}`, this.#digest);
    const entry = { atMs, where, what, details };
    this.#kept[(this.#lines - 1) % this.keep] = entry;
    this.sink?.(lineOf(entry));
  }

  /** The same for two runs if, and as good as only if, the same happened in both. */
  get digest(): string {
    return `${String(this.#lines)}-${this.#digest.toString(16).padStart(8, '0')}`;
  }

  /** The last lines, oldest first. */
  lines(): string[] {
    const from = this.#lines % this.keep;
    const ordered =
      this.#lines <= this.keep
        ? this.#kept
        : [...this.#kept.slice(from), ...this.#kept.slice(0, from)];
    return ordered.map(lineOf);
  }
}

function lineOf({ atMs, where, what, details }: Entry): string {
  const members = Object.entries(details ?? {}).map(([key, value]) => `${key}=${shown(value)}`);
  return [(atMs / 1000).toFixed(4).padStart(9), where.padEnd(10), what, ...members].join(' ');
}

function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value, (_key, each: unknown) =>
        typeof each === 'bigint' ? each.toString() : each,
      )
    : String(value);
}
