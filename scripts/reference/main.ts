/** Writes the generated pages, or, with `--check`, says which of them are stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PAGES } from './pages';

function current(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Returns the exit code: 1 if a page is stale and was to be checked only. */
export function main(root: string, args: readonly string[], pages = PAGES): number {
  const unknown = args.find((each) => each !== '--check');
  if (unknown !== undefined) {
    console.error(`docs:reference: ${unknown} is no option, only --check is`);
    return 1;
  }
  const stale: string[] = [];
  for (const page of pages) {
    const path = join(root, page.file);
    const text = page.render(root);
    if (current(path) === text) continue;
    stale.push(page.file);
    if (args.length === 0) writeFileSync(path, text);
  }
  const isCheck = args.length > 0;
  for (const file of stale) console.error(isCheck ? `${file} is stale` : `wrote ${file}`);
  if (!isCheck || stale.length === 0) return 0;
  console.error('run "npm run docs:reference" and commit what it writes');
  return 1;
}
