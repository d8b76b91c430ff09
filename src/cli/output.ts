/** What commands print on standard output: the one door for tables, JSON and YAML. */

export const OUTPUT_FORMATS = ['table', 'json', 'yaml'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Chosen by `-o`; `table` is what people read, also where it is no table. */
export interface OutputOptions {
  readonly output: OutputFormat;
}

/** `null` is what is not there, or not known. */
export type Cell = string | number | boolean | null;

/** The cells of one line, by the name of their column. */
export type Row = Readonly<Record<string, Cell>>;

const NOTHING = '-';

function textOf(cell: Cell | undefined): string {
  if (cell === null) return NOTHING;
  return cell === undefined ? '' : String(cell);
}

/** Columns under their names; numbers to the right. */
export function formatTable(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => textOf(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  const isNumeric = columns.map((column) =>
    rows.every((row) => typeof row[column] === 'number' || row[column] === null),
  );
  return cells
    .map((line) =>
      line
        .map((cell, i) =>
          isNumeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A table for people, or the same rows as JSON or YAML. `empty` is what people read when there is no row. */
export function printRows(
  rows: readonly Row[],
  options: OutputOptions & { readonly empty: string },
): void {
  printValue(rows, options, () => (rows.length === 0 ? options.empty : formatTable(rows)));
}

/** One thing: `asText` for people, else `value`. Nothing is printed for people where the text is empty. */
export function printValue(value: unknown, options: OutputOptions, asText: () => string): void {
  if (options.output !== 'table') return print(formatValue(value, options.output));
  const text = asText();
  if (text !== '') print(text);
}

/** One of a stream of things: a line of JSON each, or a YAML document each. */
export function printItem(value: unknown, options: OutputOptions, asText: () => string): void {
  if (options.output === 'json') print(JSON.stringify(value));
  else if (options.output === 'yaml') print(`---\n${formatValue(value, 'yaml')}`);
  else print(asText());
}

function formatValue(value: unknown, format: Exclude<OutputFormat, 'table'>): string {
  if (format === 'json') return JSON.stringify(value, null, 2);
  const { stringify } = require('yaml') as typeof import('yaml');
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}
