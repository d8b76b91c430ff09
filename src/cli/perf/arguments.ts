/** Readers of options that only measurements have. */
import { InvalidArgumentError } from 'commander';

/** Records a second; −1 for no limit. */
export function rate(text: string): number {
  const value = /^(-1|\d+(\.\d+)?)$/.test(text) ? Number(text) : NaN;
  if (value === -1 || value > 0) return value;
  throw new InvalidArgumentError('A number above 0 is needed, or -1 for no limit.');
}

export function oneOf(...choices: readonly string[]) {
  return (text: string): string => {
    if (choices.includes(text)) return text;
    throw new InvalidArgumentError(`One of ${choices.join(', ')} is needed.`);
  };
}

/** Values with commas between them, each as `read` takes it. */
export function listOf(read: (text: string) => string | number) {
  return (text: string): string[] => text.split(',').map((value) => String(read(value.trim())));
}

/** `\n`, `\t` and `\\` as they are typed in a shell. */
export function unescaped(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\' };
  return text.replaceAll(/\\([nt\\])/g, (_, letter: string) => escapes[letter] ?? letter);
}

/** `total` in `count` parts as equal as can be. */
export function shares(total: number, count: number): number[] {
  const least = Math.floor(total / count);
  const more = total - least * count;
  return Array.from({ length: count }, (_, index) => least + (index < more ? 1 : 0));
}
