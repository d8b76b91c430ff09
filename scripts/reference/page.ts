/** What the generators of docs/reference share: the shape of a page, and Markdown for its tables. */

/**
 * One generated page. `render` gives the same text on every machine: it reads the program's own tables and sources,
 * and nothing of the time, the environment or the order of files in a folder.
 */
export interface Page {
  /** From the root of the repository. */
  readonly file: string;
  /** The whole Markdown text but the note that it is generated; `root` is the folder of the repository. */
  render(root: string): string;
}

/** Stands under the title of each page. */
export const GENERATED =
  '_Written by `npm run docs:reference` from the code; changes by hand are lost._';

/** Text that stays one cell of a table. */
export function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '\\<')
    .replaceAll(/\s*\n\s*/g, ' ');
}

/** As code; an empty text stays empty. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``;
}

/**
 * The cells are Markdown already: see `cell` and `code`. Columns are not aligned, so that a line changes only with what it
 * says; the pages are therefore left out of the formatter, in .oxfmtrc.json.
 */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Parts of a page with a blank line in between. */
export function page(title: string, ...parts: readonly string[]): string {
  return `${[`# ${title}`, GENERATED, ...parts].join('\n\n')}\n`;
}
