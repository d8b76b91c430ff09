/** Reads the program's own sources, for what no table says: header comments, and who names a setting or an error. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** All TypeScript files below a folder of the repository, in the order of their paths. */
export function sourcesBelow(root: string, folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return sourcesBelow(root, path);
      return path.endsWith('.ts') ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
    });
}

/** The sentences of a file's opening comment, on one line. */
export function headerOf({ text }: SourceFile): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s?/, '').trim())
    .join(' ')
    .trim();
}

/** Every text in single quotes of the files: names are written so wherever they are used. */
export function quotedIn(files: readonly SourceFile[]): ReadonlySet<string> {
  const found = files.flatMap(({ text }) => Array.from(text.matchAll(/'([^'\n]+)'/g)));
  return new Set(found.map(([, name = '']) => name));
}
