/** What commands print on standard output. */

/** The cells of one line, by the name of their column. */
export type Row = Readonly<Record<string, string | number>>;

/** Columns under their names; numbers to the right. */
export function formatTable(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  const isNumeric = columns.map((column) => rows.every((row) => typeof row[column] === 'number'));
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

/** A table for people, or the same rows as JSON. `empty` is what people read when there is no row. */
export function printRows(
  rows: readonly Row[],
  options: { readonly json: boolean; readonly empty: string },
): void {
  if (options.json) print(JSON.stringify(rows, null, 2));
  else print(rows.length === 0 ? options.empty : formatTable(rows));
}
