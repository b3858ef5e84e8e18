/** A table as Go's tabwriter prints it for rpk: columns two spaces apart, none after the last. */
export function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : String(cell).padEnd(widths[column] ?? 0))).join('  '),
  );
}
